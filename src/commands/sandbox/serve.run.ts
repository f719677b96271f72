import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAtlasId } from '../../atlas/ids.js';
import { formatDuration } from '../../base/duration.js';
import { UsageError, unwritable } from '../../base/errors.js';
import type { Signal } from '../../base/host.js';
import { cmd, commandLine } from '../../base/shell.js';
import type { OptionsOf } from '../../command.js';
import type { CommandHost, Context } from '../../context.js';
import { createFaults } from '../../sandbox/faults.js';
import { sandboxKeys } from '../../sandbox/gate.js';
import { sandboxGcpCredentials } from '../../sandbox/gcp/account.js';
import type { NetworkOptions } from '../../sandbox/network/start.js';
import { createSandbox } from '../../sandbox/server.js';
import { defaultProject, emptyWorld, memoryStore, type Store, type WorldOptions } from '../../sandbox/world.js';
import type { serve } from '../sandbox.js';
import { environmentOf, type SandboxPlaces, shellLines, type Variables } from './environment.js';
import { parsePort, readReadyFlags, type ServingOptions } from './options.js';

const serveColumns = ['baseUrl', ...Object.keys(sandboxKeys), 'projectIds', 'readyStatus'];

interface Served extends SandboxPlaces {
  baseUrl: string;
  projects: readonly string[];
  world: WorldOptions;
  environment: readonly Variables[];
}

/** Runs a sandbox until it is stopped. Ctrl-C is the normal way to stop a server, so it is not an error. */
export async function run(context: Context, options: OptionsOf<typeof serve>, { takeSignals }: CommandHost) {
  const { io, signal } = context;
  await withSandbox(context, options, async (served) => {
    const stopped = new Promise<Signal>((resolve) => takeSignals(['SIGINT', 'SIGTERM', 'SIGHUP'], resolve));
    if (signal.aborted) return;
    const { dnsServer, tlsCaFile, tlsBaseUrl } = served;
    await announce(io, served);
    io.note(`DNS server for its connection strings: ${dnsServer} (UDP).`);
    io.note(`Its CA certificate: ${tlsCaFile}`);
    const check = cmd`doctor --dns-server ${dnsServer} --tls-ca-file ${tlsCaFile}`;
    io.note(`Check a connection with: ${commandLine(check)}`);
    io.note(`Its APIs over TLS, with the same CA: ${tlsBaseUrl}`);
    io.note(`The Atlas sandbox is listening on ${served.baseUrl}. Press Ctrl-C to stop it.`);
    if ((await stopped) === 'SIGINT') io.endLine();
  });
}

/** Runs a sandbox for other programs while `work` runs. It starts empty, and nothing is saved. */
export async function withSandbox<T>(
  context: Context,
  options: ServingOptions,
  work: (served: Served) => Promise<T>,
) {
  const port = parsePort(options.port ?? '0');
  const named = (options.project ?? [defaultProject]).map(parseProject);
  const { faults: path } = options;
  // The YAML parser is loaded only if it is needed.
  const file = path === undefined ? {} : (await import('../../sandbox/faults-file.js')).readFaultsFile(path);
  const { faults = [], networkFaults, projects: more = 0, keyRole, keyAccessList, rateLimit, ...others } = file;
  const wanted = {
    dnsPort: parsePort(options.dnsPort ?? '0'),
    mongo: options.mongoPorts ? ('own' as const) : ('free' as const),
    faults: networkFaults ?? [],
  };
  const idAt = (index: number) => `64f0c2a7e1b2c3d4${(index + 1).toString(16).padStart(8, '0')}`;
  const projects = [...new Set([...named, ...Array.from({ length: more }, (_, index) => idAt(index))])];
  // The live API returns AVAILABLE, so clients should be tested with it.
  const world = emptyWorld({ readyStatus: 'AVAILABLE', ...readReadyFlags(options), ...others, projects });

  const store = memoryStore(world);
  const network = await openNetwork(context, store, wanted);
  const sandbox = createSandbox({
    store,
    clock: context.clock,
    rateLimit,
    rights: { roles: keyRole, accessList: keyAccessList },
    faults: createFaults(faults),
    beforeReply: network.refresh,
  });
  let https: Awaited<ReturnType<typeof network.serveHttps>> | undefined;
  try {
    const baseUrl = await sandbox.listen(port);
    https = await network.serveHttps(sandbox.server);
    const { baseUrl: tlsBaseUrl } = https;
    const { dnsServer, tlsCaFile, folder } = network;
    const gcpCredentialsFile = join(folder, 'google.json');
    const credentials = JSON.stringify(sandboxGcpCredentials(baseUrl, tlsCaFile));
    await writeFile(gcpCredentialsFile, credentials, { mode: 0o600 });
    const around = { dnsServer, tlsCaFile, tlsBaseUrl, folder, gcpCredentialsFile };
    const environment = environmentOf(baseUrl, projects[0] ?? defaultProject, around);
    return await work({ ...around, baseUrl, projects, world: world.options, environment });
  } finally {
    await https?.close();
    await sandbox.close();
    await network.close();
  }
}

function linesOf({ world, environment }: Served) {
  const after = formatDuration(world.readyAfter);
  return `# Endpoints become ${world.readyStatus} after ${after} (--ready-status, --ready-after).\n${shellLines(environment)}`;
}

async function announce(io: Context['io'], served: Served) {
  const own = { table: () => linesOf(served) };
  const { baseUrl, dnsServer, tlsCaFile, tlsBaseUrl, projects, world } = served;
  const variables = served.environment.flatMap(({ values }) => Object.entries(values));
  const environment = variables.map(([name, value]) => ({ name, value }));
  const row = {
    baseUrl,
    ...sandboxKeys,
    projectIds: [...projects],
    readyStatus: world.readyStatus,
    dnsServer,
    tlsCaFile,
    tlsBaseUrl,
    environment,
  };
  await io.print({ single: true, rows: [row], columns: serveColumns, id: 'baseUrl', own });
}

function parseProject(text: string) {
  const id = text.trim().toLowerCase();
  if (isAtlasId(id)) return id;
  throw new UsageError(`'${text}' is not a valid project id.`, 'An id has 24 hex digits.');
}

async function openNetwork(
  { clock, io }: Context,
  store: Store,
  wanted: Pick<NetworkOptions, 'dnsPort' | 'mongo' | 'faults'>,
) {
  const { startNetwork } = await import('../../sandbox/network/start.js');
  const network = await startNetwork({ ...wanted, store, clock, warn: io.warn });
  const { authority } = network;
  let folder: string | undefined;
  const close = async () => {
    await network.close();
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  };
  try {
    folder = await mkdtemp(join(tmpdir(), 'atlas-pe-sandbox-'));
    const tlsCaFile = join(folder, 'ca.pem');
    await writeFile(tlsCaFile, authority, { mode: 0o600 });
    return { ...network, folder, tlsCaFile, close };
  } catch (error) {
    await close();
    const what = `the sandbox's CA certificate to ${tmpdir()}`;
    throw unwritable(what, error, 'Set TMPDIR to a directory that can be written.');
  }
}
