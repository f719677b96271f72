import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { sandboxAwsKeys } from '../../../src/sandbox/aws/identity.js';
import { QueryParameters, xmlDocument } from '../../../src/sandbox/aws/request.js';
import { createSandbox } from '../../../src/sandbox/server.js';
import { fileStore } from '../../../src/sandbox/world.js';
import { awsClients, awsSandbox, refusalOf } from '../../helpers/aws.js';
import { fakeClock } from '../../helpers/fake-clock.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

const others = { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', secretAccessKey: 'another' };

describe('credentials', () => {
  test.each([
    ['another key', others, 'InvalidClientTokenId'],
    ['another secret', { ...sandboxAwsKeys, secretAccessKey: 'x' }, 'SignatureDoesNotMatch'],
    ['a token', { ...sandboxAwsKeys, sessionToken: 'x' }, 'InvalidClientTokenId'],
  ])('%s is refused', async (_, keys, code) => {
    const { baseUrl } = await awsSandbox();
    const { ec2, sts } = awsClients(baseUrl, 'us-east-1', keys);
    expect(await refusalOf(ec2.describeVpcs())).toEqual(['AuthFailure', 401]);
    expect(await refusalOf(sts.getCallerIdentity())).toEqual([code, 403]);
  });

  test.each([
    ['ec2', /^<\?xml version="1\.0" encoding="UTF-8"\?>\n<Response><Errors><Error><Code>MissingAuthenticationToken</],
    ['sts', /<ErrorResponse xmlns="[^"]+"><Error><Type>Sender<\/Type><Code>MissingAuthenticationToken</],
  ])('%s wants a signature', async (service, shape) => {
    const { baseUrl } = await awsSandbox();
    for (const authorization of ['', 'Basic abc', 'AWS4-HMAC-SHA256 Credential=a/b/c']) {
      const headers = authorization === '' ? {} : { authorization };
      const answer = await fetch(`${baseUrl}/aws/${service}`, {
        method: 'POST',
        headers,
        body: 'Action=DescribeVpcs',
      });
      expect([answer.status, answer.headers.get('content-type')]).toEqual([403, 'text/xml;charset=UTF-8']);
      expect(await answer.text()).toMatch(shape);
    }
  });

  test('a signature is valid for its service and for an existing region', async () => {
    const { baseUrl } = await awsSandbox();
    const { ec2 } = awsClients(baseUrl, 'us-eest-1');
    expect(await refusalOf(ec2.describeVpcs())).toEqual(['AuthFailure', 401]);
    const { sts } = awsClients(baseUrl);
    sts.middlewareStack.add(
      (next) => (args) => {
        Object.assign(args.request as object, { path: '/aws/ec2' });
        return next(args);
      },
      { step: 'build' },
    );
    expect(await refusalOf(sts.getCallerIdentity())).toEqual(['AuthFailure', 401]);
  });

  test('the credentials of one API are refused by the other', async () => {
    const { baseUrl, ask } = await awsSandbox();
    expect((await fetch(`${baseUrl}/aws/ec2`)).status).toBe(405);
    expect((await fetch(`${baseUrl}/aws/s3`)).status).toBe(401);
    await expect(ask('/aws/ec2', { body: 'Action=DescribeVpcs&Version=2016-11-15' })).rejects.toThrow(
      'not valid JSON',
    );
  });

  test('a request that is too large is refused in XML', async () => {
    const { baseUrl } = await awsSandbox();
    const answer = await fetch(`${baseUrl}/aws/ec2`, { method: 'POST', body: 'a'.repeat(70_000) });
    expect([answer.status, await answer.text()]).toEqual([413, expect.stringContaining('<Code>PAYLOAD_TOO_LARGE')]);
  });
});

describe('requests', () => {
  test('an action that the sandbox does not do, and a parameter that it does not know, are errors', async () => {
    const { ec2, sts } = await awsSandbox();
    expect(await refusalOf(ec2.describeInstances())).toEqual(['InvalidAction', 400]);
    expect(await refusalOf(sts.getSessionToken())).toEqual(['InvalidAction', 400]);
    const { Vpcs: [vpc] = [] } = await ec2.describeVpcs();
    const unknown = { VpcId: vpc?.VpcId ?? '', DnsOptions: { DnsRecordIpType: 'ipv4' } } as const;
    const rest = { ServiceName: 'com.amazonaws.us-east-1.ec2', VpcEndpointType: 'Interface' } as const;
    expect(await refusalOf(ec2.createVpcEndpoint({ ...unknown, ...rest }))).toEqual(['UnknownParameter', 400]);
  });

  test.each([
    ['MissingAction', ''],
    ['InvalidAction', 'Action=DescribeVpcs'],
    ['InvalidAction', 'Action=DescribeVpcs&Version=2010-01-01'],
    ['InvalidAction', 'Action=constructor&Version=2016-11-15'],
  ])('%s: %s', async (code, body) => {
    const about = { now: 0, random: () => 0, region: 'us-east-1', fate: undefined };
    const { performEc2 } = await import('../../../src/sandbox/aws/frontend.js');
    const { store } = await awsSandbox();
    const done = performEc2(store, new URLSearchParams(body), about);
    await expect(done).rejects.toMatchObject({ errorCode: code });
  });

  test('errors are the same if the world is in a file', async () => {
    const store = fileStore(join(temporaryFolder(), 'sandbox.json'));
    const sandbox = createSandbox({ store, clock: fakeClock() });
    const { ec2 } = awsClients(await sandbox.listen(0));
    onTestFinished(sandbox.close);
    const create = () => ec2.createSecurityGroup({ GroupName: 'app', Description: 'An app' });
    const { GroupId } = await create();
    expect(await refusalOf(create())).toEqual(['InvalidGroup.Duplicate', 400]);
    expect((await store.read()).clouds.AWS.groups).toMatchObject([{ id: GroupId }]);
  });

  test('lists and structures are read in the order of their numbers', () => {
    const form = new URLSearchParams('S.10=c&S.2=b&S.1=a&F.1.Name=n&F.1.Value.1=x&F.1.Value.2=y&Flag=true&N=5');
    const query = new QueryParameters(form);
    expect(query.list('S')).toEqual(['a', 'b', 'c']);
    expect(query.each('F').map((each) => [each.required('Name'), each.list('Value')])).toEqual([['n', ['x', 'y']]]);
    expect(() => query.checkAllRead()).toThrow('Flag');
    const values = [query.flag('Flag'), query.whole('N'), query.text('other'), query.flag('none')];
    expect(values).toEqual([true, 5, undefined, undefined]);
    expect(() => query.checkAllRead()).not.toThrow();
    expect(() => query.required('other')).toThrow('other');
    expect(() => query.flag('N')).toThrow('N');
    expect(() => query.whole('Flag')).toThrow('Flag');
  });

  test('an answer holds any text', () => {
    const content = {
      a: '<b> & "c"\n',
      e: [1, true],
      f: undefined,
      g: [],
      h: { i: [{ j: 'k' }] },
    };
    expect(xmlDocument('Root', 'urn:x', content).split('\n').slice(1).join('\n')).toBe(
      '<Root xmlns="urn:x"><a>&lt;b&gt; &amp; &quot;c&quot;\n</a><e><item>1</item><item>true</item></e><g></g><h><i><item><j>k</j></item></i></h></Root>',
    );
  });
});
