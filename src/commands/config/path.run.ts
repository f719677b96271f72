import type { Context } from '../../context.js';
import { CliError } from '../../base/errors.js';

/** Prints where the configuration is kept; all the more if it can't be read. */
export async function path({ io, config, configFile }: Context): Promise<void> {
  await config().catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    io.warn(error.message);
  });
  const keys = ['path'];
  await io.print({ single: true, rows: [{ path: configFile }], keys, columns: keys, id: 'path', only: 'path' });
}
