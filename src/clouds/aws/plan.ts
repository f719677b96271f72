import { cmd, option, Words } from '../../base/shell.js';
import { counted, listed } from '../../base/words.js';
import type { PlannedStep } from '../cloud.js';
import { deadAmong, existingStep, planNotes, preferred } from '../found.js';
import type { Tags } from '../shapes.js';
import type { VpcEndpoint } from './answers.js';
import { type Existing, groupIds, groupName, missingRules, ownTags, ports, ruleSources, shortArn } from './model.js';

export type AwsPlan = ReturnType<typeof planAws>;

export function planAws(existing: Existing) {
  const { identity, endpoints, service, wanted, unread } = existing;
  const endpoint = (wanted.adopt === undefined ? preferred(endpoints, service) : endpoints[0]) ?? null;
  return {
    existing,
    account: identity?.account ?? 'unknown',
    endpoint,
    dead: deadAmong(endpoints, endpoint, service),
    steps: endpoint ? [existingStep(endpoint, service)] : [groupStep(existing), endpointStep(existing)],
    network: existing.vpc && { id: existing.vpc.id, ranges: existing.vpc.cidrs },
    places: placesOf(existing, endpoint),
    costs: costsOf(existing, endpoint),
    commands: endpoint ? [] : commandLines(existing),
    notes: [
      ...planNotes({ what: 'AWS resources', unread }, endpoint, endpoint ? ignoredOf(endpoint, existing) : []),
      ...(endpoint ? [] : rulesThatStay(existing)),
    ],
  };
}

function placesOf(existing: Existing, endpoint: VpcEndpoint | null) {
  const { identity, region, vpc, subnets, wanted } = existing;
  const network = vpc ? `${vpc.id} (${vpc.cidrs.join(', ')})` : wanted.vpc;
  const names = endpoint ? endpoint.subnets : subnets.map(({ id, zone }) => `${id} (${zone})`);
  const account = identity ? `${identity.account}, signed in as ${shortArn(identity.arn)}` : 'unknown';
  return [
    { title: 'AWS account', detail: account },
    ...(network === undefined ? [] : [{ title: 'VPC', detail: `${network}, ${region}` }]),
    ...(names.length > 0 ? [{ title: 'Subnets', detail: listed(names) }] : []),
  ];
}

function groupStep(existing: Existing): PlannedStep {
  const { wanted, ownGroup } = existing;
  if (wanted.groups.length > 0) return { id: 'security-group', action: 'adopt', detail: listed(wanted.groups) };
  const missing = missingRules(existing);
  if (ownGroup && missing.length === 0)
    return { id: 'security-group', action: 'done', detail: ownGroup.id, name: ownGroup.id };
  const sources = listed(ruleSources(existing)) || "the VPC's CIDR blocks";
  const what = `TCP ${ports.fromPort}-${ports.toPort} from ${sources}`;
  return {
    id: 'security-group',
    action: 'create',
    detail: ownGroup ? `${what}, added to ${ownGroup.id}` : what,
    name: ownGroup?.id,
  };
}

function endpointStep(existing: Existing): PlannedStep {
  // Without the permission to read, only the ids that the user gave are known.
  const number = existing.subnets.length || existing.wanted.subnets.length;
  const detail = number > 0 ? `in ${zonesText(existing, number)}` : 'in each zone of the Atlas service';
  return { id: 'vpc-endpoint', action: 'create', detail };
}

/** Which zones a service supports isn't known before Atlas has created it. */
function zonesText({ zones, wanted }: Existing, count: number) {
  return `${zones !== null || wanted.subnets.length > 0 ? '' : 'up to '}${counted(count, 'zone')}`;
}

function costsOf(existing: Existing, endpoint: VpcEndpoint | null) {
  const { region, serviceRegion, subnets, vpc } = existing;
  const count = endpoint && vpc ? endpoint.subnets.length : subnets.length;
  const text = endpoint ? counted(count, 'zone') : zonesText(existing, count);
  const zones = count > 0 ? ` (${text})` : '';
  const bill = `AWS: the VPC endpoint per hour and zone${zones}, data per GB: https://aws.amazon.com/privatelink/pricing`;
  return serviceRegion === region ? [bill] : [bill, 'AWS: data transfer between the two regions per GB'];
}

function ignoredOf(endpoint: VpcEndpoint, { wanted, vpc }: Existing) {
  if (!vpc) return [];
  return [
    ...wanted.subnets.filter((id) => !endpoint.subnets.includes(id)),
    ...wanted.groups.filter((id) => !endpoint.uses.includes(id)),
    ...(wanted.from.length > 0 ? ['--from'] : []),
    ...(Object.keys(wanted.tags).length > 0 ? ['--tag'] : []),
  ];
}

/** What the own security group of an earlier run lets in beside what is wanted now. */
function rulesThatStay(existing: Existing) {
  const { ownGroup, wanted } = existing;
  if (!ownGroup || wanted.from.length === 0) return [];
  const others = ownGroup.rules.map(({ from }) => from).filter((from) => !wanted.from.includes(from));
  if (others.length === 0) return [];
  return [`${ownGroup.id} also allows ${listed([...new Set(others)])}. atlas-pe does not remove rules.`];
}

/** As `aws` command lines for bash and zsh, for somebody without access to Atlas. None until every name is known. */
function commandLines(existing: Existing) {
  const { region, serviceRegion, wanted, vpc, subnets, service } = existing;
  const vpcId = vpc?.id ?? wanted.vpc;
  const ids = subnets.length > 0 ? subnets.map(({ id }) => id) : wanted.subnets;
  const known = groupIds(existing);
  const sources = ruleSources(existing);
  if (!service?.target || !vpcId || ids.length === 0 || known.length + sources.length === 0) return [];
  const tags = { ...wanted.tags, ...ownTags(service) };
  const lines: string[] = [];
  if (known.length === 0) {
    const create = broken([
      cmd`aws ec2 create-security-group --region ${region} --vpc-id ${vpcId}`,
      cmd`--group-name ${groupName(service)} --description ${'Clients of a MongoDB Atlas private endpoint'}`,
      tagged('security-group', tags),
      cmd`--query GroupId --output text`,
    ]);
    lines.push(`SG=$(${create})`);
    for (const source of sources) {
      const from = source.startsWith('sg-') ? cmd`--source-group ${source}` : cmd`--cidr ${source}`;
      const rule = cmd`--protocol tcp --port ${`${ports.fromPort}-${ports.toPort}`} ${from}`;
      lines.push(
        broken([cmd`aws ec2 authorize-security-group-ingress --region ${region} --group-id ${newGroup}`, rule]),
      );
    }
  }
  const remote = option('--service-region', serviceRegion === region ? undefined : serviceRegion);
  lines.push(
    broken([
      cmd`aws ec2 create-vpc-endpoint --region ${region} --vpc-id ${vpcId} --vpc-endpoint-type Interface`,
      cmd`--service-name ${service.target} ${remote}`,
      cmd`--subnet-ids ${ids}`,
      cmd`--security-group-ids ${known.length > 0 ? known : newGroup}`,
      tagged('vpc-endpoint', tags),
      cmd`--query VpcEndpoint.VpcEndpointId --output text`,
    ]),
  );
  return lines;
}

const newGroup = new Words('"$SG"');

function broken(parts: readonly Words[]) {
  return parts.map(({ text }) => text).join(' \\\n  ');
}

/** As JSON, because the shorthand of the AWS CLI can't write every value. Escapes keep it ASCII, and the quotes closed. */
function tagged(type: string, tags: Tags) {
  const escaped = (unit: string) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;
  const list = Object.entries(tags).map(([Key, Value]) =>
    JSON.stringify({ Key, Value }).replace(/[^ -~]|'/g, escaped),
  );
  return new Words(`--tag-specifications '[{"ResourceType":"${type}","Tags":[\n    ${list.join(',\n    ')}]}]'`);
}
