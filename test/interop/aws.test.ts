import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { node } from '../helpers/run-program.js';
import { byCli, bySdk, type Call, installAwsCli } from './aws-clients.js';
import { hasPython } from './peers.js';
import { type Served, serve, unanswered } from './served.js';
import { installFromPyPi } from './venv.js';

/** Each call is a process, of which the CLI's takes a second or two; an install takes a minute on a busy machine. */
const slow = 600_000;
const none = '0123456789abcdef0';
type Answer = Record<string, unknown>;

/** The answers of one way from a VPC to a connection, and back. */
async function connectAndBack({ output }: Served, call: Call): Promise<Answer[]> {
  const answers: Answer[] = [];
  const ec2 = async (action: string, input: object = {}) => {
    const answer = await call('ec2', action, input);
    answers.push({ action, ...answer });
    return answer;
  };
  answers.push(await call('sts', 'GetCallerIdentity'));
  const { Vpcs: [vpc] = [] } = (await ec2('DescribeVpcs')) as { Vpcs?: { VpcId: string }[] };
  const VpcId = vpc?.VpcId ?? '';
  await ec2('DescribeVpcAttribute', { VpcId, Attribute: 'enableDnsSupport' });
  const inVpc = [{ Name: 'vpc-id', Values: [VpcId] }];
  const { Subnets = [] } = (await ec2('DescribeSubnets', { Filters: inVpc })) as { Subnets?: { SubnetId: string }[] };
  const SubnetIds = Subnets.map(({ SubnetId }) => SubnetId);
  await ec2('DescribeSubnets', { SubnetIds: [`subnet-${none}`] });
  await ec2('DescribeAvailabilityZones');

  const base = { VpcEndpointType: 'Interface', VpcId, SubnetIds, ServiceName: 'com.amazonaws.us-east-1.ec2' };
  await ec2('CreateVpcEndpoint', { ...base, DryRun: true });
  const created = await output('atlas-pe create --region us-east-1 --wait --json');
  const { endpointServiceName: ServiceName } = JSON.parse(created);
  await ec2('DescribeVpcEndpointServices', { ServiceNames: [ServiceName] });

  const Tags = [{ Key: 'made by', Value: '<a test> & "more"' }];
  const TagSpecifications = (ResourceType: string) => [{ ResourceType, Tags }];
  const named = { GroupName: 'to-atlas', Description: 'To Atlas', VpcId };
  const { GroupId } = await ec2('CreateSecurityGroup', {
    ...named,
    TagSpecifications: TagSpecifications('security-group'),
  });
  const IpRanges = [{ CidrIp: '10.0.0.0/16', Description: 'the VPC' }];
  const IpPermissions = [{ IpProtocol: 'tcp', FromPort: 1024, ToPort: 65_535, IpRanges }];
  for (const _ of [1, 2]) await ec2('AuthorizeSecurityGroupIngress', { GroupId, IpPermissions });
  await ec2('DescribeSecurityGroups', { GroupIds: [GroupId] });

  const request = {
    ...base,
    ServiceName,
    SecurityGroupIds: [GroupId],
    ClientToken: 'once',
    TagSpecifications: TagSpecifications('vpc-endpoint'),
  };
  const { VpcEndpoint } = await ec2('CreateVpcEndpoint', request);
  await ec2('CreateVpcEndpoint', request);
  await ec2('CreateVpcEndpoint', { ...request, SubnetIds: SubnetIds.slice(1) });
  const { VpcEndpointId } = VpcEndpoint as { VpcEndpointId: string };
  await ec2('CreateTags', { Resources: [VpcEndpointId], Tags: [{ Key: 'more', Value: '' }] });
  await ec2('DeleteTags', { Resources: [VpcEndpointId], Tags: [{ Key: 'made by' }] });
  await ec2('DescribeVpcEndpoints', { Filters: [...inVpc, { Name: 'service-name', Values: [ServiceName] }] });
  await ec2('DescribeNetworkInterfaces', { Filters: [{ Name: 'group-id', Values: [GroupId] }] });

  const described = () => ec2('DescribeVpcEndpoints', { VpcEndpointIds: [VpcEndpointId] });
  await output(`atlas-pe interface add us-east-1 ${VpcEndpointId} --wait`);
  await described();
  // What is deleted or removed takes a second.
  await output(`atlas-pe interface remove us-east-1 ${VpcEndpointId} --yes; sleep 1.2`);
  await described();
  await ec2('DeleteSecurityGroup', { GroupId });
  await ec2('DeleteVpcEndpoints', { VpcEndpointIds: [VpcEndpointId, `vpce-${none}`] });
  await output('sleep 1.2');
  await described();
  await ec2('DeleteSecurityGroup', { GroupId });
  await ec2('DescribeSecurityGroups', { GroupIds: [GroupId] });
  return answers;
}

/** Ids by the order in which they come, and no times: what differs from run to run. */
function comparable(answers: readonly Answer[]): unknown[] {
  const seen: string[] = [];
  const numbered = (id: string) => {
    if (!seen.includes(id)) seen.push(id);
    return `ID-${seen.indexOf(id)}`;
  };
  const text = JSON.stringify(answers)
    .replaceAll(/"CreationTimestamp":"[^"]+"/g, '"CreationTimestamp":""')
    .replaceAll(/\b[0-9a-f]{17}\b/g, numbered)
    .replaceAll(/(?<=ID-\d+-)[0-9a-f]{8}\b/g, 'HEX')
    .replaceAll(/"PrivateIpAddress":"[\d.]+"/g, '"PrivateIpAddress":""');
  return JSON.parse(text);
}

describe.skipIf(!hasPython)('the aws CLI and the SDK (skipped without Python)', () => {
  let aws: string;
  beforeAll(() => {
    aws = installAwsCli();
  }, slow);

  test('connect a VPC to Atlas and back, with the same results', { timeout: slow }, async () => {
    const ways = [(sandbox: Served) => byCli(sandbox, aws), bySdk].map(async (by) => {
      await using sandbox = await serve();
      const answers = comparable(await connectAndBack(sandbox, by(sandbox)));
      expect(unanswered(sandbox)).toEqual([]);
      return answers as Record<string, unknown>[];
    });
    const [viaCli = [], viaSdk = []] = await Promise.all(ways);
    expect(viaCli).toEqual(viaSdk);
    const states = viaCli.flatMap(({ VpcEndpoints }) => (VpcEndpoints as { State: string }[] | undefined) ?? []);
    expect(states.map(({ State }) => State)).toEqual(['pendingAcceptance', 'available', 'rejected', 'deleted']);
    expect(viaCli.flatMap(({ error }) => error ?? [])).toEqual([
      'InvalidSubnetID.NotFound',
      'DryRunOperation',
      'InvalidPermission.Duplicate',
      'IdempotentParameterMismatch',
      'DependencyViolation',
      'InvalidGroup.NotFound',
    ]);
  });

  test('read all pages', { timeout: slow }, async () => {
    await using sandbox = await serve();
    const client = import.meta.resolve('@aws-sdk/client-ec2');
    const { VpcId } = ((await bySdk(sandbox)('ec2', 'DescribeVpcs')).Vpcs as { VpcId: string }[])[0] ?? {};
    const viaSdk = `import { CreateSecurityGroupCommand, EC2Client, paginateDescribeSecurityGroups } from '${client}';
const client = new EC2Client();
for (const GroupName of 'abcde')
  await client.send(new CreateSecurityGroupCommand({ GroupName, Description: 'one', VpcId: '${VpcId}' }));
let count = 0;
for await (const { SecurityGroups } of paginateDescribeSecurityGroups({ client, pageSize: 5 }, {}))
  count += SecurityGroups.length;
console.log(count);`;
    const viaBoto3 = `import boto3
pages = boto3.client('ec2').get_paginator('describe_security_groups')
print(len(pages.paginate(PaginationConfig={'PageSize': 5}).build_full_result()['SecurityGroups']))`;
    const counts = [
      `"${node}" --input-type=module -e "${viaSdk}"`,
      `${aws} ec2 describe-security-groups --page-size 5 --query 'length(SecurityGroups)'`,
      `'${installFromPyPi('boto3')}/python' -c "${viaBoto3}"`,
    ];
    for (const line of counts) expect(Number(await sandbox.output(line)), line).toBe(6);
    const sizes = sandbox.received.flatMap(({ body }) => /&MaxResults=(\d+)/.exec(body)?.[1] ?? []);
    expect(sizes).toEqual(Array(2 * counts.length).fill('5'));
  });

  const shells = ['bash', 'zsh'].filter(
    (shell) => spawnSync(shell, ['-c', 'exit'], { stdio: 'ignore' }).status === 0,
  );

  test.each(shells)('the block that connect --dry-run prints, pasted into %s', { timeout: slow }, async (shell) => {
    await using sandbox = await serve();
    const tags = `--tag "owner=O'Neil" --tag 'path=C:\\a {b}="c"' --tag größe=1`;
    const lines = [
      'atlas-pe create --region us-east-1 --wait > service.txt',
      `atlas-pe connect us-east-1 ${tags} --dry-run > plan.txt`,
      "sed '1,/^AWS CLI commands$/d' plan.txt > block.sh",
      `export PATH="${dirname(aws)}:$PATH"`,
      `${shell} -e block.sh > pasted.txt`,
      'atlas-pe connect us-east-1 --adopt "$(tail -1 pasted.txt)" --yes > string.txt',
      'aws ec2 describe-vpc-endpoints --query "VpcEndpoints[].[State,Groups[0].GroupName,Tags]" --output json',
    ];
    const [[state, group, made] = []] = JSON.parse(await sandbox.output(lines.join('\n')));
    expect([state, group]).toEqual(['available', expect.stringMatching(/^atlas-pe-[0-9a-f]{24}$/)]);
    const own = ['atlas-pe:project', 'atlas-pe:service'].map((Key) => ({ Key, Value: expect.any(String) }));
    expect(made).toEqual([
      { Key: 'owner', Value: "O'Neil" },
      { Key: 'path', Value: 'C:\\a {b}="c"' },
      { Key: 'größe', Value: '1' },
      ...own,
    ]);
  });

  test.each([
    [
      'variables',
      `export AWS_PROFILE=SOMEBODYS AWS_SESSION_TOKEN=SOMEBODYS AWS_ACCESS_KEY_ID=SOMEBODYS AWS_SECRET_ACCESS_KEY=SOMEBODYS
       export AWS_ENDPOINT_URL=http://127.0.0.1:1 AWS_USE_FIPS_ENDPOINT=true AWS_REGION=eu-west-1
       export AWS_IGNORE_CONFIGURED_ENDPOINT_URLS=true AWS_ENDPOINT_URL_EC2=http://127.0.0.1:1`,
    ],
    ['profiles', ''],
  ])('%s of another account do not get in the way', async (_, before) => {
    await using sandbox = await serve();
    mkdirSync(join(sandbox.folder, '.aws'));
    const profile = `aws_access_key_id = SOMEBODYS
aws_secret_access_key = SOMEBODYS
aws_session_token = SOMEBODYS
endpoint_url = http://127.0.0.1:1
ignore_configured_endpoint_urls = true
use_fips_endpoint = true
use_dualstack_endpoint = true
`;
    writeFileSync(join(sandbox.folder, '.aws/config'), `[default]\n${profile}[profile SOMEBODYS]\n${profile}`);
    writeFileSync(
      join(sandbox.folder, '.aws/credentials'),
      `[default]\n${profile.split('\n').slice(0, 3).join('\n')}\n`,
    );
    const as: Served = {
      ...sandbox,
      run: (line) => sandbox.run(line, before),
      output: (line) => sandbox.output(line, before),
    };
    for (const call of [byCli(as, aws), bySdk(as)]) {
      expect(await call('sts', 'GetCallerIdentity')).toMatchObject({ Account: '123456789012' });
      expect(await call('ec2', 'DescribeVpcs')).toMatchObject({ Vpcs: [{ IsDefault: true }] });
    }
    expect(sandbox.received.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(JSON.stringify(sandbox.received)).not.toContain('SOMEBODYS');
  });
});
