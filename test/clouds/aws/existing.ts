import type { State } from '@aws-sdk/client-ec2';
import { readWanted } from '../../../src/clouds/aws/access.js';
import {
  type Subnet,
  toGroup,
  toVpcEndpoint,
  type VpcEndpoint,
  type VpcGroup,
} from '../../../src/clouds/aws/answers.js';
import { type Existing, ownTags } from '../../../src/clouds/aws/model.js';
import type { ServiceRef } from '../../../src/clouds/cloud.js';
import type { Tags } from '../../../src/clouds/shapes.js';

/* What AWS has, for tests of the plan that follows from it. */

export const service: ServiceRef = {
  id: '6a793f68c0eb9e7a17715835',
  projectId: '64f0c2a7e1b2c3d4e5f60718',
  region: 'us-east-1',
  atlasRegion: 'US_EAST_1',
  target: 'com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8',
  ended: [],
  isOurs: false,
};

export const own = ownTags(service);

export function subnet(letter: string, zone = letter, more: Partial<Subnet> = {}): Subnet {
  return {
    id: `subnet-${letter}`,
    vpc: 'vpc-1',
    zone: `us-east-1${zone}`,
    zoneId: `use1-az${'abcd'.indexOf(zone) + 1}`,
    freeAddresses: 10,
    isUsable: true,
    ...more,
  };
}

export function endpoint(id: string, state: string, more: Partial<VpcEndpoint> = {}): VpcEndpoint {
  const answer = {
    VpcEndpointId: id,
    State: state as State,
    ServiceName: service.target ?? '',
    VpcId: 'vpc-1',
    SubnetIds: ['subnet-a'],
    Groups: [{ GroupId: 'sg-1' }],
    Tags: listOf(more.tags ?? {}),
  };
  return { ...toVpcEndpoint(answer, service.region), ...more };
}

export function group(more: Partial<VpcGroup> = {}): VpcGroup {
  const answer = { GroupId: 'sg-1', GroupName: 'atlas-pe-1', VpcId: 'vpc-1', Tags: listOf(own) };
  return { ...toGroup(answer, service.region), ...more };
}

function listOf(tags: Tags) {
  return Object.entries(tags).map(([Key, Value]) => ({ Key, Value }));
}

export function there(more: Partial<Existing> = {}): Existing {
  return {
    identity: { account: '123456789012', arn: 'arn:aws:iam::123456789012:user/me' },
    region: 'us-east-1',
    serviceRegion: 'us-east-1',
    wanted: readWanted({}),
    service,
    zones: ['us-east-1a', 'us-east-1b'],
    vpc: { id: 'vpc-1', isDefault: false, owner: '123456789012', cidrs: ['10.0.0.0/16'] },
    defaultGroup: 'sg-0',
    subnets: [subnet('a'), subnet('b')],
    ownGroup: undefined,
    endpoints: [],
    ...more,
  };
}
