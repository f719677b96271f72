import { at, type Json, objects, text } from '../../base/json.js';
import type { RequestLimits } from '../../base/request-limits.js';
import { partsOf } from '../../clouds/azure.js';
import { untilAnswered } from '../call.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError, orNull, unlessRefused } from '../errors.js';
import { openRest, type RestOptions, readPages } from '../rest.js';
import { denials, permissionHint, refusal, toArmError } from './explain.js';
import { type AzureEndpoint, allows, isInState, toPrivateEndpoint, toSubnets } from './model.js';

/** How to get into an Azure subscription. */
export interface AzureAccess extends Pick<RestOptions, 'baseUrl' | 'exchange'> {
  /** An access token. Throws a `CloudError`. */
  token(): Promise<string>;
  /** Who is signed in. */
  principal(): Promise<string>;
  /** The subscription to use if no id names one. Throws a usage error. */
  subscription(): string;
}

const network = 'Microsoft.Network';
export const actions = {
  read: `${network}/privateEndpoints/read`,
  write: `${network}/privateEndpoints/write`,
  delete: `${network}/privateEndpoints/delete`,
  nic: `${network}/networkInterfaces/read`,
  join: `${network}/virtualNetworks/subnets/join/action`,
} as const;
const networkVersion = '2024-05-01';

export type Arm = ReturnType<typeof openArm>;

/** The calls of Azure Resource Manager that this program makes. */
export function openArm({ baseUrl, exchange, token }: AzureAccess, line: CloudContext) {
  const authorize = async () => ({ authorization: `Bearer ${await token()}` });
  const rest = openRest({ name: 'Azure', baseUrl, exchange, authorize, refusal }, line);
  const of = (id: string, version = networkVersion) => `${id}?api-version=${version}`;
  const read = async (action: string, path: string, limits?: RequestLimits) =>
    (await rest({ action, method: 'GET', path, limits })).body;
  const list = (action: string, first: string) =>
    readPages(first, async (page) => {
      const body = await read(action, page);
      return { items: objects(at(body, 'value')), next: text(at(body, 'nextLink')) };
    });
  const all = (account: string, type: string) =>
    list(`${network}/${type}/read`, of(`/subscriptions/${account}/providers/${network}/${type}`));

  /** With its address. Its state is Creating until it has one. */
  async function addressed(endpoint: AzureEndpoint, limits?: RequestLimits): Promise<AzureEndpoint> {
    if (!isInState(endpoint, 'Pending', 'Approved')) return endpoint;
    const nic = endpoint.nic === null ? null : await orNull(read(actions.nic, of(endpoint.nic), limits));
    const [first] = objects(at(nic, 'properties', 'ipConfigurations'));
    const address = text(at(first, 'properties', 'privateIPAddress'));
    return address === null ? { ...endpoint, state: 'Creating' } : { ...endpoint, address };
  }

  /** Waits until an operation ends. Throws why it failed. */
  const untilDone = (path: string) =>
    untilAnswered(line, 'Azure is still creating the private endpoint.', async () => {
      const body = await read(`${network}/locations/operations/read`, path);
      const state = text(at(body, 'status')) ?? '';
      if (isInState({ state }, 'Failed', 'Canceled'))
        throw toArmError(at(body, 'error') ?? { code: state }, actions.write);
      return isInState({ state }, 'Succeeded') || undefined;
    });

  return {
    subnets: async (account: string) => (await all(account, 'virtualNetworks')).flatMap(toSubnets),
    subnetsOf: async (vnetId: string) => toSubnets(await orNull(read(`${network}/virtualNetworks/read`, of(vnetId)))),
    /** Those of a subscription, without their addresses. */
    endpoints: async (account: string) => (await all(account, 'privateEndpoints')).map(toPrivateEndpoint),
    endpoint: async (id: string, limits?: RequestLimits) => {
      const found = await orNull(read(actions.read, of(id), limits));
      return found === null ? null : addressed(toPrivateEndpoint(found), limits);
    },
    addressed,
    /** Creates it, or changes nothing if it is there. `onAccepted` gets its id before it is complete. */
    put: async (id: string, body: Json, onAccepted: (id: string) => Promise<void>) => {
      const answer = await rest({ action: actions.write, method: 'PUT', path: of(id), body });
      const endpoint = toPrivateEndpoint(answer.body);
      await onAccepted(endpoint.id || id);
      const [operation] = [answer.headers['azure-asyncoperation']].flat();
      if (operation !== undefined) await untilDone(operation);
      return endpoint;
    },
    /** Resolves as soon as it is accepted, and if there is no such endpoint. */
    delete: async (id: string) => {
      await orNull(rest({ action: actions.delete, method: 'DELETE', path: of(id) }));
    },
    /** Throws if the sign-in lacks a permission for a resource or a resource group. Warns if that can't be read. */
    checkPermissions: async (id: string, needed: readonly string[]) => {
      const path = of(`${id}/providers/Microsoft.Authorization/permissions`, '2022-04-01');
      const roles = await unlessRefused(list('Microsoft.Authorization/permissions/read', path), ...denials);
      const missing = roles && needed.find((action) => !allows(roles, action));
      const { name } = partsOf(id);
      if (!roles) line.io.warn(`Permissions in ${name} could not be checked first.`);
      const details = { exit: 'notAllowed', errorCode: 'AuthorizationFailed', hint: permissionHint } as const;
      if (missing !== undefined) throw new CloudError(`Azure does not allow ${missing} in ${name}.`, details);
    },
    /** Checks whether a private endpoint may be created. Creates nothing. */
    validate: async (id: string, endpoint: { [key: string]: Json }, limits: RequestLimits | undefined) => {
      const { groupId, name } = partsOf(id);
      const resource = { type: `${network}/privateEndpoints`, apiVersion: networkVersion, name, ...endpoint };
      const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
      const template = { $schema: schema, contentVersion: '1.0.0.0', resources: [resource] };
      const path = of(`${groupId}/providers/Microsoft.Resources/deployments/${name}/validate`, '2024-03-01');
      const action = 'Microsoft.Resources/deployments/validate/action';
      const body = { properties: { mode: 'Incremental', validationLevel: 'Provider', template } };
      const how = { isHarmless: true, isChange: false, limits };
      const answer = await rest({ action, method: 'POST', path, body, ...how });
      const error = at(answer.body, 'error') ?? at(answer.body, 'properties', 'error');
      if (error) throw toArmError(error, actions.write);
    },
    /** The rules of a network security group that users have set. */
    nsgRules: async (id: string) =>
      objects(at(await read(`${network}/networkSecurityGroups/read`, of(id)), 'properties', 'securityRules')),
  };
}
