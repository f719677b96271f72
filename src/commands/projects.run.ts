import type { Context } from '../context.js';

/** Lists the projects that the credentials can access. */
export async function run({ io, atlas }: Context): Promise<void> {
  const rows = (await (await atlas()).listProjects()).map(({ id, name }) => ({ id, name }));
  await io.print({ single: false, rows, id: 'id', empty: 'No projects.' });
}
