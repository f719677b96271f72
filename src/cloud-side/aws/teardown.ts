import { ignoreFailure } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import type { CloudContext, Owned, Remains, Teardown } from '../cloud-side.js';
import { hasCode, unlessRefused } from '../errors.js';
import type { Tags } from '../tags.js';
import type { Access } from './client.js';
import { unknownGroup } from './codes.js';
import { type Ec2, openEc2 } from './ec2.js';
import { shortArn, tagKeys } from './model.js';
import { isAlive, isEnding, isState } from './states.js';

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
        .map((each): Remains => {
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

export function toOwned({ id, tags }: { id: string; tags: Tags }, region: string, projectId: string): Owned {
  return { id, region, ownerId: tags[tagKeys.project] === projectId ? (tags[tagKeys.service] ?? null) : null };
}

/** What this program created for any service of the project. */
export async function readOwned(ec2: Ec2, projectId: string) {
  const which = { filters: { [`tag:${tagKeys.project}`]: projectId, 'tag-key': tagKeys.service } };
  const [endpoints, groups] = await Promise.all([ec2.endpoints(which), ec2.groups(which)]);
  return { endpoints: endpoints.filter((each) => !isState(each, 'deleted')), groups };
}
