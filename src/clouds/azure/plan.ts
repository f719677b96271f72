import { cmd } from '../../base/shell.js';
import type { PlannedStep, ServiceRef } from '../cloud.js';
import { checkAdopted, onlySubnet } from '../errors.js';
import { canConnect, deadAmong, existingStep, isUnfinished, planNotes, preferred } from '../found.js';
import { hasId, isSameId } from '../shapes.js';
import type { AzureWanted } from './access.js';
import type { Arm } from './arm.js';
import { idParts } from './facts.js';
import type { VnetSubnet } from './model.js';

interface Asked {
  wanted: AzureWanted;
  service: ServiceRef | undefined;
  serviceRegion: string;
  account: string;
  /** Null if Azure could not be read. */
  principal: string | null;
}

/** What exists in Azure, and what is wanted. The plan follows from it. `unread`: why it could not be read. */
export type InAzure = Awaited<ReturnType<typeof readAzure>> & { unread?: string };

export async function readAzure(arm: Arm, asked: Asked) {
  const { wanted, service, account } = asked;
  const target = service?.target;
  if (wanted.adopt !== undefined) {
    const about = { what: 'private endpoint', id: wanted.adopt, where: 'Azure subscription' };
    const found = checkAdopted(await arm.endpoint(wanted.adopt), about, service);
    return { ...asked, subnet: null, endpoints: [found], all: [] };
  }
  /** Without their addresses. */
  const all = await arm.endpoints(account);
  const own = all.filter((each) => target && isSameId(each.target, target));
  const isNamed = (wanted.subnetId ?? wanted.subnet ?? wanted.vnet) !== undefined;
  const isThere = own.some((each) => canConnect(each, service));
  /** The subnet to use; null if nothing is to be created. */
  const subnet = isNamed || !isThere ? await chooseSubnet(arm, asked) : null;
  const near = own.filter((each) => subnet === null || isSameId(idParts(each.subnet).vnetId, subnet.vnetId));
  return { ...asked, subnet, endpoints: await Promise.all(near.map((each) => arm.addressed(each))), all };
}

/** The given subnet, or the only one in the region of the service that a private endpoint can be in. */
async function chooseSubnet(arm: Arm, { wanted, account, serviceRegion }: Asked) {
  const { subnetId, subnet, vnet, resourceGroup } = wanted;
  const isNamed = (subnetId ?? vnet) !== undefined;
  const all = await (subnetId ? arm.subnetsOf(idParts(subnetId).vnetId) : arm.subnets(account));
  const near = all.filter(({ location }) => isNamed || location === serviceRegion);
  const options = [
    ['virtual network', vnet, (each: VnetSubnet) => each.vnetId],
    ['resource group', subnetId ? undefined : resourceGroup, (each: VnetSubnet) => idParts(each.id).group],
    ['subnet', subnetId ?? subnet, (each: VnetSubnet) => each.id],
  ] as const;
  return onlySubnet(near, options, {
    where: `in ${isNamed ? '' : `${serviceRegion} of `}Azure subscription ${account}`,
    flags: '--vnet and --subnet, or with the id of a subnet',
    otherwise:
      'Create one, or check --subscription. If it is in another region, use --vnet, or the id of the subnet.',
    title: (each) => `${idParts(each.id).group}/${idParts(each.vnetId).name}/${each.name} (${each.range})`,
  });
}

export type AzurePlan = ReturnType<typeof planAzure>;

export function planAzure(existing: InAzure) {
  const { account, principal, service, serviceRegion, endpoints, subnet, wanted, unread } = existing;
  const endpoint = (wanted.adopt === undefined ? preferred(endpoints, service) : endpoints[0]) ?? null;
  /** What to create; null if there is an endpoint, or if the subnet is not known. */
  const made = endpoint || !subnet ? null : newEndpoint(existing, subnet);
  const place = endpoint ?? made;
  const { name, vnetId } = idParts(place?.subnet ?? '');
  const step: PlannedStep = endpoint
    ? existingStep(endpoint, service)
    : { id: 'private-endpoint', action: 'create', detail: `in the subnet ${name}`.trim() };
  const { group } = idParts(endpoint?.id ?? '');
  const isTagged = Object.entries(wanted.tags).every(([key, value]) => endpoint?.tags[key] === value);
  const isInGroup = isSameId(group, wanted.resourceGroup ?? group);
  const ignored = [isTagged ? [] : '--tag', isInGroup ? [] : '--resource-group'].flat();
  const signedIn = principal === null ? '' : `, signed in as ${principal}`;
  const places = [{ title: 'Azure subscription', detail: `${account || 'unknown'}${signedIn}` }];
  if (place)
    places.push(
      { title: 'Resource group', detail: idParts(place.id).group },
      { title: 'Virtual network', detail: `${idParts(vnetId).name}, ${place.region}` },
      { title: 'Subnet', detail: name },
    );
  const costs = [
    'Azure: the endpoint per hour, data per GB: https://azure.microsoft.com/pricing/details/private-link',
  ];
  if (place && place.region !== serviceRegion) costs.push('Azure: data transfer between the two regions per GB');
  return {
    ...{ existing, account, endpoint, made, places, costs },
    network: place && { id: vnetId, ranges: subnet ? [subnet.range] : [] },
    dead: deadAmong(endpoints, endpoint, service),
    steps: [step],
    commands: made && service?.target ? [commandLine(made)] : [],
    notes: planNotes({ what: 'Azure resources', unread }, endpoint, ignored),
  };
}

/** What to create. The name is the first that is free. While there is no service, it is made up: Azure can be asked then. */
function newEndpoint({ wanted, all, service }: InAzure, { id: subnet, location: region }: VnetSubnet) {
  const { subscription, group, groupId } = idParts(subnet);
  const { id: serviceId = 'new', projectId = '', isOurs = true } = service ?? {};
  const inGroup = `/subscriptions/${subscription}/resourceGroups/${wanted.resourceGroup ?? group}`;
  const first = `${inGroup}/providers/Microsoft.Network/privateEndpoints/atlas-pe-${serviceId}`;
  const existing = all.flatMap((each) => (isUnfinished(each, service) ? [] : each.id));
  // Atlas would take it for the one that it has refused.
  const taken = [...existing, ...(service?.ended ?? [])];
  let id = first;
  for (let number = 2; hasId(taken, id); number++) id = `${first}-${number}`;
  const target = service?.target ?? `${groupId}/providers/Microsoft.Network/privateLinkServices/atlas`;
  const connection = { name: idParts(target).name, properties: { privateLinkServiceId: target, requestMessage } };
  // The automatic kind of connection needs rights on Atlas's service.
  const properties = { subnet: { id: subnet }, manualPrivateLinkServiceConnections: [connection] };
  const own = { 'atlas-pe-project': projectId, 'atlas-pe-service': serviceId };
  const tags = { ...wanted.tags, ...own, ...(isOurs && { 'atlas-pe-created-service': 'true' }) };
  return { id, subnet, region, target, body: { location: region, tags, properties } };
}

/** Asks Atlas, which has to accept the connection. */
const requestMessage = 'MongoDB Atlas';

function commandLine({ id, subnet, target, body: { location, tags } }: ReturnType<typeof newEndpoint>) {
  const { name, group, subscription } = idParts(id);
  const parts = [
    cmd`az network private-endpoint create --name ${name} --resource-group ${group}`,
    cmd`--subscription ${subscription} --location ${location}`,
    cmd`--subnet ${subnet}`,
    cmd`--private-connection-resource-id ${target}`,
    cmd`--connection-name ${idParts(target).name} --manual-request true --request-message ${requestMessage}`,
    cmd`--tags ${Object.entries(tags).map(([key, value]) => `${key}=${value}`)}`,
  ];
  return parts.map(({ text }) => text).join(' \\\n  ');
}
