import { orNone } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds } from '../all.js';
import { type ClientPorts, type CloudFinding, type Inspection, opening, passed, skippedFor } from '../checks.js';
import type { Cloud, CloudContext, CloudTarget, InUse } from '../cloud.js';
import { hasCode, orBlind, unlessRefused } from '../errors.js';
import { isMarkedFor } from '../found.js';
import type { Wanted } from './access.js';
import { isDeleted, tagKeys, type VpcEndpoint } from './answers.js';
import { createOwnEndpoint, createOwnGroup, rehearse } from './create.js';
import { type Access, type Ec2, openEc2 } from './ec2.js';
import { isDenied, unknownGroup } from './explain.js';
import { groupIds, shortArn } from './model.js';
import { readNetwork, withoutReading } from './network.js';
import { type Find, isFor, pathFindings, portsOf, type Surroundings, surroundingsOf, worst } from './path.js';
import { type AwsPlan, planAws } from './plan.js';
import { vpcResources } from './terraform.js';

export function openAwsCloud(
  { region, serviceRegion = region, isBlindAllowed = false }: CloudTarget,
  access: Access,
  wanted: Wanted,
  context: CloudContext,
): Cloud<AwsPlan> {
  const ec2 = openEc2(region, access, context);
  return {
    region,
    signIn: async () => {
      const { account, arn: principal } = await ec2.identity();
      return { account, principal, shortPrincipal: shortArn(principal) };
    },
    find: async ({ projectId, target }) => {
      const marked = await readMarked(ec2, projectId);
      const forService = target === null ? [] : await ec2.endpoints({ filters: { 'service-name': target } });
      const all = [...marked, ...forService].filter((each) => !isDeleted(each));
      return [...new Map(all.map((each) => [each.id, each])).values()];
    },
    read: async (id, limits) => {
      const found = await ec2.endpoint(id, limits);
      return found && isDeleted(found) ? null : found;
    },
    inspect: async (id) => {
      const endpoint = await ec2.endpoint(id);
      return endpoint && inspectVpcEndpoint(ec2, endpoint, access, wanted.client);
    },
    rehearseRemoval: async (all) => {
      const [endpoint, group] = ['vpc-endpoint', 'security-group'].map((step) =>
        all.find(({ stepId }) => stepId === step),
      );
      if (endpoint) await unlessRefused(ec2.rehearse.deleteEndpoint(endpoint.id), 'InvalidVpcEndpointId.NotFound');
      // DependencyViolation means that the group is in use, but the permission is there.
      if (group) await unlessRefused(ec2.rehearse.deleteGroup(group.id), 'DependencyViolation', ...unknownGroup);
    },
    remove: async ({ stepId, id }) => (stepId === 'vpc-endpoint' ? deleteEndpoint(ec2, id) : deleteGroup(ec2, id)),

    ownOf: async (ids) => {
      const [subnets, groups, vpcs] = ['subnet-', 'sg-', 'vpc-'].map((start) =>
        ids.filter((id) => id.startsWith(start)),
      );
      // AWS refuses the id itself if it is of another region.
      const own = [
        ...(subnets?.length ? await ec2.subnets({ filters: { 'subnet-id': subnets } }) : []),
        ...(groups?.length ? await ec2.groups({ filters: { 'group-id': groups } }) : []),
        ...(vpcs?.length ? await ec2.vpcs({ filters: { 'vpc-id': vpcs } }) : []),
      ];
      return own.map(({ id }) => id);
    },
    survey: async (service) => {
      const asked = { region, serviceRegion, wanted, service };
      const blind = (unread: string) => planAws(withoutReading({ ...asked, unread }));
      return orBlind(readNetwork(ec2, asked).then(planAws), isBlindAllowed, blind);
    },
    marked: async ({ existing }, projectId) =>
      existing.identity ? await orNone(readMarked(ec2, projectId), []) : [],
    rehearse: (plan, projectId) => rehearse(ec2, context, plan, projectId),
    create: async (stepId, { existing }, service, onCreated) => {
      const work = { ec2, context, existing, service };
      if (stepId === 'security-group')
        return planAws({ ...existing, ownGroup: await createOwnGroup(work, onCreated) });
      const endpoint = await createOwnEndpoint(work);
      if (isMarkedFor(endpoint, service)) onCreated({ stepId, id: endpoint.id });
      // AWS is eventually consistent: attach the endpoint only after a read returns it.
      const unread = { ...endpoint, state: 'pending', stage: 'pending' } as const;
      return planAws({ ...existing, endpoints: [unread, ...existing.endpoints] });
    },
    attachment: ({ endpoint }) => clouds.AWS.interfaces.read({ id: endpoint?.id }),
    row: ({ existing, account, endpoint }) => {
      const { identity, vpc } = existing;
      const subnets = endpoint?.subnets.length ? endpoint.subnets : existing.subnets.map(({ id }) => id);
      const groups = endpoint?.uses.length ? endpoint.uses : groupIds(existing);
      return {
        provider: 'AWS',
        account: identity ? account : null,
        principal: identity?.arn ?? null,
        region,
        network: vpc?.id ?? null,
        subnets: [...subnets],
        securityGroups: [...groups],
        interfaceEndpointId: endpoint?.id ?? null,
      };
    },
  };
}

async function readMarked(ec2: Ec2, projectId: string) {
  const which = { filters: { [`tag:${tagKeys.project}`]: projectId, 'tag-key': tagKeys.service } };
  const [endpoints, groups] = await Promise.all([ec2.endpoints(which), ec2.groups(which)]);
  return [...endpoints.filter((each) => !isDeleted(each)), ...groups];
}

async function deleteEndpoint(ec2: Ec2, id: string) {
  try {
    await unlessRefused(ec2.deleteEndpoint(id), 'InvalidVpcEndpoint.NotFound', 'InvalidVpcEndpointId.NotFound');
  } catch (error) {
    // An earlier request may have succeeded although its response was lost.
    const now = await orNone(ec2.endpoint(id));
    if (now?.stage !== 'deleting') throw error;
  }
  return null;
}

async function deleteGroup(ec2: Ec2, id: string): Promise<InUse | null> {
  try {
    await ec2.deleteGroup(id);
    return null;
  } catch (error) {
    if (hasCode(error, ...unknownGroup)) return null;
    if (!hasCode(error, 'DependencyViolation')) throw error;
    const rules = ['ip-permission.group-id', 'egress.ip-permission.group-id'];
    const read = rules.map((name) => ec2.groups({ filters: { [name]: id } }));
    const referring = await orNone(Promise.all(read), []);
    const users = new Set(referring.flat().map((group) => group.id));
    users.delete(id);
    if (users.size > 0) return { why: `used by rules of ${listed([...users])}`, mayPass: false };
    return { why: 'still in use', mayPass: true };
  }
}

/** A VPC endpoint with what clients need to reach it. `client`: what the path is checked from. */
function inspectVpcEndpoint(ec2: Ec2, endpoint: VpcEndpoint, access: Access, client?: string): Inspection {
  const surroundings = surroundingsOf(ec2, endpoint, access, client);
  return {
    ...endpoint,
    network: endpoint.vpc,
    addresses: async () => (await surroundings.endsOf()).map(({ address }) => address),
    check: async (checkId, ports) => {
      const find = findings[checkId] ?? pathFindings[checkId];
      if (!find) throw new Error(`Unknown check: ${checkId}`);
      return find(surroundings, ports).catch((error: unknown) => {
        if (!isDenied(error) || pathFindings[checkId] === undefined) throw error;
        return skippedFor(error);
      });
    },
    resources: async () => vpcResources(endpoint, await surroundings.groupsOf()),
  };
}

const findings: Readonly<Record<string, Find>> = {
  'cloud-ports': findingOfPorts,
  'cloud-dns': findingOfDns,
  'cloud-zones': findingOfZones,
};

async function findingOfPorts(
  { endpoint, groupsOf, clientOf }: Surroundings,
  ports: ClientPorts,
): Promise<CloudFinding> {
  const { id, uses: groups } = endpoint;
  // Another check says why the client can't be read.
  const [read, client] = await Promise.all([groupsOf(), orNone(clientOf(ports))]);
  const all = read.flatMap(({ rules }) => rules);
  const needed = `TCP ${ports.from}-${ports.to}`;
  const sources = listed([...new Set(all.flatMap(({ from, toPort }) => (toPort < ports.from ? [] : from)))]);
  const own = client ? all.filter((each) => isFor(each, client.source?.address, client.groups)) : all;
  const result = opening(own, ports);
  if (result === 'success') return passed(`${needed} from ${sources}`);
  const names = listed(groups) || 'a security group; the interface endpoint has none';
  const hint = `Allow inbound ${needed} from ${client?.name ?? 'your clients'} in ${names}.`;
  if (client && opening(all, ports) === 'success') {
    const detail = `open, but not from ${client.name}: ${needed} from ${sources}`;
    return { result: worst([{ result }], client), brief: `${id}: closed for ${client.name}`, detail, hint };
  }
  const open = listed(all.map((each) => `${portsOf(each)} from ${each.from}`)) || 'nothing';
  const now = result === 'error' ? '' : '. The ports in use now are open, but Atlas changes ports';
  const detail = `inbound rules allow ${open}; ${needed} is required${now}`;
  return { result, brief: `${id}: ports are closed`, detail, hint };
}

async function findingOfDns({ ec2, endpoint: { id, vpc }, place }: Surroundings): Promise<CloudFinding> {
  if (await ec2.resolvesNames(vpc)) return passed('on');
  const turnOn = cmd`aws ec2 modify-vpc-attribute ${place} --vpc-id ${vpc} --enable-dns-support`;
  return {
    result: 'error',
    brief: `${id}: no DNS in the VPC`,
    detail: `enableDnsSupport of ${vpc} is off, so machines there cannot use its DNS server`,
    hint: { text: 'Turn it on:', commands: [turnOn.text] },
  };
}

async function findingOfZones({ ec2, endpoint: { id, subnets, target } }: Surroundings): Promise<CloudFinding> {
  const read = subnets.length > 0 ? ec2.subnets({ ids: subnets }) : [];
  const [own, ofService] = await Promise.all([read, ec2.zones(target)]);
  const zones = [...new Set(own.map(({ zone }) => zone))].sort();
  const shown = listed(zones) || 'none';
  if (ofService === null) return passed(`${shown} (those of the service are not known)`);
  const missing = ofService.filter((zone) => !zones.includes(zone));
  if (missing.length === 0) return passed(shown);
  return {
    result: 'warning',
    brief: `${id}: not in all zones`,
    detail:
      `in ${shown}, but not in ${listed(missing)}, where the service and its ` +
      'cluster nodes can be. If a zone fails, clients may lose the connection',
    hint: 'Add a subnet in each zone of the service to the interface endpoint.',
  };
}
