import { onTestFinished } from 'vitest';
import type { Provider } from '../../src/clouds/all.js';
import { environmentOf } from '../../src/commands/sandbox/environment.js';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import type { SandboxOptions } from '../../src/sandbox/frontend.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { createSandbox } from '../../src/sandbox/server.js';
import {
  type ClusterSpec,
  defaultProject,
  emptyWorld,
  memoryStore,
  type WorldOptions,
} from '../../src/sandbox/world.js';
import { awsEnvironment } from './aws-environment.js';
import { type FakeClock, fakeClock } from './fake-clock.js';
import { createRoughSandbox, isRough, sentBy } from './rough.js';
import { ownFolders } from './run-main.js';

export const azureSubscription = '00000000-0000-4000-8000-00000000a71a';

/** The only cluster, if a test needs no others. */
const cluster0: ClusterSpec = { name: 'Cluster0', regions: [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] };

/** Regional mode needs that all are. */
export const sharded = { clusters: [{ ...cluster0, sharded: true }] };

/** A request and its response, as they were sent. */
export interface Exchange {
  method: string;
  url: string;
  requestHeaders: Record<string, string | string[] | undefined>;
  requestBody: string;
  status: number;
  /** When it was answered. */
  at?: number;
  headers: Record<string, number | string | string[] | undefined>;
  body: string;
}

type Options = Partial<Omit<SandboxOptions, 'store' | 'clock'>> & {
  clock?: FakeClock;
  world?: Partial<WorldOptions>;
};

/** Starts a sandbox on a free port. It records every exchange. `env` points the program at it. */
export async function startSandbox({ clock = fakeClock(), world = {}, keys = sandboxKeys, ...rest }: Options = {}) {
  const store = memoryStore(
    emptyWorld({ projects: [defaultProject], clusters: [cluster0], anyVpce: true, ...world }),
  );
  const sandbox = (isRough ? createRoughSandbox : createSandbox)({ store, clock, keys, ...rest });
  const exchanges: Exchange[] = [];
  const pending = new Set<unknown>();
  let requests = 0;
  let mostAtOnce = 0;
  sandbox.server.prependListener('request', (request, response) => {
    requests++;
    pending.add(response);
    mostAtOnce = Math.max(mostAtOnce, pending.size);
    response.on('close', () => pending.delete(response));
    const sent = sentBy(request);
    let body = '';
    const end = response.end.bind(response);
    response.end = ((chunk: string) => {
      body = chunk ?? '';
      return end(chunk);
    }) as typeof response.end;
    response.on('finish', () => {
      exchanges.push({
        method: request.method ?? '',
        url: request.url ?? '',
        requestHeaders: request.headers,
        requestBody: sent(),
        status: response.statusCode,
        at: clock.now(),
        headers: response.getHeaders(),
        body,
      });
    });
  });
  const baseUrl = await sandbox.listen(0);
  /** A token of the service account. */
  const token = async (): Promise<string> => {
    const account = Buffer.from(`${keys.clientId}:${keys.clientSecret}`).toString('base64');
    const form = new URLSearchParams({ grant_type: 'client_credentials' });
    const signIn = { method: 'POST', headers: { authorization: `Basic ${account}` }, body: form };
    return JSON.parse(await (await fetch(`${baseUrl}/api/oauth/token`, signIn)).text()).access_token;
  };
  return {
    baseUrl,
    server: sandbox.server,
    clock,
    /** The requests that got a response. */
    exchanges,
    /** The number of all requests, also those without a response. */
    requests: () => requests,
    mostAtOnce: () => mostAtOnce,
    onRequest: (listener: (request: { method?: string; url?: string }) => void) => {
      sandbox.server.on('request', listener);
    },
    store,
    token,
    /**
     * Resolves when no request is pending. A command may end while requests that it no longer needs are still running.
     */
    idle: async () => {
      do await new Promise((resolve) => setImmediate(resolve));
      while (pending.size > 0);
    },
    close: sandbox.close,
    /**
     * Sends a request with a token of the service account, like another program. The default method is GET, or POST
     * with a body.
     */
    ask: async (path: string, { accept = 'application/vnd.atlas.2023-01-01+json', body = '', method = '' } = {}) => {
      const headers = { accept, authorization: `Bearer ${await token()}`, 'content-type': accept };
      const verb = method || (body === '' ? 'GET' : 'POST');
      const answer = await fetch(`${baseUrl}${path}`, { method: verb, headers, ...(body !== '' && { body }) });
      return { status: answer.status, body: JSON.parse(await answer.text()) };
    },
    env: {
      ...ownFolders(),
      ATLAS_PE_BASE_URL: baseUrl,
      ATLAS_PE_PROJECT: defaultProject,
      ATLAS_PE_PUBLIC_KEY: keys.publicKey,
      ATLAS_PE_PRIVATE_KEY: keys.privateKey,
      ...awsEnvironment(baseUrl),
      AZURE_RESOURCE_MANAGER_ENDPOINT: `${baseUrl}/azure`,
      AZURE_ACCESS_TOKEN: 'sandbox',
      AZURE_SUBSCRIPTION_ID: azureSubscription,
      ...gcpEnvironment(baseUrl),
    } as Record<string, string>,
  };
}

export async function testSandbox(options: Options = {}) {
  const sandbox = await startSandbox(options);
  onTestFinished(sandbox.close);
  return sandbox;
}

export type CloudOptions = Partial<WorldOptions> & { faults?: readonly Fault[] };

/** A sandbox for one test, with functions that act as Atlas in this cloud. Resources become ready after a second. */
export async function cloudSandbox(provider: Provider, { faults = [], ...world }: CloudOptions = {}) {
  const clock = fakeClock();
  const sandbox = await testSandbox({ clock, world: { readyAfter: 1000, ...world }, faults: createFaults(faults) });
  const { ask } = sandbox;
  const base = `/api/atlas/v2/groups/${defaultProject}/privateEndpoint`;
  const services = `${base}/${provider}/endpointService`;
  const pathOf = (service: string, id: string) => `${services}/${service}/endpoint/${encodeURIComponent(id)}`;
  const atlas = {
    /** Creates a service. Returns it as it is when it is ready. */
    create: async (region: string, more: object = {}) => {
      const body = JSON.stringify({ providerName: provider, region, ...more });
      const { body: created } = await ask(`${base}/endpointService`, { body });
      clock.advance(1000);
      return (await ask(`${services}/${created.id}`)).body;
    },
    attach: (service: string, body: object) => ask(`${services}/${service}/endpoint`, { body: JSON.stringify(body) }),
    attachment: async (service: string, id: string) => (await ask(pathOf(service, id))).body,
    detach: (service: string, id: string) => ask(pathOf(service, id), { method: 'DELETE' }),
    remove: (service: string) => ask(`${services}/${service}`, { method: 'DELETE' }),
  };
  return { ...sandbox, clock, atlas };
}

/** The variables that lead to a sandbox's Google Cloud. */
function gcpEnvironment(baseUrl: string): Record<string, string> {
  const all = environmentOf(baseUrl, '', null).flatMap(({ values }) => Object.entries(values));
  return Object.fromEntries(
    all.flatMap(([name, value]) => (/^(?:CLOUDSDK|GOOGLE)_/.test(name) && value !== null ? [[name, value]] : [])),
  );
}
