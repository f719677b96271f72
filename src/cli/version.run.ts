import { version } from '../../package.json';
import type { Context } from '../context.js';

/** Prints the version. Without any other argument, bin/atlas-pe.js prints it itself. */
export async function run({ io }: Context): Promise<void> {
  await io.print({ single: true, rows: [{ version }], id: 'version', only: 'version' });
}
