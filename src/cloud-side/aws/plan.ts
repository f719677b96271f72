import { counted, listed } from '../../base/listed.js';
import type { CloudPlan, Created, Place, PlannedStep } from '../cloud-side.js';
import { commandLines } from './command-lines.js';
import { type Existing, isOwn, missingRules, ports, ruleSources, shortArn } from './model.js';
import type { VpcEndpoint } from './read.js';
import { isConnectable, isEnding, preferred } from './states.js';

export interface AwsPlan extends CloudPlan {
  there: Existing;
}

/** The plan that follows from what is there. */
export function planAws(there: Existing): AwsPlan {
  const { identity, region, endpoints, service, wanted } = there;
  // The VPC endpoint to go on with.
  const endpoint = (wanted.adopt === undefined ? preferred(endpoints, service) : endpoints[0]) ?? null;
  return {
    there,
    account: identity?.account ?? 'unknown',
    region,
    endpoint,
    own: ownOf(there, endpoint),
    left: uselessOf(there, endpoint).map(({ id }) => id),
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

function placesOf(there: Existing, endpoint: VpcEndpoint | null): Place[] {
  const { identity, region, vpc, subnets, wanted } = there;
  const network = vpc ? `${vpc.id} (${vpc.cidrs.join(', ')})` : wanted.vpc;
  const names = endpoint ? endpoint.subnets : subnets.map(({ zone }) => zone);
  const account = identity ? `${identity.account}, signed in as ${shortArn(identity.arn)}` : 'unknown';
  return [
    { title: 'AWS account', detail: account },
    ...(network === undefined ? [] : [{ title: 'VPC', detail: `${network}, ${region}` }]),
    ...(names.length > 0 ? [{ title: 'Subnets', detail: listed(names) }] : []),
  ];
}

function endpointThere({ service }: Existing, endpoint: VpcEndpoint): PlannedStep {
  return {
    ...endpointTitle,
    action: isOwn(endpoint, service) ? 'done' : 'adopt',
    detail: endpoint.state === 'unknown' ? endpoint.id : `${endpoint.id} (${endpoint.state})`,
    name: endpoint.id,
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

function endpointStep(there: Existing): PlannedStep {
  // Without the permission to read, only the ids that the user gave are known.
  const number = there.subnets.length || there.wanted.subnets.length;
  const detail = number > 0 ? `in ${zonesText(there, number)}` : 'in each zone of the Atlas service';
  return { ...endpointTitle, action: 'create', detail };
}

/** Which zones a service supports isn't known before Atlas has created it. */
function zonesText({ zones, wanted }: Existing, count: number): string {
  return `${zones !== null || wanted.subnets.length > 0 ? '' : 'up to '}${counted(count, 'zone')}`;
}

function costsOf(there: Existing, endpoint: VpcEndpoint | null): string[] {
  const { region, serviceRegion, subnets, vpc } = there;
  const count = endpoint && vpc ? endpoint.subnets.length : subnets.length;
  const text = endpoint ? counted(count, 'zone') : zonesText(there, count);
  const zones = count > 0 ? ` (${text})` : '';
  const bill = `AWS: the VPC endpoint per hour and zone${zones}, data per GB`;
  return serviceRegion === region ? [bill] : [bill, 'AWS: data transfer between the two regions per GB'];
}

/** The other endpoints for the service, which can't connect, and stay. */
function uselessOf({ endpoints, service }: Existing, endpoint: VpcEndpoint | null): VpcEndpoint[] {
  return endpoints.filter((each) => each !== endpoint && !isEnding(each) && !isConnectable(each, service));
}

function notesOf(there: Existing, endpoint: VpcEndpoint | null): string[] {
  const { wanted, vpc, service, unread } = there;
  const notes = uselessOf(there, endpoint).map(({ id, state }) => {
    const why = service?.refused.includes(id) ? 'was rejected by Atlas' : `is ${state}`;
    return `${id} ${why}. atlas-pe does not use or delete it.`;
  });
  if (unread !== undefined) notes.push(`Cannot read the AWS resources. ${unread}`);
  if (!endpoint) notes.push(...rulesThatStay(there));
  if (!endpoint || !vpc) return notes;
  const unused = [
    ...wanted.subnets.filter((id) => !endpoint.subnets.includes(id)),
    ...wanted.groups.filter((id) => !endpoint.groups.includes(id)),
    ...(wanted.from.length > 0 ? ['--from'] : []),
    ...(Object.keys(wanted.tags).length > 0 ? ['--tag'] : []),
  ];
  if (unused.length > 0)
    notes.push(`${endpoint.id} already exists, and atlas-pe does not change it. Ignored: ${listed(unused)}.`);
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
