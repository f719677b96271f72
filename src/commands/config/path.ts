import type { Context } from '../../context.js';

/** Prints where the configuration is kept. */
export async function path(context: Context): Promise<void> {
  const { file } = await context.config();
  const keys = ['path'];
  await context.io.print({ single: true, rows: [{ path: file }], keys, columns: keys, id: 'path', only: 'path' });
}
