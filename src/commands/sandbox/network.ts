import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError, reasonOf, writingHint } from '../../base/errors.js';
import { cmd, commandLine, option } from '../../base/shell.js';
import type { Context } from '../../context.js';
import type { NetworkOptions } from '../../sandbox/network/start.js';
import type { Store } from '../../sandbox/store.js';

/** The network of a sandbox that serves other programs. */
export interface OpenNetwork {
  /** Address and port; null without DNS. */
  dnsServer: string | null;
  /** The file with the certificate of the authority; null without ports. */
  tlsCaFile: string | null;
  /** What to tell the user. */
  notes: readonly string[];
  refresh(): Promise<void>;
  close(): Promise<void>;
}

type Wanted = Pick<NetworkOptions, 'dnsPort' | 'mongo' | 'faults'>;

export async function openNetwork(
  { clock, io }: Pick<Context, 'clock' | 'io'>,
  store: Store,
  wanted: Wanted,
): Promise<OpenNetwork> {
  const { startNetwork } = await import('../../sandbox/network/start.js');
  const network = await startNetwork({ ...wanted, store, clock, warn: io.warn });
  const { dnsServer, authority, refresh } = network;
  const file =
    authority === null
      ? null
      : await writeAuthority(authority).catch(async (error: unknown) => {
          await network.close();
          throw error;
        });
  const tlsCaFile = file?.path ?? null;
  const notes = [
    ...(dnsServer === null ? [] : [`DNS server for its connection strings: ${dnsServer} (UDP).`]),
    ...(tlsCaFile === null ? [] : [`CA certificate of its clusters: ${tlsCaFile}`]),
    ...(dnsServer === null
      ? []
      : [
          `Check a connection with: ${commandLine(cmd`doctor --dns-server ${dnsServer} ${option('--tls-ca-file', tlsCaFile ?? undefined)}`)}`,
        ]),
  ];
  return {
    dnsServer,
    tlsCaFile,
    notes,
    refresh,
    close: async () => {
      await network.close();
      await file?.remove();
    },
  };
}

/** A file for as long as the server runs. */
interface AuthorityFile {
  path: string;
  remove(): Promise<unknown>;
}

/** Writes the certificate of an authority, which is valid only for this run, to a directory of its own. */
async function writeAuthority(pem: string): Promise<AuthorityFile> {
  let directory: string | undefined;
  const remove = async () => directory && rm(directory, { recursive: true, force: true });
  try {
    directory = await mkdtemp(join(tmpdir(), 'atlas-pe-sandbox-'));
    const path = join(directory, 'ca.pem');
    await writeFile(path, pem, { mode: 0o600 });
    return { path, remove };
  } catch (error) {
    await remove();
    throw new CliError('unexpected', `Cannot write the sandbox's CA certificate to ${tmpdir()} (${reasonOf(error)}).`, {
      hint: writingHint(error, 'Set TMPDIR to a directory that can be written.'),
      cause: error,
    });
  }
}
