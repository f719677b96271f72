import { stateOf } from '../../src/sandbox/aws/endpoints.js';
import { performEc2 } from '../../src/sandbox/aws/frontend.js';
import { firstVpc, subnetsOf } from '../../src/sandbox/aws/network.js';
import { endpointServiceName } from '../../src/sandbox/clouds/aws.js';
import type { SimulatedCloud } from './cloud.js';

const actions = [
  'DescribeVpcs',
  'DescribeSubnets',
  'DescribeVpcEndpoints',
  'DescribeSecurityGroups',
  'CreateSecurityGroup',
  'AuthorizeSecurityGroupIngress',
  'CreateVpcEndpoint',
  'DeleteVpcEndpoints',
  'DeleteSecurityGroup',
];

export const simulatedAws: SimulatedCloud = {
  provider: 'AWS',
  regions: ['us-east-1', 'eu-west-1'],
  requests: actions.map((action) => ({ action })),
  creates: ['CreateSecurityGroup', 'AuthorizeSecurityGroupIngress', 'CreateVpcEndpoint'],
  deletes: ['DeleteVpcEndpoints', 'DeleteSecurityGroup'],
  endpointKind: 'VPC endpoint',
  target: ({ id }, region) => endpointServiceName(id, region),
  holdings: (view) => {
    const aws = view.world.clouds.AWS;
    const endpoints = aws.endpoints.filter(({ goneAt }) => goneAt === null);
    const all = [
      ...endpoints.map((each) => ({ kind: 'VPC endpoint', ...each })),
      ...aws.groups.map((each) => ({ kind: 'security group', ...each })),
    ];
    const ownerOf = (id: string) => aws.tags[id]?.['atlas-pe:service'];
    return {
      ours: all.flatMap(({ kind, id }) => {
        const serviceId = ownerOf(id);
        const endpoint = endpoints.find((each) => each.id === id);
        const isDead = endpoint !== undefined && /rejected|failed|expired/.test(stateOf(view, endpoint) ?? '');
        const isMarked = aws.tags[id]?.['atlas-pe:created-service'] === 'true';
        return serviceId === undefined ? [] : [{ kind, id, serviceId, isMarked, isDead }];
      }),
      theirs: all
        .filter(({ id }) => ownerOf(id) === undefined)
        .map(({ acceptedBy: _, ...each }: Record<string, unknown>) => JSON.stringify(each)),
    };
  },
  intrude: async ({ store, now, random, target, region }) => {
    const [subnet] = subnetsOf({ world: await store.read(), now, region });
    const form = new URLSearchParams({
      Action: 'CreateVpcEndpoint',
      Version: '2016-11-15',
      VpcEndpointType: 'Interface',
      ServiceName: target,
      VpcId: firstVpc(region),
      'SubnetId.1': subnet?.id ?? '',
    });
    const answer = JSON.stringify(await performEc2(store, form, { now, random, region, fate: undefined }));
    return { id: /vpce-[0-9a-f]{17}/.exec(answer)?.[0] ?? '' };
  },
  deleteByHand: async ({ store, now, random, region, id }) => {
    const form = new URLSearchParams({ Action: 'DeleteVpcEndpoints', Version: '2016-11-15', 'VpcEndpointId.1': id });
    await performEc2(store, form, { now, random, region, fate: undefined });
  },
};
