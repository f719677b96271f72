import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError, reasonOf, writingHint } from '../../base/errors.js';
import { cmd, commandLine, option } from '../../base/shell.js';
import type { Context } from '../../context.js';
import type { Store } from '../../sandbox/store.js';
import type { WantedNetwork } from './options.js';

export type OpenNetwork = Awaited<ReturnType<typeof openNetwork>>;

/** The network of a sandbox that serves other programs. */
export async function openNetwork({ clock, io }: Context, store: Store, wanted: WantedNetwork) {
  const { startNetwork } = await import('../../sandbox/network/start.js');
  const network = await startNetwork({ ...wanted, store, clock, warn: io.warn });
  const { dnsServer, authority } = network;
  let folder: string | undefined;
  const close = async () => {
    await network.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    // The authority is valid only for this run.
    if (authority !== null) folder = await mkdtemp(join(tmpdir(), 'atlas-pe-sandbox-'));
    // It exists until `close`.
    const tlsCaFile = folder === undefined ? null : join(folder, 'ca.pem');
    if (tlsCaFile !== null) await writeFile(tlsCaFile, authority ?? '', { mode: 0o600 });
    return { ...network, tlsCaFile, notes: notesOf(dnsServer, tlsCaFile), close };
  } catch (error) {
    await close();
    throw new CliError('unexpected', `Cannot write the sandbox's CA certificate to ${tmpdir()} (${reasonOf(error)}).`, {
      hint: writingHint(error, 'Set TMPDIR to a directory that can be written.'),
      cause: error,
    });
  }
}

function notesOf(dnsServer: string | null, tlsCaFile: string | null): string[] {
  const notes = tlsCaFile === null ? [] : [`CA certificate of its clusters: ${tlsCaFile}`];
  if (dnsServer === null) return notes;
  const check = cmd`doctor --dns-server ${dnsServer} ${option('--tls-ca-file', tlsCaFile ?? undefined)}`;
  return [
    `DNS server for its connection strings: ${dnsServer} (UDP).`,
    ...notes,
    `Check a connection with: ${commandLine(check)}`,
  ];
}
