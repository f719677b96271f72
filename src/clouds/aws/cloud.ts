import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/lists.js';
import { clouds } from '../all.js';
import type { Cloud, CloudContext, CloudTarget, InUse } from '../cloud.js';
import { hasCode, orBlind, unlessRefused } from '../errors.js';
import { isMarkedFor } from '../found.js';
import type { Wanted } from './access.js';
import { isDeleted, tagKeys } from './answers.js';
import { inspectVpcEndpoint } from './checks.js';
import { createOwnEndpoint, createOwnGroup, rehearse } from './create.js';
import { type Access, type Ec2, openEc2 } from './ec2.js';
import { unknownGroup } from './explain.js';
import { chosenGroups, shortArn } from './model.js';
import { readNetwork, withoutReading } from './network.js';
import { type AwsPlan, planAws } from './plan.js';

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
      (existing.identity && (await readMarked(ec2, projectId).catch(ignoreFailure))) ?? [],
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
      const groups = endpoint?.uses.length ? endpoint.uses : chosenGroups(existing);
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
    close: ec2.close,
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
    const now = await ec2.endpoint(id).catch(ignoreFailure);
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
    const referring = (await Promise.all(read).catch(ignoreFailure)) ?? [];
    const users = new Set(referring.flat().map((group) => group.id));
    users.delete(id);
    if (users.size > 0) return { why: `used by rules of ${listed([...users])}`, mayPass: false };
    return { why: 'still in use', mayPass: true };
  }
}
