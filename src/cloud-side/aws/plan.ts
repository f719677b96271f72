import { listed } from '../../base/listed.js';
import type { CloudPlan, Created, Place, PlannedStep } from '../cloud-side.js';
import { commandLines } from './command-lines.js';
import { type Existing, isOwn, missingRules, ports, ruleSources, type VpcEndpoint } from './model.js';
import { isConnectable, preferred } from './states.js';

export interface AwsPlan extends CloudPlan {
  there: Existing;
}

/** The plan that follows from what is there. */
export function planAws(there: Existing): AwsPlan {
  const { identity, region } = there;
  const endpoint = endpointOf(there) ?? null;
  return {
    there,
    account: identity?.account ?? 'unknown',
    role: identity?.arn ?? 'unknown',
    region,
    endpoint,
    own: ownOf(there, endpoint),
    steps: endpoint ? [endpointThere(there, endpoint)] : [groupStep(there), endpointStep(there)],
    places: placesOf(there, endpoint),
    costs: costsOf(there, endpoint),
    commands: endpoint ? [] : commandLines(there),
    notes: notesOf(there, endpoint),
  };
}

function ownOf({ ownGroup, service }: Existing, endpoint: VpcEndpoint | null): Created[] {
  const isOurs = endpoint !== null && isOwn(endpoint, service);
  return [...(ownGroup ? [createdGroup(ownGroup.id)] : []), ...(isOurs ? [createdEndpoint(endpoint.id)] : [])];
}

export function createdGroup(id: string): Created {
  return { stepId: groupTitle.id, title: 'security group', id };
}

export function createdEndpoint(id: string): Created {
  return { stepId: endpointTitle.id, title: 'VPC endpoint', id };
}

function placesOf({ identity, region, vpc, subnets }: Existing, endpoint: VpcEndpoint | null): Place[] {
  const ids = endpoint ? endpoint.subnets : subnets.map(({ id, zone }) => `${id} (${zone})`);
  return [
    { title: 'AWS account', detail: identity?.account ?? 'unknown' },
    ...(identity ? [{ title: 'Signed in as', detail: identity.arn }] : []),
    ...(vpc ? [{ title: 'VPC', detail: `${vpc.id} (${vpc.cidrs.join(', ')}) in ${region}` }] : []),
    ...ids.map((id) => ({ title: 'Subnet', detail: id })),
  ];
}

/** The VPC endpoint to go on with. */
function endpointOf({ endpoints, service, wanted }: Existing): VpcEndpoint | undefined {
  if (wanted.adopt !== undefined) return endpoints[0];
  return preferred(endpoints, service);
}

function endpointThere({ service }: Existing, endpoint: VpcEndpoint): PlannedStep {
  return {
    ...endpointTitle,
    action: isOwn(endpoint, service) ? 'done' : 'adopt',
    detail: endpoint.state === 'unknown' ? endpoint.id : `${endpoint.id} (${endpoint.state})`,
  };
}

const groupTitle = { id: 'security-group', title: 'Security group' } as const;
const endpointTitle = { id: 'vpc-endpoint', title: 'VPC endpoint' } as const;

function groupStep(there: Existing): PlannedStep {
  const { wanted, ownGroup } = there;
  if (wanted.groups.length > 0) return { ...groupTitle, action: 'adopt', detail: listed(wanted.groups) };
  const missing = missingRules(there);
  if (ownGroup && missing.length === 0) return { ...groupTitle, action: 'done', detail: ownGroup.id };
  const sources = listed(ruleSources(there)) || "the VPC's CIDR blocks";
  const what = `TCP ${ports.fromPort}-${ports.toPort} from ${sources}`;
  return { ...groupTitle, action: 'create', detail: ownGroup ? `${what}, added to ${ownGroup.id}` : what };
}

function endpointStep({ vpc, subnets, zones, wanted }: Existing): PlannedStep {
  // Without the permission to read, only the ids that the user gave are known.
  const number = subnets.length || wanted.subnets.length;
  const count = number === 1 ? '1 subnet' : `${number} subnets`;
  const where = `in ${vpc?.id ?? wanted.vpc ?? 'a VPC'}`;
  // Which zones a service supports isn't known before Atlas has created it.
  const isSure = number > 0 && (zones !== null || wanted.subnets.length > 0);
  return {
    ...endpointTitle,
    action: 'create',
    detail: isSure ? `${where}, ${count}` : `${where}, one subnet per zone`,
  };
}

function costsOf({ region, serviceRegion, subnets, vpc }: Existing, endpoint: VpcEndpoint | null): string[] {
  const count = endpoint && vpc ? endpoint.subnets.length : subnets.length;
  const zones = count > 0 ? ` (${count} zone${count === 1 ? '' : 's'})` : '';
  const remote = serviceRegion !== region;
  return [
    `AWS bills the VPC endpoint per hour and zone${zones}, and per GB of data.`,
    ...(remote ? ['AWS bills data transfer between the two regions per GB.'] : []),
  ];
}

function notesOf(there: Existing, endpoint: VpcEndpoint | null): string[] {
  const { endpoints, wanted, vpc, service, unread } = there;
  const useless = endpoints.filter((each) => each !== endpoint && !isConnectable(each, service));
  const notes = useless.map(({ id, state }) => {
    const why = service?.refused.includes(id) ? 'was rejected by Atlas' : `is ${state}`;
    return `${id} ${why}. atlas-pe does not use or delete it.`;
  });
  if (unread !== undefined) notes.push(`Cannot read the AWS resources. ${unread}`);
  if (!endpoint) notes.push(...rulesThatStay(there));
  if (!endpoint || !vpc) return notes;
  const others = [
    ...wanted.subnets.filter((id) => !endpoint.subnets.includes(id)),
    ...wanted.groups.filter((id) => !endpoint.groups.includes(id)),
  ];
  if (others.length > 0)
    notes.push(`${endpoint.id} already exists, but does not use ${listed(others)}. atlas-pe does not change it.`);
  const given = { '--from': wanted.from, '--tag': Object.keys(wanted.tags) };
  const unused = Object.entries(given).flatMap(([flag, values]) => (values.length > 0 ? flag : []));
  if (unused.length > 0) {
    const verb = unused.length === 1 ? 'has' : 'have';
    notes.push(`${listed(unused)} ${verb} no effect: ${endpoint.id} already exists, and atlas-pe does not change it.`);
  }
  return notes;
}

/** What the own security group of an earlier run lets in beside what is wanted now. */
function rulesThatStay(there: Existing): string[] {
  const { ownGroup, wanted } = there;
  if (!ownGroup || wanted.from.length === 0) return [];
  const wider = ownGroup.rules.map(({ from }) => from).filter((from) => !wanted.from.includes(from));
  if (wider.length === 0) return [];
  const sources = listed([...new Set(wider)]);
  return [`${ownGroup.id} also allows ${sources}. atlas-pe does not remove rules.`];
}
