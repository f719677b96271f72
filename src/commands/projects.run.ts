import type { Context } from '../context.js';

export const projectKeys = ['id', 'name'];

/** Lists the projects that the key can see. */
export async function projects({ io, atlas }: Context): Promise<void> {
  io.checkFields(projectKeys);
  const rows = (await (await atlas()).listProjects()).map(({ id, name }) => ({ id, name }));
  await io.print({ single: false, rows, keys: projectKeys, columns: projectKeys, id: 'id', empty: 'No projects.' });
}
