import { ignoreFailure } from '../../base/errors.js';
import type { Line } from '../cloud-side.js';
import { hasCode } from '../errors.js';
import type { Guard, Remains, Teardown } from '../teardown.js';
import type { Access } from './client.js';
import { openEc2 } from './ec2.js';
import { tagKeys, type VpcEndpoint } from './model.js';
import { isAlive, isLeaving, isState } from './states.js';

const unknownGroup = ['InvalidGroup.NotFound', 'InvalidGroupId.NotFound'];

/** VPC endpoints and security groups of one region. */
export function openAwsTeardown(region: string, access: Access, line: Line): Teardown {
  const ec2 = openEc2(region, access, line);
  const ofProject = (projectId: string) => ({
    filters: { [`tag:${tagKeys.project}`]: projectId, 'tag-key': tagKeys.service },
  });
  return {
    region,
    find: async (projectId, serviceName) => {
      const { account, arn } = await ec2.identity();
      const own = await ec2.endpoints(ofProject(projectId));
      const all = serviceName === null ? [] : await ec2.endpoints({ filters: { 'service-name': serviceName } });
      const groups = await ec2.groups(ofProject(projectId));
      const endpoints = new Map([...own, ...all].map((each) => [each.id, toRemains(each, region, projectId)]));
      const guards = groups.map(({ id, tags }): Guard => ({ id, region, ownerId: tags[tagKeys.service] ?? '' }));
      const there = [...endpoints.values()].filter((each) => !isState(each, 'deleted'));
      return { account, role: arn, region, endpoints: there, guards };
    },
    rehearse: async (endpointIds, guardIds) => {
      const [endpoint, guard] = [endpointIds[0], guardIds[0]];
      if (endpoint !== undefined)
        await unlessGone(ec2.rehearse.deleteEndpoint(endpoint), 'InvalidVpcEndpointId.NotFound');
      // DependencyViolation means that the group is in use, but the permission is there.
      if (guard !== undefined)
        await unlessGone(ec2.rehearse.deleteGroup(guard), 'DependencyViolation', ...unknownGroup);
    },
    deleteEndpoint: async (id) => {
      try {
        await unlessGone(ec2.deleteEndpoint(id), 'InvalidVpcEndpoint.NotFound', 'InvalidVpcEndpointId.NotFound');
      } catch (error) {
        // An earlier request may have succeeded although its response was lost.
        const [now] = (await ec2.endpoints({ ids: [id] }).catch(ignoreFailure)) ?? [];
        if (!now || !isLeaving(now)) throw error;
      }
    },
    read: async (id, effort) => {
      try {
        const [found] = await ec2.endpoints({ ids: [id] }, effort);
        if (!found || isState(found, 'deleted')) return null;
        return isLeaving(found) ? { id, state: 'DELETING' } : found;
      } catch (error) {
        if (hasCode(error, 'InvalidVpcEndpointId.NotFound')) return null;
        throw error;
      }
    },
    deleteGuard: async (id) => {
      try {
        await ec2.deleteGroup(id);
        return true;
      } catch (error) {
        if (hasCode(error, ...unknownGroup)) return true;
        // Its network interfaces go some time after the endpoint.
        if (hasCode(error, 'DependencyViolation')) return false;
        throw error;
      }
    },
    close: ec2.close,
  };
}

function toRemains(endpoint: VpcEndpoint, region: string, projectId: string): Remains {
  const { id, state, tags, groups: guards } = endpoint;
  const ownerId = tags[tagKeys.project] === projectId ? (tags[tagKeys.service] ?? null) : null;
  return { id, state, region, guards, ownerId, isAlive: isAlive(endpoint) };
}

async function unlessGone(request: Promise<void>, ...codes: readonly string[]): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!hasCode(error, ...codes)) throw error;
  }
}
