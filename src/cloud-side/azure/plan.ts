import { listed } from '../../base/listed.js';
import { cmd } from '../../base/shell.js';
import { hasId } from '../../clouds/shapes.js';
import type { CloudPlan, Created, Place, PlannedStep, ServiceRef } from '../cloud-side.js';
import { lastPart, networkResourceId, partOf } from './ids.js';
import {
  type AzureEndpoint,
  azureTags,
  isBroken,
  isInState,
  isOursFor,
  mayConnect,
  ownName,
  type VnetSubnet,
} from './model.js';
import type { AzureWanted } from './wanted.js';

/** What is there in Azure, and what is wanted. The plan follows from it. */
export interface InAzure {
  wanted: AzureWanted;
  service: ServiceRef | undefined;
  serviceRegion: string;
  subscription: { id: string; name: string };
  /** Null if Azure could not be read. */
  principal: string | null;
  /** Why Azure could not be read. */
  unread?: string | undefined;
  /** The subnet to use; null if nothing is to be created, or if it is not known. */
  subnet: VnetSubnet | null;
  /** The private endpoints for the service that count, also those that others created; or the one to adopt. */
  endpoints: readonly AzureEndpoint[];
  /** The ids of the private endpoints of the subscription. One that is ours and broken is created again. */
  taken: readonly string[];
}

export interface AzurePlan extends CloudPlan {
  there: InAzure;
  endpoint: AzureEndpoint | null;
}

/** The private endpoint to go on with: a connected one, then ours, then the first by its id. */
function preferred({ wanted, endpoints, service }: InAzure): AzureEndpoint | null {
  if (wanted.adopt !== undefined) return endpoints[0] ?? null;
  const rank = (each: AzureEndpoint) => (isInState(each, 'Approved') ? 0 : 2) + (isOursFor(each, service) ? 0 : 1);
  const usable = endpoints.filter((each) => isUsableFor(each, service));
  return usable.toSorted((a, b) => rank(a) - rank(b) || (a.id < b.id ? -1 : 1))[0] ?? null;
}

/** Whether it can still become, or is, a connection to this service, which did not refuse it. */
export function isUsableFor(endpoint: AzureEndpoint, service: ServiceRef | undefined): boolean {
  return mayConnect(endpoint) && !hasId(service?.refused ?? [], endpoint.id);
}

/** The plan that follows from what is there. */
export function planAzure(there: InAzure): AzurePlan {
  const { subscription, service, serviceRegion } = there;
  const endpoint = preferred(there);
  return {
    there,
    account: subscription.id,
    // The service accepts connections from every region.
    region: serviceRegion,
    endpoint,
    own: endpoint && isOursFor(endpoint, service) ? [createdPrivateEndpoint(endpoint.id)] : [],
    left: uselessOf(there, endpoint).map(({ id }) => id),
    steps: [endpoint ? endpointThere(there, endpoint) : endpointStep(there)],
    places: placesOf(there, endpoint),
    costs: costsOf(there, endpoint),
    commands: endpoint ? [] : commandLines(there),
    notes: notesOf(there, endpoint),
  };
}

const step = { id: 'private-endpoint', title: 'Private endpoint' } as const;

export function createdPrivateEndpoint(id: string): Created {
  return { stepId: step.id, title: 'private endpoint', id };
}

function endpointThere({ service }: InAzure, endpoint: AzureEndpoint): PlannedStep {
  const { name, state } = endpoint;
  return { ...step, action: isOursFor(endpoint, service) ? 'done' : 'adopt', detail: `${name} (${state})`, name };
}

function endpointStep({ subnet, wanted }: InAzure): PlannedStep {
  const name = subnet?.name ?? wanted.subnet ?? lastPart(wanted.subnetId ?? '');
  return { ...step, action: 'create', detail: name === '' ? 'in a subnet' : `in the subnet ${name}` };
}

function placesOf(there: InAzure, endpoint: AzureEndpoint | null): Place[] {
  const { subscription, principal, subnet } = there;
  const isNamed = subscription.name !== subscription.id;
  const account = isNamed ? `${subscription.name} (${subscription.id})` : subscription.id || 'unknown';
  const signedIn = principal === null ? '' : `, signed in as ${principal}`;
  const places = [{ title: 'Azure subscription', detail: `${account}${signedIn}` }];
  if (!endpoint && !subnet) return places;
  const network = endpoint
    ? `${lastPart(endpoint.vnet)}, ${endpoint.location}`
    : `${subnet?.vnet.name} (${listed(subnet?.vnet.prefixes ?? [])}), ${subnet?.vnet.location}`;
  return [
    ...places,
    { title: 'Resource group', detail: groupOf(there, endpoint) },
    { title: 'Virtual network', detail: network },
    {
      title: 'Subnet',
      detail: endpoint ? lastPart(endpoint.subnet) : `${subnet?.name} (${listed(subnet?.prefixes ?? [])})`,
    },
  ];
}

function costsOf({ subnet, serviceRegion }: InAzure, endpoint: AzureEndpoint | null): string[] {
  const bill = 'Azure: the private endpoint per hour, data per GB';
  const location = endpoint?.location ?? subnet?.vnet.location ?? serviceRegion;
  return location === serviceRegion ? [bill] : [bill, 'Azure: data transfer between the two regions per GB'];
}

/** The other private endpoints for the service, which can't connect, and stay. One that is ours and broken is completed. */
function uselessOf({ endpoints, service }: InAzure, endpoint: AzureEndpoint | null): AzureEndpoint[] {
  return endpoints.filter(
    (each) =>
      each !== endpoint &&
      !isInState(each, 'Deleting') &&
      !isUsableFor(each, service) &&
      !(isBroken(each) && isOursFor(each, service)),
  );
}

function notesOf(there: InAzure, endpoint: AzureEndpoint | null): CloudPlan['notes'] {
  const { service, wanted, unread } = there;
  const useless = uselessOf(there, endpoint).map((each) => {
    const why = hasId(service?.refused ?? [], each.id) ? 'was rejected by Atlas' : `is ${each.state}`;
    const text = `${each.name} ${why}, so it can never connect. atlas-pe does not use or delete it. To delete it:`;
    return { text, commands: [cmd`az network private-endpoint delete --ids ${each.id}`.text] };
  });
  const notes: CloudPlan['notes'][number][] = [...useless];
  if (unread !== undefined) notes.push(`Cannot read the Azure resources. ${unread}`);
  const isWithTags = Object.keys(wanted.tags).length > 0;
  if (endpoint && isWithTags && wanted.adopt === undefined)
    notes.push(`${endpoint.name} already exists, and atlas-pe does not change it. Ignored: --tag.`);
  return notes;
}

/** The resource group of the private endpoint. Empty while it is not known. */
export function groupOf({ subnet, wanted }: InAzure, endpoint: AzureEndpoint | null): string {
  const ofEndpoint = wanted.subnetId === undefined ? undefined : wanted.resourceGroup;
  return endpoint ? partOf(endpoint.id, 'resourceGroups') : (ofEndpoint ?? partOf(subnet?.id ?? '', 'resourceGroups'));
}

/** The private endpoint to create: its id, and what ARM needs to know. The name is the first that is free. */
export function newEndpoint(there: InAzure, service: ServiceRef) {
  const { subnet, wanted, taken } = there;
  if (!subnet) return undefined;
  const { vnet, id: subnetId } = subnet;
  const group = groupOf(there, null);
  const groupId = `/subscriptions/${partOf(subnetId, 'subscriptions')}/resourceGroups/${group}`;
  const nameOf = (number: number) => `${ownName(service.id)}${number === 1 ? '' : `-${number}`}`;
  const idOf = (number: number) => networkResourceId(groupId, 'privateEndpoints', nameOf(number));
  let number = 1;
  while (hasId(taken, idOf(number))) number++;
  const target = service.target ?? '';
  const connection = { privateLinkServiceId: target, requestMessage: 'MongoDB Atlas' };
  return {
    id: idOf(number),
    group,
    groupId,
    name: nameOf(number),
    body: {
      location: vnet.location,
      tags: { ...wanted.tags, ...azureTags(service) },
      properties: {
        subnet: { id: subnetId },
        // The automatic kind needs rights on Atlas's service.
        manualPrivateLinkServiceConnections: [{ name: lastPart(target), properties: connection }],
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
  const made = service?.target ? newEndpoint(there, service) : undefined;
  if (!service?.target || !subnet || !made) return [];
  const tags = Object.entries(made.body.tags).map(([key, value]) => `${key}=${value}`);
  const parts = [
    cmd`az network private-endpoint create --name ${made.name} --resource-group ${made.group}`,
    cmd`--subscription ${there.subscription.id} --location ${made.body.location}`,
    cmd`--subnet ${subnet.id}`,
    cmd`--private-connection-resource-id ${service.target}`,
    cmd`--connection-name ${lastPart(service.target)} --manual-request true --request-message ${'MongoDB Atlas'}`,
    cmd`--tags ${tags}`,
  ];
  return [parts.map(({ text }) => text).join(' \\\n  ')];
}
