import { type Json, objects, text } from '../../base/json.js';
import type { RequestLimits } from '../../base/request-limits.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import { type Exchange, openRest } from '../rest.js';
import { refusal, toArmError } from './explain.js';
import { lastPart } from './ids.js';
import { type AzureEndpoint, at, toPrivateEndpoint, toVnet, type Vnet } from './model.js';

/** How to get into an Azure subscription. */
export interface AzureAccess {
  /** The base URL of Azure Resource Manager. */
  baseUrl: string;
  exchange: Exchange;
  /** An access token. Throws a `CloudError`. */
  token(): Promise<string>;
  /** Who is signed in. */
  principal(): Promise<string>;
  /** The subscription to use if no id names one. Throws a usage error. */
  subscription(): string;
}

const versions = {
  network: '2024-05-01',
  subscriptions: '2022-12-01',
  permissions: '2022-04-01',
  deployments: '2024-03-01',
};

const network = 'Microsoft.Network';
export const actions = {
  read: `${network}/privateEndpoints/read`,
  write: `${network}/privateEndpoints/write`,
  delete: `${network}/privateEndpoints/delete`,
  nic: `${network}/networkInterfaces/read`,
  vnets: `${network}/virtualNetworks/read`,
  join: `${network}/virtualNetworks/subnets/join/action`,
  nsg: `${network}/networkSecurityGroups/read`,
  operation: `${network}/locations/operations/read`,
  permissions: 'Microsoft.Authorization/permissions/read',
  validate: 'Microsoft.Resources/deployments/validate/action',
} as const;

export type Arm = ReturnType<typeof openArm>;

/** The calls of Azure Resource Manager that this program makes. */
export function openArm({ baseUrl, exchange, token }: AzureAccess, line: CloudContext) {
  const authorize = async () => ({ authorization: `Bearer ${await token()}` });
  const rest = openRest({ name: 'Azure', baseUrl, exchange, authorize, refusal }, line);

  const get = async (action: string, path: string, version = versions.network, limits?: RequestLimits) =>
    (await rest({ action, method: 'GET', path: `${path}?api-version=${version}`, limits })).body;

  /** All items of a list, which may come in pages. */
  async function list(action: string, path: string, version = versions.network): Promise<unknown[]> {
    const found: unknown[] = [];
    for (let next: string | undefined = `${path}?api-version=${version}`; next !== undefined; ) {
      const { body } = await rest({ action, method: 'GET', path: next });
      found.push(...objects(at(body, 'value')));
      next = linkOf(text(at(body, 'nextLink')));
    }
    return found;
  }

  /** A link below the base URL; undefined if it leads elsewhere. Some name the usual port. */
  const linkOf = (url: string | null | undefined) =>
    [url?.replace(':443/', '/')].find((each) => each?.startsWith(`${baseUrl}/`));

  return {
    subscription: async (id: string) => {
      const found = await get('Microsoft.Resources/subscriptions/read', `/subscriptions/${id}`, versions.subscriptions);
      return { id, name: text(at(found, 'displayName')) ?? id };
    },
    vnets: async (subscription: string): Promise<Vnet[]> => {
      const path = `/subscriptions/${subscription}/providers/${network}/virtualNetworks`;
      return (await list(actions.vnets, path)).map(toVnet);
    },
    vnet: async (id: string): Promise<Vnet | null> => {
      const found = await orNull(get(actions.vnets, id));
      return found === null ? null : toVnet(found);
    },
    /** The private endpoints of a subscription, without their addresses. */
    endpoints: async (subscription: string): Promise<AzureEndpoint[]> => {
      const path = `/subscriptions/${subscription}/providers/${network}/privateEndpoints`;
      return (await list(actions.read, path)).map(toPrivateEndpoint);
    },
    /** A private endpoint; null if there is none. Its state is Creating until it has an address. */
    endpoint: async (id: string, limits?: RequestLimits): Promise<AzureEndpoint | null> => {
      const found = await orNull(get(actions.read, id, versions.network, limits));
      return found === null ? null : addressed(toPrivateEndpoint(found), limits);
    },
    addressed,
    /** Creates it, or changes nothing if it is there. Resolves as soon as it is accepted. */
    put: async (id: string, body: Json) => {
      const path = `${id}?api-version=${versions.network}`;
      const answer = await rest({ action: actions.write, method: 'PUT', path, body });
      const operation = linkOf(header(answer.headers, 'azure-asyncoperation'));
      return { endpoint: toPrivateEndpoint(answer.body), operation };
    },
    /** Resolves as soon as it is accepted, and if there is no such endpoint. */
    delete: async (id: string): Promise<void> => {
      const path = `${id}?api-version=${versions.network}`;
      await orNull(rest({ action: actions.delete, method: 'DELETE', path }));
    },
    /** How an operation stands; the error if it failed. */
    operation: async (url: string, action: string) => {
      const { body, headers } = await rest({ action: actions.operation, method: 'GET', path: url });
      const status = text(at(body, 'status')) ?? '';
      const seconds = Number(header(headers, 'retry-after') ?? 2);
      const isFailed = /^(?:Failed|Canceled)$/i.test(status);
      const error = isFailed ? toArmError(at(body, 'error') ?? { code: status }, action) : undefined;
      return { isDone: /^Succeeded$/i.test(status), error, delayMs: Math.min(60, Math.max(1, seconds || 2)) * 1000 };
    },
    /** The roles of the sign-in, as they concern a resource or a resource group. */
    permissions: (id: string): Promise<unknown[]> =>
      list(actions.permissions, `${id}/providers/Microsoft.Authorization/permissions`, versions.permissions),
    /** Checks whether a private endpoint may be created. Creates nothing. */
    validate: async (groupId: string, resource: { [key: string]: Json }, limits?: RequestLimits) => {
      const deployment = `${groupId}/providers/Microsoft.Resources/deployments/${lastPart(String(resource.name))}`;
      const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
      const type = { type: `${network}/privateEndpoints`, apiVersion: versions.network };
      const template = { $schema: schema, contentVersion: '1.0.0.0', resources: [{ ...type, ...resource }] };
      const { body } = await rest({
        action: actions.validate,
        method: 'POST',
        path: `${deployment}/validate?api-version=${versions.deployments}`,
        body: { properties: { mode: 'Incremental', validationLevel: 'Provider', template } },
        isHarmless: true,
        isChange: false,
        limits,
      });
      const error = at(body, 'error') ?? at(body, 'properties', 'error');
      if (error !== undefined && error !== null) throw toArmError(error, actions.write);
    },
    nsgRules: async (id: string) => {
      const properties = at(await get(actions.nsg, id), 'properties');
      return ['securityRules', 'defaultSecurityRules'].flatMap((key) => objects(at(properties, key)));
    },
  };

  async function addressed(endpoint: AzureEndpoint, limits?: RequestLimits): Promise<AzureEndpoint> {
    if (!/^(?:Pending|Approved)$/i.test(endpoint.state)) return endpoint;
    const nic = endpoint.nic === null ? null : await orNull(get(actions.nic, endpoint.nic, versions.network, limits));
    const [first] = objects(at(nic, 'properties', 'ipConfigurations'));
    const address = text(at(first, 'properties', 'privateIPAddress'));
    return address === null ? { ...endpoint, state: 'Creating' } : { ...endpoint, address };
  }
}

/** Null if Azure doesn't have what the request is about. */
async function orNull(request: Promise<unknown>): Promise<unknown> {
  try {
    return (await request) ?? null;
  } catch (error) {
    if (error instanceof CloudError && error.status === 404) return null;
    throw error;
  }
}

function header(headers: Readonly<Record<string, string | string[] | undefined>>, name: string): string | undefined {
  return [headers[name]].flat()[0];
}
