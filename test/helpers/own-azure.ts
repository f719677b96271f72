import { beforeEach, expect } from 'vitest';
import { defaultProject, type WorldOptions } from '../../src/sandbox/world.js';
import { group, subscription } from './azure.js';
import { ownSandbox } from './own-sandbox.js';
import type { startSandbox } from './sandbox.js';

type Sandbox = Awaited<ReturnType<typeof startSandbox>>;

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
type Any = any;

/** A cluster on Azure, for which `connect eastus2` works. */
export const azureClusters: WorldOptions['clusters'] = [
  { name: 'Cluster0', regions: [{ provider: 'AZURE', atlasRegion: 'US_EAST_2' }] },
];

/** Sends a request to the sandbox's Azure. `path`: whole, or below Microsoft.Network of the group. Returns the body, if any. */
async function askAzure(baseUrl: string, method: string, path: string, body?: object): Promise<Any> {
  const at = path.startsWith('/') ? path : `${group}/providers/Microsoft.Network/${path}`;
  const answer = await fetch(`${baseUrl}/azure${at}?api-version=2024-05-01`, {
    method,
    headers: { authorization: 'Bearer sandbox', 'content-type': 'application/json' },
    ...(body && { body: JSON.stringify(body) }),
  });
  const text = await answer.text();
  return text === '' ? undefined : JSON.parse(text);
}

/** The private endpoints in Azure, and the services in Atlas that are not being deleted. */
async function inAzure({
  baseUrl,
  ask,
}: Pick<Sandbox, 'baseUrl' | 'ask'>): Promise<{ endpoints: Any[]; services: Any[] }> {
  const { value } = await askAzure(baseUrl, 'GET', `${subscription}/providers/Microsoft.Network/privateEndpoints`);
  const { body } = await ask(`/api/atlas/v2/groups/${defaultProject}/privateEndpoint/AZURE/endpointService`);
  return { endpoints: value ?? [], services: body.filter(({ status }: Any) => status !== 'DELETING') };
}

/** How many services, attached interface endpoints and private endpoints there are. */
export async function azureCounts(sandbox: Pick<Sandbox, 'baseUrl' | 'ask'>): Promise<number[]> {
  const { endpoints, services } = await inAzure(sandbox);
  const living = endpoints.filter(({ properties }) => properties.provisioningState !== 'Deleting');
  return [services.length, services.flatMap(({ privateEndpoints }) => privateEndpoints).length, living.length];
}

/** A sandbox for each test of a file, with a cluster on Azure, and what a test does in its Azure beside the program. */
export function ownAzure() {
  const own = ownSandbox();
  const arm = (method: string, path: string, body?: object) => askAzure(own.sandbox.baseUrl, method, path, body);
  const restart = (azure: WorldOptions['azure'] = {}, world: Partial<WorldOptions> = {}) =>
    own.restart({ clusters: azureClusters, azure, ...world });
  beforeEach(() => restart());
  return {
    own,
    arm,
    endpoints: async () => (await inAzure(own.sandbox)).endpoints,
    services: async () => (await inAzure(own.sandbox)).services,
    restart,
    /** Runs a command, which must succeed. Returns its JSON. */
    json: async (line: string): Promise<Any> => {
      const { exitCode, stdout, stderr } = await own.atlas(`${line} --json`);
      expect(exitCode, stderr).toBe(0);
      return JSON.parse(stdout);
    },
    left: () => azureCounts(own.sandbox),
  };
}
