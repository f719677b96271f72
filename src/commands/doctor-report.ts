import { getServers } from 'node:dns';
import { writeFile } from 'node:fs/promises';
import { version } from '../../package.json';
import { CliError, reasonOf, writingHint } from '../base/errors.js';
import { listed } from '../base/listed.js';
import type { Context } from '../context.js';
import { symbolsOf } from '../ui/symbols.js';
import type { View } from '../ui/view.js';

/**
 * Writes all checks of doctor to a file, for others: with versions and addresses, and without secrets. Without a view it
 * tries whether the file can be written.
 */
export async function writeReport(
  { clock, ownAddresses, io }: Context,
  file: string,
  view?: View,
  end = '',
): Promise<void> {
  const layout = {
    keys: [],
    isTerminal: false,
    color: false,
    symbols: symbolsOf({}, 'linux'),
    width: 80,
    now: clock.now(),
  };
  const head = [
    `atlas-pe ${version} on Node ${process.versions.node}, ${process.platform} ${process.arch}, ${new Date(clock.now()).toISOString()}`,
    `Addresses of this machine: ${listed(ownAddresses())}`,
    `DNS servers of this machine: ${listed(getServers())}`,
  ];
  const text = `${head.join('\n')}\n\n${(await view?.own?.table?.(layout)) ?? ''}${end}`;
  await writeFile(file, text).catch((error: unknown) => {
    const hint = writingHint(error, 'Check the folder and its permissions.');
    throw new CliError('unexpected', `Cannot write the report ${file}: ${reasonOf(error)}.`, { hint, cause: error });
  });
  if (view) io.note(`Wrote the report to ${file}.`);
}
