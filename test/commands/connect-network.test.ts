import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { digits, withAccount } from '../../src/sandbox/world.js';
import { besideAws, ownAws } from '../helpers/aws.js';
import { only, scenario } from '../helpers/scenario.js';

/* Networks in AWS that connect can't use as they are, and permissions that it may lack. */

const { own, json, leaves, left, connect, refused } = scenario('AWS');
const { aws, sent, state } = besideAws(own);

describe('a VPC that another account shares', () => {
  const owner = '999999999999';

  /** A VPC with a subnet, which the account can see, but not change. */
  async function share() {
    const vpc = await aws.createVpc('10.1.0.0/16');
    const subnet = await aws.createSubnet(vpc, 'us-east-1a', '10.1.0.0/24');
    await own.sandbox.store.update((world) => {
      const vpcs = world.clouds.AWS.vpcs.map((each) => (each.id === vpc ? { ...each, sharedBy: owner } : each));
      return { world: withAccount(world, 'AWS', { ...world.clouds.AWS, vpcs }), answer: undefined };
    });
    return { vpc, subnet };
  }

  test('is left out of the choice', async () => {
    await share();
    expect((await json(connect)).cloud.network).toBe(aws.vpc);
  });

  // AWS documents that only the owner may create VPC endpoints there, and that others may create groups. It documents no
  // code for the refusal: the sandbox's is made up, and connect does not come to it.
  test.each(['vpc', 'subnet'] as const)('is refused if its %s is named, before anything is created', async (kind) => {
    const shared = await share();
    const said = new RegExp(`^Error: ${shared.vpc} belongs to AWS account ${owner}\\. .*\\nHint: .*--aws-profile`);
    await refused(`${connect} --${kind} ${shared[kind]}`, 2, said);
    expect(sent('CreateSecurityGroup')).toHaveLength(0);
    await expect(aws.createEndpoint('com.amazonaws.us-east-1.ec2', shared.vpc, [shared.subnet])).rejects.toThrow();
  });
});

describe('a VPC in another region than the service', () => {
  const west = 'connect us-east-1 --vpc-region us-west-2 --yes';

  test.each([false, true])('is rehearsed with the region of the service; there is a service: %s', async (isThere) => {
    if (isThere) await json('create --region us-east-1 --remote-region us-west-2 --wait');
    own.sandbox.exchanges.length = 0;
    await json(west);
    const regions = sent('CreateVpcEndpoint').map((form) => `${form.get('DryRun')} ${form.get('ServiceRegion')}`);
    expect(regions).toEqual(['true us-east-1', 'null us-east-1']);
  });

  // AWS may name either permission in its refusal.
  test('takes a second permission, which the error names', async () => {
    await json('create --region us-east-1 --remote-region us-west-2 --wait');
    own.faults = [{ action: 'CreateVpcEndpoint', status: 403, code: 'UnauthorizedOperation' }];
    await refused(west, 4, /^Error: .*ec2:CreateVpcEndpoint and vpce:AllowMultiRegion: AWS denied/);
    expect(await refused(connect, 4, '')).not.toContain('AllowMultiRegion');
  });

  describe('and a subnet in a zone that AWS does not support from there', () => {
    /** Whether a dry run of the real AWS checks zones is not known: with the fault, it does not. */
    const unchecked = { action: 'CreateVpcEndpoint', nth: only(1), status: 412, code: 'DryRunOperation' };
    let there: typeof aws;
    let other: string;
    beforeEach(async () => {
      await json('create --region us-east-1 --remote-region us-west-2 --wait');
      there = await ownAws(own.sandbox.baseUrl, 'us-west-2');
      other = await there.createSubnet(there.vpc, 'us-west-2d', '10.0.99.0/24');
    });
    afterEach(() => there.ec2.destroy());

    test.each([
      ['the dry run', []],
      ['the request', [unchecked]],
    ])('goes without it after %s was refused', async (_, faults) => {
      own.faults = faults;
      const { cloud } = await json(west);
      expect(cloud.subnets.toSorted()).toEqual(there.subnets.toSorted());
      const { endpoints } = await state('us-west-2');
      expect(endpoints).toHaveLength(1);
    });

    test.each([
      ['the dry run', [], [1, 0, 0, 0]],
      ['the request', [unchecked], [1, 0, 0, 1]],
    ])('names the subnets that would do, if %s refused one that was named', async (_, faults, remaining) => {
      own.faults = faults;
      const { stderr } = await own.ends(
        `${west} --subnet ${other}`,
        2,
        new RegExp(`AWS refused ${other}\\. .*us-west-2d.*usw2-az2[\\s\\S]*Hint: .*one per zone`),
      );
      const [, hint = ''] = stderr.split('\nHint: ');
      for (const id of there.subnets) expect(hint).toContain(id);
      expect(hint).not.toContain(other);
      expect(await left('us-west-2')).toEqual(remaining);
    });

    test('names the zones, if no subnet would do', async () => {
      const vpc = await there.createVpc('10.1.0.0/16');
      await there.createSubnet(vpc, 'us-west-2d', '10.1.0.0/24');
      await own.ends(`${west} --vpc ${vpc}`, 2, /Hint: .*the zones usw2-az2, usw2-az4, usw2-az1\.\n/);
    });
  });
});

describe('a subnet in a Local Zone', () => {
  const id = `subnet-0${digits('a subnet in a Local Zone', 16)}`;
  beforeEach(async () => {
    await own.sandbox.store.update((world) => {
      const where = { region: 'us-east-1', vpcId: aws.vpc, cidr: '10.0.77.0/24', zone: 'us-east-1-bos-1a' };
      const subnets = [...world.clouds.AWS.subnets, { ...where, id, createdAt: 0 }];
      return { world: withAccount(world, 'AWS', { ...world.clouds.AWS, subnets }), answer: undefined };
    });
  });

  test('is not counted as a zone, nor used', async () => {
    const { stdout } = await own.atlas('connect us-east-1 --dry-run');
    expect(stdout).toContain('per hour and zone (up to 3 zones)');
    expect(stdout).not.toContain(id);
  });

  test('is refused if it is named', async () => {
    await refused(`${connect} --subnet ${id}`, 2, new RegExp(`^Error: ${id} is .* in a Local Zone\\.`));
  });
});

describe('the permission for the rules of the security group', () => {
  const denied = (from: number, to: number) => ({
    action: 'AuthorizeSecurityGroupIngress',
    status: 403,
    code: 'UnauthorizedOperation',
    nth: only(from, to),
  });

  test('that is denied for the default group alone is a warning', async () => {
    own.faults = [denied(1, 1)];
    await own.ends(connect, 0, /^Warning: AWS denied ec2:Auth.*default security group/m);
    await leaves(1);
  });

  test('that is denied for the new group too ends the run there', async () => {
    own.faults = [denied(1, 9)];
    await own.ends(connect, 4, /Error: AWS denied ec2:Auth.*\n.*Existing resources: /);
    // Now there is our own group to check it on.
    const again = await own.atlas(connect);
    expect([again.exitCode, again.stderr]).toEqual([4, expect.not.stringContaining('Existing resources')]);
  });

  test('is not needed if a security group is named, nor is the one to create a group', async () => {
    const group = await aws.createGroup(aws.vpc);
    const create = { action: 'CreateSecurityGroup', status: 403, code: 'UnauthorizedOperation' };
    own.faults = [denied(1, 9), create];
    await json(`connect us-east-1 --security-group ${group} --yes`);
  });

  test('is checked with the tags of the project', async () => {
    await own.atlas('connect us-east-1 --dry-run');
    for (const action of ['CreateSecurityGroup', 'CreateVpcEndpoint']) {
      const [form] = sent(action);
      expect(form?.get('TagSpecification.1.Tag.1.Value'), action).toBe(own.sandbox.env.ATLAS_PE_PROJECT);
    }
  });
});

describe('a dry run that AWS refuses', () => {
  test.each([
    ['CreateSecurityGroup', 'InvalidGroup.Duplicate', 1],
    ['AuthorizeSecurityGroupIngress', 'InvalidPermission.Duplicate', 1],
    // The request itself, for a rule that is there already.
    ['AuthorizeSecurityGroupIngress', 'InvalidPermission.Duplicate', 2],
    // Without a service it asks for one of AWS's own.
    ['CreateVpcEndpoint', 'InvalidServiceName', 1],
  ])('is no error, because the permission is there: %s, %s, request %i', async (action, code, nth) => {
    own.faults = [{ action, status: 400, code, nth: only(nth) }];
    await json(connect);
  });

  test('is an error if it is about the service itself', async () => {
    await json('create --region us-east-1 --wait');
    own.faults = [{ action: 'CreateVpcEndpoint', status: 400, code: 'InvalidServiceName', nth: only(1) }];
    expect((await own.atlas(connect)).stderr).toMatch(/^Error: .*\(InvalidServiceName\)/m);
    expect(await left()).toEqual([1, 0, 0, 0]);
  });

  test.each([
    ['us-east-1', 'com.amazonaws.us-east-1.ec2'],
    ['cn-north-1', 'cn.com.amazonaws.cn-north-1.ec2'],
  ])("names one of AWS's own services while there is no Atlas service: in %s", async (region, service) => {
    const atlasRegion = region.toUpperCase().replaceAll('-', '_');
    await own.restart({ clusters: [{ name: 'There', regions: [{ provider: 'AWS', atlasRegion }] }] });
    await json(`connect ${region} --yes`);
    expect(sent('CreateVpcEndpoint')[0]?.get('ServiceName')).toBe(service);
  });
});

describe('what is new, and AWS does not know yet', () => {
  const unknown = (action: string, code: string, to: number) => ({ action, status: 400, code, nth: only(2, to) });

  test.each([
    ['AuthorizeSecurityGroupIngress', 'InvalidGroup.NotFound'],
    ['CreateVpcEndpoint', 'InvalidGroup.NotFound'],
    ['CreateVpcEndpoint', 'InvalidGroupId.NotFound'],
    ['CreateVpcEndpoint', 'InvalidSecurityGroupId.NotFound'],
    ['CreateVpcEndpoint', 'InvalidSecurityGroupID.NotFound'],
    ['CreateVpcEndpoint', 'InvalidServiceName'],
  ])('%s is repeated after %s', async (action, code) => {
    own.faults = [unknown(action, code, 5)];
    await json(connect);
    await leaves(1);
  });

  test.each([
    ['AuthorizeSecurityGroupIngress', 'InvalidGroup.NotFound'],
    ['CreateVpcEndpoint', 'InvalidServiceName'],
  ])('%s with %s for long is no error of the ids', async (action, code) => {
    own.faults = [unknown(action, code, 99)];
    const { stderr } = await own.ends(connect, 1, new RegExp(`\\(${code}\\)[\\s\\S]*To continue: atlas-pe connect`));
    expect(stderr).not.toContain('Check the id');
    own.faults = [];
    await json(connect);
    await leaves(1);
  });

  test('is not waited for beyond the deadline', async () => {
    await json('create --region us-east-1 --wait');
    own.faults = [unknown('CreateVpcEndpoint', 'InvalidServiceName', 99)];
    const started = own.sandbox.clock.monotonic();
    const { exitCode } = await own.atlas('connect us-east-1 --timeout 5s --yes');
    expect([exitCode, own.sandbox.clock.monotonic() - started < 10_000]).toEqual([8, true]);
  });
});

describe('a list in pages', () => {
  const vpc = () => `<item><vpcId>${aws.vpc}</vpcId><cidrBlock>10.0.0.0/16</cidrBlock></item>`;
  const page = (items: string, token: string) =>
    `<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcSet>${items}</vpcSet><nextToken>${token}</nextToken></DescribeVpcsResponse>`;

  test('goes on after an empty page, as AWS may send one when it filters, but not for ever', async () => {
    const empty = (nth: number) => ({
      action: 'DescribeVpcs',
      nth: only(nth),
      status: 200,
      body: page('', `page ${nth}`),
    });
    // The sandbox itself would refuse these tokens.
    own.faults = [empty(1), empty(2), { action: 'DescribeVpcs', status: 200, body: page(vpc(), '') }];
    const { stdout } = await own.atlas('connect us-east-1 --dry-run');
    expect(stdout).toContain(aws.vpc);
    own.faults = Array.from({ length: 200 }, (_, index) => empty(index + 1));
    own.sandbox.exchanges.length = 0;
    await own.ends('connect us-east-1 --dry-run', 1, /^Error: The list of ec2:DescribeVpcs does not end/);
    expect(sent('DescribeVpcs')).toHaveLength(100);
  });
});
