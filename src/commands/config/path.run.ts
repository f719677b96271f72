import { CliError } from '../../base/errors.js';
import type { Context } from '../../context.js';

/** Prints the path of the configuration file, even if the file cannot be read. */
export async function run({ io, config, configFile }: Context): Promise<void> {
  await config().catch((error: unknown) => {
    if (!(error instanceof CliError)) throw error;
    io.warn(error.message);
  });
  await io.print({ single: true, rows: [{ path: configFile }], id: 'path', only: 'path' });
}
