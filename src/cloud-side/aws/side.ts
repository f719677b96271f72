import { ignoreFailure } from '../../base/errors.js';
import { clouds } from '../../clouds/all.js';
import type { CloudContext, CloudSide } from '../cloud-side.js';
import type { SideTarget } from '../entry.js';
import { CloudError } from '../errors.js';
import type { Access } from './client.js';
import { createOwnEndpoint, createOwnGroup } from './create.js';
import { openEc2 } from './ec2.js';
import { chosenGroups, isOwn } from './model.js';
import { type AwsPlan, createdEndpoint, planAws } from './plan.js';
import { readNetwork, withoutReading } from './read-network.js';
import { rehearse } from './rehearse.js';
import { attachVerdict } from './states.js';
import { readOwned, toOwned } from './teardown.js';
import type { Wanted } from './wanted.js';

interface AwsOptions extends SideTarget {
  access: Access;
  wanted: Wanted;
}

/** The user's end of a private endpoint in AWS: a security group and a VPC endpoint. */
export function openAwsSide(
  { region, serviceRegion, projectId, access, wanted, isBlindAllowed }: AwsOptions,
  line: CloudContext,
): CloudSide<AwsPlan> {
  const ec2 = openEc2(region, access, line);
  return {
    survey: async (service) => {
      try {
        return planAws(await readNetwork(ec2, { region, serviceRegion, wanted, service }));
      } catch (error) {
        if (!isBlindAllowed || !(error instanceof CloudError) || error.exit !== 'notAllowed') throw error;
        return planAws(withoutReading({ region, serviceRegion, wanted, service, unread: error.message }));
      }
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
      if (isOwn(endpoint, service)) onCreated(createdEndpoint(endpoint.id));
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
