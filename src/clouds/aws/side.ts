import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/lists.js';
import { clouds } from '../all.js';
import type { CloudContext, CloudSide, Owned, Teardown } from '../cloud-side.js';
import type { SideTarget } from '../entry.js';
import { hasCode, orBlind, unlessRefused } from '../errors.js';
import type { Tags } from '../tags.js';
import type { Wanted } from './access.js';
import { createOwnEndpoint, createOwnGroup, rehearse } from './create.js';
import { type Access, type Ec2, openEc2 } from './ec2.js';
import { unknownGroup } from './explain.js';
import { attachVerdict, chosenGroups, isAlive, isEnding, isOwn, isState, shortArn, tagKeys } from './model.js';
import { readNetwork, withoutReading } from './network.js';
import { type AwsPlan, planAws } from './plan.js';

/** The user's end of a private endpoint in AWS: a security group and a VPC endpoint. */
export function openAwsSide(
  { region, serviceRegion, projectId, isBlindAllowed }: SideTarget,
  access: Access,
  wanted: Wanted,
  line: CloudContext,
): CloudSide<AwsPlan> {
  const ec2 = openEc2(region, access, line);
  return {
    survey: async (service) => {
      const asked = { region, serviceRegion, wanted, service };
      const blind = (unread: string) => planAws(withoutReading({ ...asked, unread }));
      return orBlind(readNetwork(ec2, asked).then(planAws), isBlindAllowed, blind);
    },
    rehearse: (plan) => rehearse(ec2, line, plan, projectId),
    owned: async ({ there }, projectId) => {
      const own = there.identity && (await readOwned(ec2, projectId).catch(ignoreFailure));
      return own ? [...own.endpoints, ...own.groups].map((each) => toOwned(each, region, projectId)) : [];
    },
    carryOut: async (stepId, { there }, service, onCreated) => {
      if (stepId === 'security-group') {
        return planAws({ ...there, ownGroup: await createOwnGroup(ec2, line, there, service, onCreated) });
      }
      const endpoint = await createOwnEndpoint(ec2, line, there, service);
      if (isOwn(endpoint, service)) onCreated({ stepId, id: endpoint.id });
      // AWS is eventually consistent: attach the endpoint only after a read returns it.
      return planAws({ ...there, endpoints: [{ ...endpoint, state: 'pending' }, ...there.endpoints] });
    },
    read: ec2.endpoint,
    statusVerdict: attachVerdict,
    withEndpoint: ({ there }, { id, state }) =>
      planAws({ ...there, endpoints: there.endpoints.map((each) => (each.id === id ? { ...each, state } : each)) }),
    attachment: ({ endpoint }) => clouds.AWS.interfaces.read({ id: endpoint?.id }),
    facts: ({ there, account, endpoint }) => {
      const { identity, vpc, endpoints } = there;
      const adopted = endpoints.find(({ id }) => id === endpoint?.id);
      const subnets = adopted?.subnets.length ? adopted.subnets : there.subnets.map(({ id }) => id);
      const groups = adopted?.groups.length ? adopted.groups : chosenGroups(there);
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

/** VPC endpoints and security groups of one region. */
export function openAwsTeardown(region: string, access: Access, line: CloudContext): Teardown {
  const ec2 = openEc2(region, access, line);
  return {
    region,
    find: async (projectId, target) => {
      const { account, arn: principal } = await ec2.identity();
      const { endpoints: own, groups } = await readOwned(ec2, projectId);
      const all = target === null ? [] : await ec2.endpoints({ filters: { 'service-name': target } });
      const there = [...new Map([...own, ...all].map((each) => [each.id, each])).values()];
      const endpoints = there
        .filter((each) => !isState(each, 'deleted'))
        .map((each) => {
          const { state, groups: uses } = each;
          return { ...toOwned(each, region, projectId), state, uses, isAlive: isAlive(each) };
        });
      const resources = groups.map((each) => ({ ...toOwned(each, region, projectId), stepId: 'security-group' }));
      return { account, principal, shortPrincipal: shortArn(principal), region, endpoints, resources };
    },
    rehearse: async (endpoints, resources) => {
      const endpoint = endpoints.find((each) => each.region === region);
      if (endpoint) await unlessRefused(ec2.rehearse.deleteEndpoint(endpoint.id), 'InvalidVpcEndpointId.NotFound');
      // DependencyViolation means that the group is in use, but the permission is there.
      const group = resources.find((each) => each.region === region);
      if (group) await unlessRefused(ec2.rehearse.deleteGroup(group.id), 'DependencyViolation', ...unknownGroup);
    },
    deleteEndpoint: async (id) => {
      try {
        await unlessRefused(ec2.deleteEndpoint(id), 'InvalidVpcEndpoint.NotFound', 'InvalidVpcEndpointId.NotFound');
      } catch (error) {
        // An earlier request may have succeeded although its response was lost.
        const now = await ec2.endpoint(id).catch(ignoreFailure);
        if (!now || !isEnding(now)) throw error;
      }
    },
    read: async (id, limits) => {
      const found = await ec2.endpoint(id, limits);
      if (!found || isState(found, 'deleted')) return null;
      return isEnding(found) ? { id, state: 'DELETING' } : found;
    },
    deleteResource: async ({ id }) => {
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
    },
    close: ec2.close,
  };
}

function toOwned({ id, tags }: { id: string; tags: Tags }, region: string, projectId: string): Owned {
  const ownerId = tags[tagKeys.project] === projectId ? (tags[tagKeys.service] ?? null) : null;
  return { id, region, ownerId, isServiceOurs: tags[tagKeys.created] === 'true' };
}

/** What this program created for any service of the project. */
async function readOwned(ec2: Ec2, projectId: string) {
  const which = { filters: { [`tag:${tagKeys.project}`]: projectId, 'tag-key': tagKeys.service } };
  const [endpoints, groups] = await Promise.all([ec2.endpoints(which), ec2.groups(which)]);
  return { endpoints: endpoints.filter((each) => !isState(each, 'deleted')), groups };
}
