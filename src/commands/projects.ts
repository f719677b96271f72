import type { Context } from '../context.js';

const keys = ['id', 'name'];

/** Lists the projects that the key can see. */
export async function projects({ io, atlas }: Context): Promise<void> {
  io.checkFields(keys);
  const rows = (await (await atlas()).listProjects()).map(({ id, name }) => ({ id, name }));
  await io.print({ single: false, rows, keys, columns: keys, id: 'id', empty: 'No projects.' });
}
