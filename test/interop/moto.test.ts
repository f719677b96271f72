import { type ChildProcess, spawn } from 'node:child_process';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { EC2 } from '@aws-sdk/client-ec2';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { type Ec2, openEc2 } from '../../src/clouds/aws/ec2.js';
import { newEndpoint, newGroup } from '../../src/clouds/aws/model.js';
import { RequestError } from '../../src/http/request-error.js';
import { there as existing } from '../clouds/aws/existing.js';
import { awsClients } from '../helpers/aws.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { listen } from '../helpers/listen.js';
import { runProgram } from '../helpers/run-program.js';
import { testSandbox } from '../helpers/sandbox.js';
import { differencesIn, formsOf } from './ec2-forms.js';
import { hasPython } from './peers.js';
import { installFromPyPi } from './venv.js';

/*
 * The calls of connect against moto, another imitation of AWS, which knows nothing of this program. Unlike AWS, moto
 * creates a VPC endpoint in a dry run, ignores ClientToken, knows every service, and deletes a group that is in use.
 */

/** What only moto answers (-), and what only the sandbox does (+), each with its reason. */
const reasons = {
  'Our client and Terraform read none of them.': [
    'subnets: - Subnets[].Ipv6Native',
    'subnets: - Subnets[].PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsAAAARecord',
    'subnets: - Subnets[].PrivateDnsNameOptionsOnLaunch.EnableResourceNameDnsARecord',
    'subnets: - Subnets[].PrivateDnsNameOptionsOnLaunch.HostnameType',
    'services: - ServiceDetails[].PrivateDnsName',
    'services: - ServiceDetails[].PrivateDnsNameVerificationState',
    'services: - ServiceDetails[].PrivateDnsNames[].PrivateDnsName',
    'network interfaces: - NetworkInterfaces[].MacAddress',
    'network interfaces: - NetworkInterfaces[].PrivateDnsName',
    'network interfaces: - NetworkInterfaces[].PrivateIpAddresses[].PrivateDnsName',
    'network interfaces: - NetworkInterfaces[].RequesterId',
  ],
  'Recordings of AWS, or the description of its API, have them, and moto does not.': [
    'a rule: + SecurityGroupRules[].GroupOwnerId',
    'a rule: + SecurityGroupRules[].SecurityGroupRuleArn',
    ...['DnsOptions.DnsRecordIpType', 'IpAddressType', 'RequesterManaged', 'ServiceRegion'].flatMap((key) => [
      `an endpoint: + VpcEndpoint.${key}`,
      `endpoints: + VpcEndpoints[].${key}`,
    ]),
    'services: + ServiceDetails[].AvailabilityZoneIds[]',
    'services: + ServiceDetails[].ServiceRegion',
    'services: + ServiceDetails[].SupportedIpAddressTypes[]',
    'no unknown endpoint any more: + Unsuccessful[].Error.Code',
    'no unknown endpoint any more: + Unsuccessful[].Error.Message',
    'no unknown endpoint any more: + Unsuccessful[].ResourceId',
  ],
  'moto carries out what AWS would only check.': [
    'a dry run of an endpoint: 200 / 412 DryRunOperation',
    'a dry run of a read: 200 / 412 DryRunOperation',
  ],
};

const signIn = { region: 'us-east-1', credentials: { accessKeyId: 'moto', secretAccessKey: 'moto' }, maxAttempts: 1 };

describe.skipIf(!hasPython)('moto', () => {
  let url = '';
  let server: ChildProcess | undefined;
  let ec2: Ec2;

  beforeAll(async () => {
    const bin = installFromPyPi('moto[server]');
    const { port, close } = await listen(createServer());
    await close();
    url = `http://127.0.0.1:${port}`;
    server = spawn(join(bin, 'moto_server'), ['--host', '127.0.0.1', '--port', String(port)], { stdio: 'ignore' });
    await vi.waitFor(() => fetch(url), { timeout: 180_000, interval: 200 });
    const keys = { accessKeyId: 'moto', secretAccessKey: 'moto' };
    const { signal } = new AbortController();
    const line = { clock: systemClock, random: Math.random, signal, io: { warn: () => undefined } };
    ec2 = openEc2('us-east-1', { sandbox: { ec2: url, sts: url, keys } }, line);
  }, 300_000);

  afterAll(() => {
    server?.kill();
  });

  const owner = { projectId: 'p', id: 's', isOurs: true };
  const tags = { 'atlas-pe:project': 'p', 'atlas-pe:service': 's', 'atlas-pe:created-service': 'true' };
  const none = '0123456789abcdef0';
  const serviceName = 'com.amazonaws.us-east-1.ec2';
  const rule = { from: '10.0.0.0/16', fromPort: 1024, toPort: 65_535 };

  /** A network, with a security group of its own for each test. */
  async function network(name: string) {
    const [vpc] = await ec2.vpcs({});
    const vpcId = vpc?.id ?? '';
    const subnets = await ec2.subnets({ filters: { 'vpc-id': vpcId } });
    const there = existing({ vpc: vpc ?? null, subnets: subnets.slice(0, 2) });
    const request = { ...newGroup(there, owner), GroupName: name };
    const group = await ec2.createGroup(request);
    const wanted = { ...there.wanted, groups: [group] };
    return { vpc: vpcId, group, request, where: newEndpoint({ ...there, wanted }, owner, serviceName) };
  }
  const codeOf = async (call: Promise<unknown>) => {
    try {
      await call;
      return 'none';
    } catch (error) {
      if (error instanceof RequestError) return error.errorCode;
      throw error;
    }
  };

  test('says who is signed in, and which zones a service has', async () => {
    expect(await ec2.identity()).toEqual({ account: '123456789012', arn: expect.stringMatching(/^arn:aws:/) });
    expect(await ec2.zones(serviceName)).toContain('us-east-1a');
    expect(await ec2.zones(`com.amazonaws.vpce.us-east-1.vpce-svc-${none}`)).toBeNull();
  });

  test('names what is missing as AWS does', async () => {
    expect(await codeOf(ec2.vpcs({ ids: [`vpc-${none}`] }))).toBe('InvalidVpcID.NotFound');
    expect(await codeOf(ec2.subnets({ ids: [`subnet-${none}`] }))).toBe('InvalidSubnetID.NotFound');
    expect(await codeOf(ec2.groups({ ids: [`sg-${none}`] }))).toBe('InvalidGroup.NotFound');
    expect(await codeOf(ec2.endpoints({ ids: [`vpce-${none}`] }))).toBe('InvalidVpcEndpointId.NotFound');
    expect(await codeOf(ec2.allow(`sg-${none}`, [rule]))).toBe('InvalidGroup.NotFound');
  });

  test('keeps a security group with its tags and rules, once', async () => {
    const { vpc, group, request } = await network('one');
    expect(await codeOf(ec2.createGroup(request))).toBe('InvalidGroup.Duplicate');
    await ec2.allow(group, [rule]);
    expect(await codeOf(ec2.allow(group, [rule]))).toBe('InvalidPermission.Duplicate');
    const found = await ec2.groups({ filters: { 'vpc-id': vpc, 'group-name': ['default', 'one'] } });
    expect(found).toContainEqual(expect.objectContaining({ id: group, name: 'one', vpc, tags, rules: [rule] }));
    await ec2.deleteGroup(group);
    expect(await codeOf(ec2.deleteGroup(group))).toBe('InvalidGroup.NotFound');
  });

  test('creates a VPC endpoint, finds it by service, VPC and tag, and deletes it', async () => {
    const { vpc, group, where } = await network('two');
    const made = await ec2.createEndpoint({ ...where, ClientToken: 'two' });
    expect(made).toMatchObject({ target: serviceName, vpc, subnets: where.SubnetIds, uses: [group], tags });
    const ids = async (filters: Record<string, string>) => (await ec2.endpoints({ filters })).map(({ id }) => id);
    expect(await ids({ 'service-name': serviceName, 'vpc-id': vpc })).toContain(made.id);
    expect(await ids({ 'tag:atlas-pe:project': 'p' })).toContain(made.id);
    await ec2.deleteEndpoint(made.id);
    expect(await ec2.endpoints({ ids: [made.id] })).toMatchObject([{ state: 'deleted' }]);
  });

  test('answers in the same form as the sandbox, except where a reason is known', async () => {
    const sandbox = await testSandbox();
    const [moto, own] = [new EC2({ endpoint: url, ...signIn }), awsClients(sandbox.baseUrl).ec2];
    const [theirs, ours] = [await formsOf(moto), await formsOf(own)];
    const found = Object.keys(theirs).flatMap((name) =>
      differencesIn(theirs[name], ours[name]).map((each) => `${name}: ${each}`),
    );
    expect(found.sort()).toEqual(Object.values(reasons).flat().sort());
  });

  test('the program connects a VPC in moto to the Atlas of the sandbox, and disconnects it', async () => {
    const sandbox = await testSandbox({ world: { readyAfter: 0 }, clock: { ...fakeClock(), ...systemClock } });
    const env = { ...sandbox.env, AWS_ENDPOINT_URL_EC2: url, AWS_ENDPOINT_URL_STS: url };
    const made = await runProgram(['connect', 'us-east-1', '--yes', '--json'], env);
    expect(made.exitCode, made.stderr).toBe(0);
    const { cloud, interfaceEndpoint } = JSON.parse(made.stdout);
    expect(interfaceEndpoint).toMatchObject({ id: cloud.interfaceEndpointId, status: 'AVAILABLE' });
    const again = await runProgram(['connect', 'us-east-1', '--yes', '--json'], env);
    expect(JSON.parse(again.stdout).cloud).toMatchObject({
      interfaceEndpointId: cloud.interfaceEndpointId,
      created: [],
    });
    const gone = await runProgram(['disconnect', 'us-east-1', cloud.interfaceEndpointId, '--yes', '--json'], env);
    expect(gone.exitCode, gone.stderr).toBe(0);
    expect(JSON.parse(gone.stdout).cloud.deleted).toEqual([cloud.interfaceEndpointId, ...cloud.securityGroups]);
  });
});
