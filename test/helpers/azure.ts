import { defaultProject } from '../../src/sandbox/world.js';
import type { ownSandbox } from './run-cli.js';
import { type CloudOptions, cloudSandbox, type startSandbox } from './sandbox.js';

export const subscription = '/subscriptions/00000000-0000-4000-8000-00000000a71a';
export const group = `${subscription}/resourceGroups/atlas-pe-sandbox`;

// biome-ignore lint/suspicious/noExplicitAny: answers of any shape
type Any = any;

interface Sent {
  body?: unknown;
  version?: string;
  token?: string;
}

type ArmRequest = [method: string, path: string, sent?: Sent];

/** Sends a request to ARM. A path that does not start with `/subscriptions` is one of Microsoft.Network in the group. */
async function sendArm(baseUrl: string, ...[method, path, sent = {}]: ArmRequest) {
  const { body, version = '2024-05-01', token = 'sandbox' } = sent;
  const url = path.startsWith('http') ? path : `${baseUrl}/azure${pathOf(path)}`;
  const response = await fetch(url.includes('?') ? url : `${url}?api-version=${version}`, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
  });
  const text = await response.text();
  const { status, headers } = response;
  return { status, headers, body: (text === '' ? undefined : JSON.parse(text)) as Any };
}

/** A sandbox for one test: its Azure, and functions that act as Atlas. */
export async function azureSandbox(options?: CloudOptions) {
  const sandbox = await cloudSandbox('AZURE', options);
  const { atlas } = sandbox;
  const arm = (...request: ArmRequest) => sendArm(sandbox.baseUrl, ...request);
  return {
    ...sandbox,
    arm,
    refusal: async (...request: Parameters<typeof arm>): Promise<unknown> => {
      const { status, body } = await arm(...request);
      return [status, body?.error?.code];
    },
    atlas: {
      ...atlas,
      service: async (region = 'eastus2') => {
        const { id, privateLinkServiceResourceId } = await atlas.create(region);
        return { id: id as string, target: privateLinkServiceResourceId as string };
      },
      attach: (service: string, id: string, privateEndpointIPAddress: string) =>
        atlas.attach(service, { id, privateEndpointIPAddress }),
      attachment: async (service: string, id: string) => {
        const { status, errorMessage } = await atlas.attachment(service, id);
        return [status, errorMessage] as unknown[];
      },
    },
  };
}

function pathOf(path: string): string {
  return path.startsWith('/subscriptions') ? path : `${group}/providers/Microsoft.Network/${path}`;
}

export const subnetOf = (network: string, name = 'default') =>
  `${group}/providers/Microsoft.Network/virtualNetworks/${network}/subnets/${name}`;

export function endpointBody(target: string, properties: object = {}, more: object = {}) {
  const connection = { privateLinkServiceId: target, requestMessage: 'MongoDB Atlas' };
  return {
    location: 'eastus2',
    tags: { app: 'web' },
    ...more,
    properties: {
      subnet: { id: subnetOf('default-eastus2') },
      manualPrivateLinkServiceConnections: [{ name: 'atlas', properties: connection }],
      ...properties,
    },
  };
}

/** A private endpoint to a service of Atlas, which is still updating. */
export async function privateEndpoint(...options: Parameters<typeof azureSandbox>) {
  const sandbox = await azureSandbox(...options);
  const { atlas, arm, clock } = sandbox;
  const service = await atlas.service();
  const path = 'privateEndpoints/mine';
  const put = (body: unknown = endpointBody(service.target), at = path) => arm('PUT', at, { body });
  const read = async () => (await arm('GET', path)).body;
  /** Provisioning state, and state of the connection. */
  const states = async () => {
    const { provisioningState, manualPrivateLinkServiceConnections: connections } = (await read()).properties;
    return [provisioningState, connections[0].properties.privateLinkServiceConnectionState.status];
  };
  const address = async () => {
    const { body } = await arm('GET', (await read()).properties.networkInterfaces[0].id);
    return body.properties.ipConfigurations[0].properties.privateIPAddress as string;
  };
  const created = await put();
  return { ...sandbox, service, path, put, read, states, address, created, id: created.body.id as string, clock };
}

type Sandbox = Pick<Awaited<ReturnType<typeof startSandbox>>, 'baseUrl' | 'ask'>;

async function endpointsIn({ baseUrl }: Sandbox): Promise<Any[]> {
  const { body } = await sendArm(baseUrl, 'GET', `${subscription}/providers/Microsoft.Network/privateEndpoints`);
  return body.value ?? [];
}

async function servicesIn({ ask }: Sandbox): Promise<Any[]> {
  const { body } = await ask(`/api/atlas/v2/groups/${defaultProject}/privateEndpoint/AZURE/endpointService`);
  return body.filter(({ status }: Any) => status !== 'DELETING');
}

/** How many services, attached interface endpoints and private endpoints there are. */
export async function countsInAzure(sandbox: Sandbox): Promise<number[]> {
  const services = await servicesIn(sandbox);
  const living = (await endpointsIn(sandbox)).filter(({ properties }) => properties.provisioningState !== 'Deleting');
  return [services.length, services.flatMap(({ privateEndpoints }) => privateEndpoints).length, living.length];
}

/** What a test does in the Azure of its sandbox, beside the program. */
export function besideAzure(own: ReturnType<typeof ownSandbox>) {
  return {
    /** `path`: whole, or below Microsoft.Network of the group. Returns the body, if any. */
    arm: async (method: string, path: string, body?: object): Promise<Any> =>
      (await sendArm(own.sandbox.baseUrl, method, path, { body })).body,
    endpoints: () => endpointsIn(own.sandbox),
  };
}
