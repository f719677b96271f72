import { counted, listed } from '../../base/lists.js';
import type { Place, PlannedStep } from '../cloud-side.js';
import type { VpcEndpoint } from './answers.js';
import { commandLines } from './command-lines.js';
import {
  type Existing,
  isConnectable,
  isEnding,
  isOwn,
  isState,
  missingRules,
  ports,
  preferred,
  ruleSources,
  shortArn,
} from './model.js';

export type AwsPlan = ReturnType<typeof planAws>;

/** The plan that follows from what is there. */
export function planAws(there: Existing) {
  const { identity, region, endpoints, service, wanted } = there;
  // The VPC endpoint to go on with.
  const endpoint = (wanted.adopt === undefined ? preferred(endpoints, service) : endpoints[0]) ?? null;
  const isOurs = endpoint !== null && isOwn(endpoint, service);
  // The other endpoints for the service, which can't connect, and stay.
  const useless = endpoints.filter((each) => each !== endpoint && !isEnding(each) && !isConnectable(each, service));
  return {
    there,
    account: identity?.account ?? 'unknown',
    region,
    endpoint,
    left: useless.map((each) => ({ ...each, isOurs: isOwn(each, service), isRefused: isState(each, 'failed') })),
    steps: endpoint ? [endpointThere(endpoint, isOurs)] : [groupStep(there), endpointStep(there)],
    places: placesOf(there, endpoint),
    costs: costsOf(there, endpoint),
    commands: endpoint ? [] : commandLines(there),
    notes: [
      ...(there.unread === undefined ? [] : [`Cannot read the AWS resources. ${there.unread}`]),
      ...(endpoint ? ignoredBy(endpoint, there) : rulesThatStay(there)),
    ],
  };
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

function endpointThere({ id, state }: VpcEndpoint, isOurs: boolean): PlannedStep {
  const detail = state === 'unknown' ? id : `${id} (${state})`;
  return { id: 'vpc-endpoint', action: isOurs ? 'done' : 'adopt', detail, name: id };
}

function groupStep(there: Existing): PlannedStep {
  const { wanted, ownGroup } = there;
  if (wanted.groups.length > 0) return { id: 'security-group', action: 'adopt', detail: listed(wanted.groups) };
  const missing = missingRules(there);
  if (ownGroup && missing.length === 0)
    return { id: 'security-group', action: 'done', detail: ownGroup.id, name: ownGroup.id };
  const sources = listed(ruleSources(there)) || "the VPC's CIDR blocks";
  const what = `TCP ${ports.fromPort}-${ports.toPort} from ${sources}`;
  return {
    id: 'security-group',
    action: 'create',
    detail: ownGroup ? `${what}, added to ${ownGroup.id}` : what,
    name: ownGroup?.id,
  };
}

function endpointStep(there: Existing): PlannedStep {
  // Without the permission to read, only the ids that the user gave are known.
  const number = there.subnets.length || there.wanted.subnets.length;
  const detail = number > 0 ? `in ${zonesText(there, number)}` : 'in each zone of the Atlas service';
  return { id: 'vpc-endpoint', action: 'create', detail };
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

/** What the options ask for that the existing VPC endpoint doesn't have. */
function ignoredBy(endpoint: VpcEndpoint, { wanted, vpc }: Existing): string[] {
  const unused = [
    ...wanted.subnets.filter((id) => !endpoint.subnets.includes(id)),
    ...wanted.groups.filter((id) => !endpoint.groups.includes(id)),
    ...(wanted.from.length > 0 ? ['--from'] : []),
    ...(Object.keys(wanted.tags).length > 0 ? ['--tag'] : []),
  ];
  if (!vpc || unused.length === 0) return [];
  return [`${endpoint.id} already exists, and atlas-pe does not change it. Ignored: ${listed(unused)}.`];
}

/** What the own security group of an earlier run lets in beside what is wanted now. */
function rulesThatStay(there: Existing): string[] {
  const { ownGroup, wanted } = there;
  if (!ownGroup || wanted.from.length === 0) return [];
  const others = ownGroup.rules.map(({ from }) => from).filter((from) => !wanted.from.includes(from));
  if (others.length === 0) return [];
  return [`${ownGroup.id} also allows ${listed([...new Set(others)])}. atlas-pe does not remove rules.`];
}
