import { isAtlasId } from '../../atlas/ids.js';
import type { Context } from '../../context.js';
import { parseDuration } from '../../duration.js';
import { InterruptedError, UsageError } from '../../errors.js';
import { createFaults, type Fault } from '../../sandbox/faults.js';
import { sandboxKeys } from '../../sandbox/gate.js';
import { createSandbox, type RateLimit } from '../../sandbox/server.js';
import { memoryStore } from '../../sandbox/store.js';
import { defaultProject, emptyWorld } from '../../sandbox/world.js';
import { type ReadyFlags, readReadyFlags } from './options.js';

export interface ServeOptions extends ReadyFlags {
  port?: string | undefined;
  rateLimit?: string | undefined;
  /** A YAML file: what goes wrong with which requests. */
  faults?: string | undefined;
  /** The projects that exist; the API answers 404 for any other. */
  projectIds?: readonly string[] | undefined;
  /** So many more of them. */
  projects?: string | undefined;
}

export const serveKeys = ['baseUrl', ...Object.keys(sandboxKeys), 'projectIds'];

/** Runs a sandbox for other programs until it is interrupted. It starts empty, and its state ends with it. */
export async function serve(context: Context, options: ServeOptions): Promise<void> {
  const { io, clock, signal } = context;
  const port = parsePort(options.port ?? '0');
  const rateLimit = options.rateLimit === undefined ? undefined : parseRateLimit(options.rateLimit);
  const named = (options.projectIds ?? [defaultProject]).map(parseProject);
  const projects = [...new Set([...named, ...moreProjects(options.projects ?? '0')])];
  const faults = options.faults === undefined ? undefined : createFaults(await faultsOf(options.faults));
  const store = memoryStore(emptyWorld({ ...readReadyFlags(options), projects }));

  const sandbox = createSandbox({ store, clock, rateLimit, faults });
  const baseUrl = await sandbox.listen(port);
  try {
    await announce(context, baseUrl, projects);
    io.note(`The Atlas sandbox listens on ${baseUrl}; Ctrl-C ends it.`);
    if ((await interrupted(signal)).exit === 'interrupted') io.endLine();
  } finally {
    await sandbox.close();
  }
}

/** YAML is read only where there is some. */
async function faultsOf(file: string): Promise<Fault[]> {
  const { readFaults } = await import('./faults.js');
  return readFaults(file);
}

async function announce({ io }: Context, baseUrl: string, projects: readonly string[]): Promise<void> {
  if (io.format === 'table') return io.printRaw(shellLines(baseUrl, projects[0] ?? defaultProject));
  const row = { baseUrl, ...sandboxKeys, projectIds: [...projects] };
  await io.print({ single: true, rows: [row], keys: serveKeys, columns: serveKeys, id: 'baseUrl' });
}

/** Lines for a shell to read (`. FILE`), which point each client at the sandbox. */
function shellLines(baseUrl: string, project: string): string {
  const { publicKey, privateKey, clientId, clientSecret } = sandboxKeys;
  return `# atlas-pe
export ATLAS_PE_BASE_URL=${baseUrl}
export ATLAS_PE_PROJECT=${project}
export ATLAS_PE_PUBLIC_KEY=${publicKey}
export ATLAS_PE_PRIVATE_KEY=${privateKey}
# atlas-pe with a service account, which wins over the key pair
# export ATLAS_PE_CLIENT_ID=${clientId}
# export ATLAS_PE_CLIENT_SECRET=${clientSecret}
# the official Atlas CLI
export MONGODB_ATLAS_OPS_MANAGER_URL=${baseUrl}/
export MONGODB_ATLAS_PROJECT_ID=${project}
export MONGODB_ATLAS_PUBLIC_API_KEY=${publicKey}
export MONGODB_ATLAS_PRIVATE_API_KEY=${privateKey}
# Terraform's mongodbatlas provider
export MONGODB_ATLAS_BASE_URL=${baseUrl}/
export MONGODB_ATLAS_PUBLIC_KEY=${publicKey}
export MONGODB_ATLAS_PRIVATE_KEY=${privateKey}
`;
}

/** To be interrupted is how a server ends well. */
function interrupted(signal: AbortSignal): Promise<InterruptedError> {
  return new Promise((resolve, reject) => {
    const end = () => (signal.reason instanceof InterruptedError ? resolve(signal.reason) : reject(signal.reason));
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  });
}

function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`'${text}' is not a port.`, 'Ports are numbers up to 65535; 0 takes a free one.');
}

/** `100` is 100 requests a minute, `5/10s` five in ten seconds. */
function parseRateLimit(text: string): RateLimit {
  const [count = '', window] = text.split('/');
  const requests = Number(count);
  const perMs = window === undefined ? 60_000 : window === '' ? 0 : parseDuration(window);
  if (/^\d+$/.test(count) && requests > 0 && perMs > 0) return { requests, perMs };
  throw new UsageError(`'${text}' is not a rate limit.`, 'For example 100 (a minute) or 5/10s.');
}

/** Projects beside those that are named, the same ones each time. */
function moreProjects(count: string): string[] {
  if (!/^\d{1,4}$/.test(count) || Number(count) > 2000) {
    throw new UsageError(`'${count}' is not a number of projects.`, 'It can be up to 2000.');
  }
  return Array.from(
    { length: Number(count) },
    (_, index) => `64f0c2a7e1b2c3d4${(index + 1).toString(16).padStart(8, '0')}`,
  );
}

function parseProject(text: string): string {
  const id = text.trim().toLowerCase();
  if (isAtlasId(id)) return id;
  throw new UsageError(`'${text}' is not a project id.`, 'Ids are 24 hex digits.');
}
