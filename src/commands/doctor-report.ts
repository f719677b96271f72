import { getServers } from 'node:dns';
import { appendFile, writeFile } from 'node:fs/promises';
import { version } from '../../package.json';
import { CliError, reasonOf, writingHint } from '../base/errors.js';
import { listed } from '../base/listed.js';
import type { Context } from '../context.js';

/** Tries whether a report can be written to this file. Changes nothing in it. */
export async function checkReportFile(file: string): Promise<void> {
  await appendFile(file, '').catch(failed(file));
}

/** Writes all checks of doctor to a file, for others: with versions and addresses, and without secrets. */
export async function writeReport({ clock, ownAddresses, io }: Context, file: string, checks: string): Promise<void> {
  const head = [
    `atlas-pe ${version} on Node ${process.versions.node}, ${process.platform} ${process.arch}, ${new Date(clock.now()).toISOString()}`,
    `Addresses of this machine: ${listed(ownAddresses())}`,
    `DNS servers of this machine: ${listed(getServers())}`,
  ];
  await writeFile(file, `${head.join('\n')}\n\n${checks}`).catch(failed(file));
  io.note(`Wrote the report to ${file}.`);
}

function failed(file: string) {
  return (error: unknown) => {
    const hint = writingHint(error, 'Check the folder and its permissions.');
    throw new CliError('unexpected', `Cannot write the report ${file}: ${reasonOf(error)}.`, { hint, cause: error });
  };
}
