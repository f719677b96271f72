import { cmd } from '../../base/shell.js';
import { hasId } from '../../clouds/shapes.js';
import type { CloudPlan, Created, PlannedStep, ServiceRef } from '../cloud-side.js';
import {
  type AzureEndpoint,
  azureTags,
  isInState,
  isOursFor,
  isUnfinished,
  isUsableFor,
  ownName,
  partsOf,
  type VnetSubnet,
} from './model.js';
import type { AzureWanted } from './wanted.js';

/** What is there in Azure, and what is wanted. The plan follows from it. */
export interface InAzure {
  wanted: AzureWanted;
  service: ServiceRef | undefined;
  serviceRegion: string;
  /** The id of the subscription. */
  account: string;
  /** Null if Azure could not be read. */
  principal: string | null;
  /** Why Azure could not be read. */
  unread?: string;
  /** The subnet to use; null if nothing is to be created, or if it is not known. */
  subnet: VnetSubnet | null;
  /** The private endpoints for the service that count, also those that others created; or the one to adopt. */
  endpoints: readonly AzureEndpoint[];
  /** All private endpoints of the subscription, without their addresses. */
  all: readonly AzureEndpoint[];
}

export interface AzurePlan extends CloudPlan {
  there: InAzure;
  endpoint: AzureEndpoint | null;
  /** What to create; null if there is an endpoint, or if the subnet is not known. */
  made: ReturnType<typeof newEndpoint> | null;
}

/** The plan that follows from what is there. */
export function planAzure(there: InAzure): AzurePlan {
  const { account, principal, service, serviceRegion, endpoints, subnet, wanted, unread } = there;
  // A connected one, then ours, then the first by its id.
  const rank = (each: AzureEndpoint) => (isInState(each, 'Approved') ? 0 : 2) + (isOursFor(each, service) ? 0 : 1);
  const usable = endpoints.filter((each) => wanted.adopt !== undefined || isUsableFor(each, service));
  const [endpoint = null] = usable.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1));
  const isOurs = endpoint !== null && isOursFor(endpoint, service);
  const dead = endpoints.filter((each) => !usable.includes(each) && !isInState(each, 'Deleting'));
  const left = dead.filter((each) => !isUnfinished(each, service));
  const made = endpoint || !subnet ? null : newEndpoint(there, subnet);
  const place = endpoint ?? made;
  const { name, vnetId } = partsOf(place?.subnet ?? '');
  const planned = endpoint
    ? { action: isOurs ? 'done' : 'adopt', detail: `${endpoint.name} (${endpoint.state})`, name: endpoint.name }
    : { action: 'create', detail: `in the subnet ${name}`.trim() };
  const signedIn = principal === null ? '' : `, signed in as ${principal}`;
  const places = [{ title: 'Azure subscription', detail: `${account || 'unknown'}${signedIn}` }];
  if (place)
    places.push(
      { title: 'Resource group', detail: partsOf(place.id).group },
      { title: 'Virtual network', detail: `${partsOf(vnetId).name}, ${place.location}` },
      { title: 'Subnet', detail: name },
    );
  const costs = ['Azure: the private endpoint per hour, data per GB'];
  if (place && place.location !== serviceRegion) costs.push('Azure: data transfer between the two regions per GB');
  return {
    ...{ there, account, endpoint, made, places, costs },
    // The service accepts connections from every region.
    region: serviceRegion,
    own: isOurs ? [createdPrivateEndpoint(endpoint.id)] : [],
    left: left.map(({ id }) => id),
    steps: [{ ...step, ...planned } as PlannedStep],
    commands: made && service?.target ? [commandLine(made)] : [],
    notes: [
      ...left.map(({ id, name, state }) => {
        const why = hasId(service?.refused ?? [], id) ? 'was rejected by Atlas' : `is ${state}`;
        const text = `${name} ${why}, so it can never connect. atlas-pe does not use or delete it. To delete it:`;
        return { text, commands: [cmd`az network private-endpoint delete --ids ${id}`.text] };
      }),
      ...(unread === undefined ? [] : [`Cannot read the Azure resources. ${unread}`]),
    ],
  };
}

const step = { id: 'private-endpoint', title: 'Private endpoint' };

export function createdPrivateEndpoint(id: string): Created {
  return { stepId: step.id, title: 'private endpoint', id };
}

/** What to create. The name is the first that is free. While there is no service, it is made up: Azure can be asked then. */
function newEndpoint({ wanted, all, service }: InAzure, { id: subnet, location }: VnetSubnet) {
  const { subscription, group, groupId } = partsOf(subnet);
  const { id: serviceId = 'new', projectId = '', target } = service ?? {};
  const inGroup = `/subscriptions/${subscription}/resourceGroups/${wanted.resourceGroup ?? group}`;
  const first = `${inGroup}/providers/Microsoft.Network/privateEndpoints/${ownName(serviceId)}`;
  const taken = all.flatMap((each) => (isUnfinished(each, service) ? [] : each.id));
  let id = first;
  for (let number = 2; hasId(taken, id); number++) id = `${first}-${number}`;
  const connection = {
    privateLinkServiceId: target ?? `${groupId}/providers/Microsoft.Network/privateLinkServices/atlas`,
    requestMessage: 'MongoDB Atlas',
  };
  // The automatic kind of connection needs rights on Atlas's service.
  const connections = [{ name: partsOf(connection.privateLinkServiceId).name, properties: connection }];
  const properties = { subnet: { id: subnet }, manualPrivateLinkServiceConnections: connections };
  const tags: Record<string, string> = { ...wanted.tags, ...azureTags(projectId, serviceId) };
  return { id, subnet, location, connection, body: { location, tags, properties } };
}

/** The same for bash and zsh, for somebody who may create things in Azure but has no access to Atlas. */
function commandLine({ id, subnet, location, connection, body }: ReturnType<typeof newEndpoint>): string {
  const { name, group, subscription } = partsOf(id);
  const { privateLinkServiceId: target, requestMessage } = connection;
  const tags = Object.entries(body.tags).map(([key, value]) => `${key}=${value}`);
  const parts = [
    cmd`az network private-endpoint create --name ${name} --resource-group ${group}`,
    cmd`--subscription ${subscription} --location ${location}`,
    cmd`--subnet ${subnet}`,
    cmd`--private-connection-resource-id ${target}`,
    cmd`--connection-name ${partsOf(target).name} --manual-request true --request-message ${requestMessage}`,
    cmd`--tags ${tags}`,
  ];
  return parts.map(({ text }) => text).join(' \\\n  ');
}
