import { cmd } from '../../base/shell.js';
import { hasId } from '../../clouds/shapes.js';
import type { CloudPlan, Created, Place, PlannedStep, ServiceRef } from '../cloud-side.js';
import type { InAzure } from './existing.js';
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

export interface AzurePlan extends CloudPlan {
  there: InAzure;
  endpoint: AzureEndpoint | null;
  /** Where the private endpoint is, or will be; null if that is not known. */
  place: { group: string; subnet: string; location: string } | null;
}

/** The plan that follows from what is there. */
export function planAzure(there: InAzure): AzurePlan {
  const { subscription, service, serviceRegion, endpoints, subnet, wanted } = there;
  const endpoint = preferred(there);
  const place = endpoint
    ? { group: partsOf(endpoint.id).group, subnet: endpoint.subnet, location: endpoint.location }
    : subnet && { group: groupOf(subnet, wanted), subnet: subnet.id, location: subnet.location };
  const isFar = place !== null && place.location !== serviceRegion;
  const others = endpoints.filter((each) => each !== endpoint && !isInState(each, 'Deleting'));
  const left = others.filter((each) => !isUsableFor(each, service) && !isUnfinished(each, service));
  return {
    there,
    account: subscription.id,
    // The service accepts connections from every region.
    region: serviceRegion,
    endpoint,
    place,
    own: endpoint && isOursFor(endpoint, service) ? [createdPrivateEndpoint(endpoint.id)] : [],
    left: left.map(({ id }) => id),
    steps: [stepOf(there, endpoint)],
    places: placesOf(there, place),
    costs: [
      'Azure: the private endpoint per hour, data per GB',
      ...(isFar ? ['Azure: data transfer between the two regions per GB'] : []),
    ],
    commands: endpoint ? [] : commandLines(there),
    notes: notesOf(there, endpoint, left),
  };
}

/** The private endpoint to go on with: a connected one, then ours, then the first by its id. */
function preferred({ wanted, endpoints, service }: InAzure): AzureEndpoint | null {
  if (wanted.adopt !== undefined) return endpoints[0] ?? null;
  const rank = (each: AzureEndpoint) => (isInState(each, 'Approved') ? 0 : 2) + (isOursFor(each, service) ? 0 : 1);
  const usable = endpoints.filter((each) => isUsableFor(each, service));
  return usable.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))[0] ?? null;
}

const step = { id: 'private-endpoint', title: 'Private endpoint' } as const;

export function createdPrivateEndpoint(id: string): Created {
  return { stepId: step.id, title: 'private endpoint', id };
}

function stepOf({ service, subnet, wanted }: InAzure, endpoint: AzureEndpoint | null): PlannedStep {
  if (endpoint) {
    const { name, state } = endpoint;
    return { ...step, action: isOursFor(endpoint, service) ? 'done' : 'adopt', detail: `${name} (${state})`, name };
  }
  const name = subnet?.name ?? wanted.subnet ?? partsOf(wanted.subnetId ?? '').name;
  return { ...step, action: 'create', detail: name === '' ? 'in a subnet' : `in the subnet ${name}` };
}

function placesOf({ subscription: { id, name }, principal }: InAzure, place: AzurePlan['place']): Place[] {
  const account = name === id ? id || 'unknown' : `${name} (${id})`;
  const signedIn = principal === null ? '' : `, signed in as ${principal}`;
  const places = [{ title: 'Azure subscription', detail: `${account}${signedIn}` }];
  if (!place) return places;
  const { name: subnet, vnetId } = partsOf(place.subnet);
  return [
    ...places,
    { title: 'Resource group', detail: place.group },
    { title: 'Virtual network', detail: `${partsOf(vnetId).name}, ${place.location}` },
    { title: 'Subnet', detail: subnet },
  ];
}

function notesOf(
  { service, wanted, unread }: InAzure,
  endpoint: AzureEndpoint | null,
  left: readonly AzureEndpoint[],
): CloudPlan['notes'] {
  const notes: CloudPlan['notes'][number][] = left.map(({ id, name, state }) => {
    const why = hasId(service?.refused ?? [], id) ? 'was rejected by Atlas' : `is ${state}`;
    const text = `${name} ${why}, so it can never connect. atlas-pe does not use or delete it. To delete it:`;
    return { text, commands: [cmd`az network private-endpoint delete --ids ${id}`.text] };
  });
  if (unread !== undefined) notes.push(`Cannot read the Azure resources. ${unread}`);
  if (endpoint && Object.keys(wanted.tags).length > 0)
    notes.push(`${endpoint.name} already exists, and atlas-pe does not change it. Ignored: --tag.`);
  return notes;
}

/** The resource group of a new private endpoint. */
function groupOf({ id }: VnetSubnet, { resourceGroup }: InAzure['wanted']): string {
  return resourceGroup ?? partsOf(id).group;
}

/** A private endpoint to create: its id, and what ARM needs to know. The name is the first that is free. */
export function newEndpoint(
  { wanted, all }: InAzure,
  subnet: VnetSubnet,
  service: Pick<ServiceRef, 'id' | 'projectId'> & { target: string },
) {
  const group = `/subscriptions/${partsOf(subnet.id).subscription}/resourceGroups/${groupOf(subnet, wanted)}`;
  const first = `${group}/providers/Microsoft.Network/privateEndpoints/${ownName(service.id)}`;
  const taken = all.flatMap((each) => (isUnfinished(each, service) ? [] : each.id));
  let id = first;
  for (let number = 2; hasId(taken, id); number++) id = `${first}-${number}`;
  const connection = { privateLinkServiceId: service.target, requestMessage: 'MongoDB Atlas' };
  return {
    id,
    body: {
      location: subnet.location,
      tags: { ...wanted.tags, ...azureTags(service) },
      properties: {
        subnet: { id: subnet.id },
        // The automatic kind needs rights on Atlas's service.
        manualPrivateLinkServiceConnections: [{ name: partsOf(service.target).name, properties: connection }],
      },
    },
  };
}

/**
 * The same as an `az` command line for bash and zsh, for somebody who may create things in Azure but has no access to
 * Atlas. There is none until every name is known.
 */
function commandLines(there: InAzure): string[] {
  const { service, subnet } = there;
  if (!service?.target || !subnet) return [];
  const { id, body } = newEndpoint(there, subnet, { ...service, target: service.target });
  const { name, group, subscription } = partsOf(id);
  const tags = Object.entries(body.tags).map(([key, value]) => `${key}=${value}`);
  const parts = [
    cmd`az network private-endpoint create --name ${name} --resource-group ${group}`,
    cmd`--subscription ${subscription} --location ${body.location}`,
    cmd`--subnet ${subnet.id}`,
    cmd`--private-connection-resource-id ${service.target}`,
    cmd`--connection-name ${partsOf(service.target).name} --manual-request true --request-message ${'MongoDB Atlas'}`,
    cmd`--tags ${tags}`,
  ];
  return [parts.map(({ text }) => text).join(' \\\n  ')];
}
