import { isAtlasId } from '../../atlas/ids.js';
import { parseDuration } from '../../base/duration.js';
import { InterruptedError, UsageError } from '../../base/errors.js';
import type { OptionsOf } from '../../command.js';
import type { Context } from '../../context.js';
import { createFaults, type Fault } from '../../sandbox/faults.js';
import { sandboxKeys } from '../../sandbox/gate.js';
import type { RateLimit } from '../../sandbox/limiter.js';
import { createSandbox } from '../../sandbox/server.js';
import { memoryStore } from '../../sandbox/store.js';
import { defaultProject, emptyWorld, type WorldOptions } from '../../sandbox/world.js';
import { environmentOf, shellLines } from './environment.js';
import { readKeyFlags } from './key-options.js';
import { type OpenNetwork, openNetwork } from './network.js';
import { readNetworkFlags } from './network-options.js';
import { readReadyFlags, showReadyAfter } from './options.js';
import { parsePort } from './port.js';
import type { serve } from './serve.js';

type Options = OptionsOf<typeof serve>;

const serveColumns = ['baseUrl', ...Object.keys(sandboxKeys), 'projectIds', 'readyStatus'];

/** Runs a sandbox for other programs until it is interrupted. It starts empty, and nothing is saved. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io, clock, signal } = context;
  const port = parsePort(options.port ?? '0');
  const rateLimit = options.rateLimit === undefined ? undefined : parseRateLimit(options.rateLimit);
  const named = (options.project ?? [defaultProject]).map(parseProject);
  const projects = [...new Set([...named, ...moreProjects(options.projects ?? '0')])];
  const [rights, wanted] = [readKeyFlags(options), readNetworkFlags(options)];
  const faults = options.faults === undefined ? undefined : createFaults(await faultsOf(options.faults));
  // The live API returns AVAILABLE, so clients should be tested with it.
  const world = emptyWorld({ readyStatus: 'AVAILABLE', ...readReadyFlags(options), projects });

  const store = memoryStore(world);
  const network = wanted && (await openNetwork(context, store, wanted));
  const sandbox = createSandbox({ store, clock, rateLimit, rights, faults, beforeReply: network?.refresh });
  try {
    const baseUrl = await sandbox.listen(port);
    await announce(context, baseUrl, world.options, projects, network);
    for (const note of network?.notes ?? []) io.note(note);
    io.note(`The Atlas sandbox is listening on ${baseUrl}. Press Ctrl-C to stop it.`);
    if ((await interrupted(signal)).exit === 'interrupted') io.endLine();
  } finally {
    await sandbox.close();
    await network?.close();
  }
}

/** Loads the YAML parser only if it is needed. */
async function faultsOf(file: string): Promise<Fault[]> {
  const { readFaults } = await import('../../sandbox/faults-file.js');
  return readFaults(file);
}

async function announce(
  { io }: Pick<Context, 'io'>,
  baseUrl: string,
  options: WorldOptions,
  projects: readonly string[],
  network: OpenNetwork | null,
) {
  const all = environmentOf(baseUrl, projects[0] ?? defaultProject);
  const { readyStatus } = options;
  if (io.format === 'table' && !io.hasFields) {
    const readyAfter = showReadyAfter(options);
    const after = readyAfter === 'realistic' ? 'a realistic time' : readyAfter;
    const how = `# Endpoints become ${readyStatus} after ${after} (--ready-status, --ready-after).\n`;
    return io.printRaw(`${how}${shellLines(all)}`);
  }
  const environment = all.flatMap(({ values }) => Object.entries(values)).map(([name, value]) => ({ name, value }));
  const { dnsServer = null, tlsCaFile = null } = network ?? {};
  const row = {
    baseUrl,
    ...sandboxKeys,
    projectIds: [...projects],
    readyStatus,
    dnsServer,
    tlsCaFile,
    environment,
  };
  await io.print({ single: true, rows: [row], columns: serveColumns, id: 'baseUrl' });
}

/** Ctrl-C is the normal way to stop a server, so it is not an error. */
function interrupted(signal: AbortSignal): Promise<InterruptedError> {
  return new Promise((resolve, reject) => {
    const end = () => (signal.reason instanceof InterruptedError ? resolve(signal.reason) : reject(signal.reason));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

/** `100` is 100 requests per minute, `5/10s` is 5 requests per 10 seconds. */
function parseRateLimit(text: string): RateLimit {
  const [count = '', window] = text.split('/');
  const requests = Number(count);
  const perMs = window === undefined ? 60_000 : window === '' ? 0 : parseDuration(window);
  if (/^\d+$/.test(count) && requests > 0 && perMs > 0) return { requests, perMs };
  throw new UsageError(`'${text}' is not a valid rate limit.`, 'Examples: 100 (per minute), 5/10s');
}

/** The ids of additional projects. They are the same each time. */
function moreProjects(count: string): string[] {
  if (!/^\d{1,4}$/.test(count) || Number(count) > 2000) {
    throw new UsageError(`'${count}' is not a valid number of projects.`, 'Use a number from 0 to 2000.');
  }
  return Array.from(
    { length: Number(count) },
    (_, index) => `64f0c2a7e1b2c3d4${(index + 1).toString(16).padStart(8, '0')}`,
  );
}

function parseProject(text: string): string {
  const id = text.trim().toLowerCase();
  if (isAtlasId(id)) return id;
  throw new UsageError(`'${text}' is not a valid project id.`, 'An id has 24 hex digits.');
}
