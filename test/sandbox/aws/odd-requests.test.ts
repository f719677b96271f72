import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changes, reads } from '../../../src/sandbox/aws/frontend.js';
import { groupsOf, subnetsOf, vpcsOf } from '../../../src/sandbox/aws/network.js';
import { QueryParameters } from '../../../src/sandbox/aws/query.js';
import { AwsRefusal } from '../../../src/sandbox/aws/refusal.js';
import { xmlDocument } from '../../../src/sandbox/aws/xml.js';
import { emptyWorld } from '../../../src/sandbox/world.js';

const region = 'us-east-1';
const now = Date.UTC(2026, 7, 1);

/** Parameters of all actions, in any of their forms. */
const names = [
  ...['VpcId', 'VpcId.1', 'SubnetId', 'SubnetId.1', 'SubnetId.2', 'GroupId', 'GroupId.1', 'GroupName', 'GroupName.1'],
  ...['SecurityGroupId.1', 'VpcEndpointId.1', 'ResourceId.1', 'ServiceName', 'ServiceName.1', 'ServiceRegion'],
  ...['VpcEndpointType', 'IpAddressType', 'PrivateDnsEnabled', 'ClientToken', 'DryRun', 'MaxResults', 'NextToken'],
  ...['Filter.1.Name', 'Filter.1.Value.1', 'Tag.1.Key', 'Tag.1.Value', 'TagSpecification.1.ResourceType'],
  ...['TagSpecification.1.Tag.1.Key', 'TagSpecification.1.Tag.1.Value', 'GroupDescription', 'CidrBlock', 'CidrIp'],
  ...['IpProtocol', 'FromPort', 'ToPort', 'IpPermissions.1.IpProtocol', 'IpPermissions.1.FromPort', 'Attribute'],
  ...['IpPermissions.1.ToPort', 'IpPermissions.1.IpRanges.1.CidrIp', 'IpPermissions.1.Groups.1.GroupId'],
  ...['AvailabilityZone', 'EnableDnsSupport.Value', 'NetworkInterfaceId.1', 'ZoneName.1', 'RegionName.1'],
];

const world = emptyWorld();
const view = { world, region, now };
const [vpc] = vpcsOf(view);
const [subnet, other] = subnetsOf(view);
const [group] = groupsOf(view);
const values = fc.oneof(
  fc.constantFrom(vpc?.id ?? '', subnet?.id ?? '', other?.id ?? '', group?.id ?? '', 'com.amazonaws.us-east-1.ec2'),
  fc.constantFrom('Interface', 'tcp', '22', '65535', '-1', '10.0.9.0/24', '10.0.0.0/16', 'true', 'vpc-endpoint', 'a'),
  fc.constantFrom('tag:a', 'vpc-id', '__proto__', 'constructor', '', '*', 'us-east-1a', 'enableDnsSupport'),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
/** More often than not those that an action asks for. */
const usual = fc.record(
  {
    VpcId: fc.constant(vpc?.id ?? ''),
    GroupId: fc.constant(group?.id ?? ''),
    ServiceName: fc.constant('com.amazonaws.us-east-1.ec2'),
    VpcEndpointType: fc.constant('Interface'),
    'SubnetId.1': fc.constant(subnet?.id ?? ''),
    CidrBlock: fc.constantFrom('10.0.9.0/24', '10.0.16.0/20', '10.7.0.0/16'),
    GroupName: fc.constantFrom('a', 'b'),
    GroupDescription: fc.constant('c'),
    'Tag.1.Key': fc.constantFrom('__proto__', 'a'),
  },
  { requiredKeys: [] },
);
const request = fc.record({
  action: fc.constantFrom(...Object.keys(reads), ...Object.keys(changes)),
  usual,
  more: fc.dictionary(fc.constantFrom(...names), values, { maxKeys: 4 }),
});

test('any request gets an answer or an error of EC2', () => {
  let answered = 0;
  const tryAll = fc.property(fc.array(request, { maxLength: 8 }), (requests) => {
    let current = world;
    for (const { action, usual: some, more } of requests) {
      // Not over HTTP, where parameters of other actions are refused.
      const query = new QueryParameters(new URLSearchParams({ ...some, ...more }));
      const asked = { world: current, query, region, now, random: Math.random, fate: undefined };
      try {
        const done = changes[action]?.(asked) ?? { world: current, answer: reads[action]?.(asked) };
        xmlDocument(action, undefined, done.answer);
        current = done.world;
        answered++;
      } catch (error) {
        expect(error).toBeInstanceOf(AwsRefusal);
      }
    }
  });
  fc.assert(tryAll, { numRuns: 300 });
  expect(answered).toBeGreaterThan(100);
});
