import { CliError } from '../../base/errors.js';
import type { Context } from '../../context.js';

/** Prints where the configuration is kept; all the more if it can't be read. */
export async function run({ io, config, configFile }: Context): Promise<void> {
  await config().catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    io.warn(error.message);
  });
  await io.print({ single: true, rows: [{ path: configFile }], id: 'path', only: 'path' });
}
