import { freeAddress, isWithin } from '../../base/cidr.js';
import { objects } from '../../base/json.js';
import { privateLinkServiceId } from '../clouds/azure.js';
import {
  type CloudRoute,
  cloudChange,
  cloudRead,
  existing,
  newLifetime,
  readFailure,
  withOne,
} from '../collection.js';
import { ensure, Refusal, type Reply } from '../frontend.js';
import { serviceStage, tellAtlasOfDelete } from '../services.js';
import { briefly, isSame, uuid, type WorldView } from '../world.js';
import {
  type AzureRequest,
  azureError,
  azureSubnets,
  checkAllowed,
  checkCreate,
  checkJoin,
  checkLock,
  endpointsIn,
  inGroup,
  inSubscription,
  type NetworkSubnet,
  networkId,
  type PrivateEndpoint,
  provider,
  subscriptionId,
} from './account.js';
import { endpointResource, provisioningState } from './endpoints.js';
import { ensureFormat, membersOf, textOf } from './fields.js';

const endpointPath = `${inGroup}/providers/${provider}/privateEndpoints/{name}`;
const operationPath = `${inSubscription}/providers/${provider}/locations/{location}/operations/{operation}`;
const resultPath = operationPath.replace('/operations/', '/operationResults/');
const validatePath = `${inGroup}/providers/Microsoft.Resources/deployments/{deployment}/validate`;

export const changeRoutes: readonly CloudRoute<AzureRequest>[] = [
  cloudChange('PUT', endpointPath, `${provider}/privateEndpoints/write`, putPrivateEndpoint),
  cloudChange('DELETE', endpointPath, `${provider}/privateEndpoints/delete`, deletePrivateEndpoint),
  cloudRead(operationPath, `${provider}/locations/operations/read`, readOperation),
  cloudRead(resultPath, `${provider}/locations/operations/read`, readResult),
  cloudRead(validatePath, 'Microsoft.Resources/deployments/validate/action', validateDeployment, 'POST'),
];

const fixedKeys = ['location', 'subnetId', 'connection', 'interfaceName', 'ipConfigurations'] as const;

/** A PUT of what is there already changes nothing. Of an endpoint that did not fail, only the tags can change. */
function putPrivateEndpoint(request: AzureRequest) {
  const { now, parts } = request;
  const { wanted, subnet } = readEndpointRequest(request, parts.name ?? '', request.body);
  const before = endpointsIn(existing('AZURE', request)).find(({ id }) => isSame(id, wanted.id));
  const state = before && provisioningState(request, before);
  ensure(state !== 'Deleting', 'AnotherOperationInProgress', `The resource ${wanted.id} is being deleted.`, 429);
  const kept = state === 'Failed' ? undefined : before;
  const isSameRequest = fixedKeys.every((key) => !kept || JSON.stringify(kept[key]) === JSON.stringify(wanted[key]));
  ensure(isSameRequest, 'PropertyChangeNotAllowed', `Only the tags of ${wanted.id} can change.`);
  const isStaying = before?.subnetId === subnet.id && wanted.ipConfigurations.length === 0;
  const address = isStaying ? before.address : addressForEndpoint(request, wanted, subnet);
  const made = { ...wanted, address, ...newLifetime(request, briefly(request.world.options)), isAttached: false };
  const endpoint = kept ? { ...kept, tags: wanted.tags } : made;
  const world = withOne(request, 'AZURE', endpoint);
  const body = endpointResource({ world, now }, endpoint);
  const headers = operationHeaders(request, 'create', endpoint);
  return { world, answer: { status: before ? 200 : 201, body, headers } };
}

function deletePrivateEndpoint(request: AzureRequest) {
  const { now, parts, world, group } = request;
  const id = networkId(group, `privateEndpoints/${parts.name}`);
  checkLock(world, 'delete', id, group);
  const found = endpointsIn(existing('AZURE', request)).find((each) => isSame(each.id, id));
  if (!found) return { world, answer: { status: 204 } };
  const gone = { ...found, goneAt: found.goneAt ?? now + briefly(world.options) };
  const next = tellAtlasOfDelete(withOne(request, 'AZURE', gone), 'private endpoint', found.id, now);
  return { world: next, answer: { status: 202, headers: operationHeaders(request, 'delete', gone) } };
}

/** Checks a template with private endpoints as a PUT of each would, and creates nothing. */
function validateDeployment(request: AzureRequest) {
  const { parts, body: deployment, version } = request;
  const { properties } = Object(deployment) as { properties?: { template?: { resources?: unknown } } };
  const isKnown = version >= '2024-11-01' || !Object.hasOwn(Object(properties), 'validationLevel');
  const unknown = `Could not find member 'validationLevel' on object of type 'DeploymentProperties'.`;
  // The form of this refusal was reported of another member (azure-sdk-for-python, issue 14566).
  const unread = `The request content was invalid and could not be deserialized: '${unknown}'.`;
  ensure(isKnown, 'InvalidRequestContent', unread);
  // Guess: what else a check answers. None was recorded.
  const details = objects(properties?.template?.resources).flatMap(({ type, name, apiVersion, ...body }) => {
    try {
      const own = { ...request, version: String(apiVersion) };
      const { wanted, subnet } = readEndpointRequest(own, String(name), body);
      addressForEndpoint(own, wanted, subnet);
      return [];
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      return [azureError(error)];
    }
  });
  const what = `The template deployment '${parts.deployment}' is not valid according to the validation procedure.`;
  ensure(details.length === 0, 'InvalidTemplateDeployment', what, 400, { details });
  return { body: { name: parts.deployment, properties: { provisioningState: 'Succeeded' } } };
}

const operationKinds = ['create', 'delete'] as const;
type OperationKind = (typeof operationKinds)[number];

const operationId = (kind: OperationKind, { id, createdAt }: PrivateEndpoint) => uuid(`${kind} ${id} ${createdAt}`);

/** The headers of a request that started an operation, or found it in progress. Empty if it is done. */
function operationHeaders(
  request: AzureRequest,
  kind: OperationKind,
  endpoint: PrivateEndpoint,
): Record<string, string> {
  const end = kind === 'delete' ? (endpoint.goneAt ?? Number.POSITIVE_INFINITY) : endpoint.readyAt;
  if (request.now >= end) return {};
  const { root, query } = request;
  const path = `${subscriptionId}/providers/${provider}/locations/${endpoint.location}/operations`;
  const url = `${root}${path}/${operationId(kind, endpoint)}?api-version=${query.get('api-version')}`;
  // Azure says 10 seconds.
  const pause = Math.min(10, Math.ceil((end - request.now) / 1000));
  const location = kind === 'delete' && { Location: url.replace('/operations/', '/operationResults/') };
  return { 'Azure-AsyncOperation': url, ...location, 'Retry-After': String(pause) };
}

function readOperation(request: AzureRequest): Reply {
  const { operation = '' } = request.parts;
  const all = endpointsIn(request.world.clouds.AZURE.resources).flatMap((endpoint) =>
    operationKinds.map((kind) => ({ kind, endpoint })),
  );
  const found = all.find(({ kind, endpoint }) => isSame(operationId(kind, endpoint), operation));
  ensure(found, 'OperationNotFound', `The operation '${operation}' was not found.`, 404);
  const headers = operationHeaders(request, found.kind, found.endpoint);
  if ('Retry-After' in headers) return { body: { status: 'InProgress' }, headers };
  const { fate } = found.endpoint;
  if (found.kind === 'delete' || fate?.kind !== 'failed') return { body: { status: 'Succeeded' } };
  return { body: { status: 'Failed', error: readFailure(fate.reason, 'InternalServerError') } };
}

/** What `Location` leads to: 202 until the operation has ended (Resource Manager's documents on asynchronous operations). */
function readResult(request: AzureRequest) {
  const { headers } = readOperation(request);
  return headers ? { status: 202, headers } : { status: 204 };
}

const reservedSubnets = /\/(?:GatewaySubnet|AzureBastionSubnet|AzureFirewall[^/]*|RouteServerSubnet)$/i;

function readEndpointRequest(request: AzureRequest, name: string, body: unknown) {
  const { world, group, version } = request;
  const id = networkId(group, `privateEndpoints/${name}`);
  checkAllowed(world, 'Microsoft.Network/privateEndpoints/write', id);
  checkLock(world, 'write', id, group);
  checkCreate(world, name);

  const given = membersOf(body, 'PrivateEndpoint', version);
  const properties = membersOf(given.properties, 'PrivateEndpointProperties', version);
  const { manualPrivateLinkServiceConnections: manual, privateLinkServiceConnections: automatic } = properties;
  ensureFormat(objects(automatic).length === 0, 'An automatic connection needs rights on the service of Atlas.');
  const tags = Object.entries(Object(given.tags)).map(([name, value]) => [name, textOf(value)]);
  // `East US 2` is `eastus2`.
  const location = textOf(given.location).toLowerCase().replaceAll(' ', '');
  const subnet = readSubnet(request, textOf(Object(properties.subnet).id), location);
  checkJoin(world, id, subnet.id);
  const interfaceName = textOf(properties.customNetworkInterfaceName);
  const ipConfigurations = objects(properties.ipConfigurations).map((each) => readAddress(each, version));
  const wanted = {
    id,
    location,
    tags: Object.fromEntries(tags),
    subnetId: subnet.id,
    interfaceName,
    ipConfigurations,
  };
  return { wanted: { ...wanted, ...readConnection(request, manual) }, subnet };
}

function readSubnet(view: WorldView, id: string, location: string) {
  const subnet = azureSubnets(view).find((each) => isSame(each.id, id) && each.location === location);
  const missing = `Resource ${id} was not found. Please make sure that the referenced resource exists`;
  ensure(subnet, 'InvalidResourceReference', `${missing}, and that both resources are in the same region.`);
  const isUsable = subnet.delegation === undefined && !reservedSubnets.test(subnet.id);
  // This code is assumed.
  ensure(isUsable, 'SubnetCannotBeUsedByResource', `Subnet ${subnet.id} is delegated, or reserved by its name.`);
  return subnet;
}

function readConnection(view: AzureRequest, connections: unknown) {
  const [first, ...others] = objects(connections);
  ensureFormat(first && others.length === 0, 'It must have one manual connection.');
  const given = membersOf(first, 'PrivateLinkServiceConnection', view.version);
  const properties = membersOf(given.properties, 'PrivateLinkServiceConnectionProperties', view.version);
  const [name, requestMessage] = [textOf(given.name), textOf(properties.requestMessage)];
  const id = textOf(properties.privateLinkServiceId);
  for (const service of view.world.services) {
    const own = privateLinkServiceId(service.id);
    const isReady = serviceStage(service, view.now) === 'ready';
    if (!isReady || service.provider !== 'AZURE' || !isSame(own, id)) continue;
    return { serviceId: service.id, connection: { name, privateLinkServiceId: own, requestMessage } };
  }
  throw new Refusal(400, 'InvalidPrivateLinkServiceId', `Private link service ${id} was not found.`);
}

/** A static address. */
function readAddress(given: unknown, version: string) {
  const { name, properties } = membersOf(given, 'PrivateEndpointIPConfiguration', version);
  const members = membersOf(properties, 'PrivateEndpointIPConfigurationProperties', version);
  return { name: textOf(name), properties: members };
}

function addressForEndpoint(
  view: WorldView,
  { id: endpointId, ipConfigurations }: Pick<PrivateEndpoint, 'id' | 'ipConfigurations'>,
  { id, range, full }: NetworkSubnet,
) {
  const others = endpointsIn(existing('AZURE', view)).filter((each) => !isSame(each.id, endpointId));
  const taken = others.map((each) => (each.subnetId === id ? each.address : ''));
  const [wanted] = ipConfigurations;
  if (wanted) {
    const address = textOf(wanted.properties.privateIPAddress);
    // Guess: these codes, which Azure has for network interfaces.
    ensure(
      isWithin(address, range),
      'PrivateIPAddressNotInSubnet',
      `The address ${address} is not in the range of subnet ${id}.`,
    );
    ensure(!taken.includes(address), 'PrivateIPAddressIsAllocated', `The address ${address} is already allocated.`);
    return address;
  }
  // Azure reserves the first four addresses, and the last one.
  const address = full ? undefined : freeAddress(range, 4, 1, taken);
  ensure(address, 'SubnetIsFull', `Subnet ${id} with prefix ${range} is already full.`);
  return address;
}
