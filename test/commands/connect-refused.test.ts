import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { sandboxAwsKeys } from '../../src/sandbox/aws/identity.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { counts } from '../helpers/connection-state.js';
import { ownAws } from '../helpers/own-aws.js';
import { ownSandbox } from '../helpers/own-sandbox.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* What can't work stops before anything was created, with one clear sentence. */

const own = ownSandbox();
let aws: Awaited<ReturnType<typeof ownAws>>;
beforeEach(async () => {
  aws = await ownAws(own.sandbox.baseUrl);
});
afterEach(async () => {
  aws.ec2.destroy();
});

/** Runs it, and returns the exit code and the error; nothing may be there then but what was before. */
async function refused(line: string, { env = own.sandbox.env, faults = [] as readonly Fault[] } = {}) {
  const before = await counts(own.sandbox);
  own.faults = faults;
  const { exitCode, stdout, stderr } = await own.atlas(line, { env });
  own.faults = [];
  expect(stdout).toBe('');
  expect(await counts(own.sandbox), stderr).toEqual(before);
  return { exitCode, stderr };
}

const connect = 'connect us-east-1 --yes';

describe('networks', () => {
  test('subnets of two VPCs', async () => {
    const vpc = await aws.createVpc('10.1.0.0/16');
    const other = await aws.createSubnet(vpc, 'us-east-1b', '10.1.0.0/24');
    const { exitCode, stderr } = await refused(`${connect} --subnet ${aws.subnets[0]},${other}`);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/^Error: The subnets are in different VPCs: /)]);
  });

  test('two subnets in one zone', async () => {
    const other = await aws.createSubnet(aws.vpc, 'us-east-1a', '10.0.99.0/24');
    const { exitCode, stderr } = await refused(`${connect} --subnet ${aws.subnets.join()},${other}`);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/are both in us-east-1a/)]);
  });

  test('a subnet in a zone that the service does not support', async () => {
    expect((await own.atlas('create --region us-east-1 --wait')).exitCode).toBe(0);
    const other = await aws.createSubnet(aws.vpc, 'us-east-1d', '10.0.99.0/24');
    const { exitCode, stderr } = await refused(`${connect} --subnet ${other}`);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/us-east-1d, which the Atlas service does not support/),
    ]);
  });

  test('a security group of another VPC', async () => {
    const vpc = await aws.createVpc('10.1.0.0/16');
    const group = await aws.createGroup(vpc);
    const { exitCode, stderr } = await refused(`${connect} --subnet ${aws.subnets[0]} --security-group ${group}`);
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(/The security group sg-\w+ is in vpc-\w+, not in vpc-/),
    ]);
  });

  test('several VPCs, of which none is named', async () => {
    await aws.createVpc('10.1.0.0/16');
    const { exitCode, stderr } = await refused(connect);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/There are 2 VPCs in us-east-1/)]);
  });

  test('a VPC without subnets', async () => {
    const vpc = await aws.createVpc('10.1.0.0/16');
    const { exitCode, stderr } = await refused(`${connect} --vpc ${vpc}`);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/has no subnet with free addresses/)]);
  });

  test('an unknown group of --from, although a dry run does not check it', async () => {
    const faults = [{ action: 'AuthorizeSecurityGroupIngress', status: 412, code: 'DryRunOperation' }];
    const { exitCode, stderr } = await refused(`${connect} --from sg-0123456789abcdef0`, { faults });
    expect([exitCode, stderr]).toEqual([3, expect.stringMatching(/^Error: .*sg-0123456789abcdef0.*NotFound/)]);
  });

  test.each([
    ['--vpc vpc-0123456789abcdef0', 3],
    ['--subnet subnet-0123456789abcdef0', 3],
    ['--security-group sg-0123456789abcdef0', 3],
    ['--vpc nope', 2],
    ['--subnet nope', 2],
    ['--security-group nope', 2],
    ['--from nope', 2],
    ['--from 300.0.0.0/8', 2],
    ['--tag nope', 2],
    ['--tag aws:x=y', 2],
    ['--adopt nope', 2],
    ['--security-group sg-0123456789abcdef0 --from 10.0.0.0/8', 2],
    ['--adopt vpce-0123456789abcdef0 --from 10.0.0.0/8', 2],
    ['--adopt vpce-0123456789abcdef0 --vpc vpc-0123456789abcdef0', 2],
    ['--adopt vpce-0123456789abcdef0 --tag a=b', 2],
    ['--provider gcp', 2],
    ['--vpc-region nope', 2],
    ['--timeout nope', 2],
  ])('%s', async (more, exit) => {
    const { exitCode, stderr } = await refused(`${connect} ${more}`);
    expect([exitCode, stderr]).toEqual([exit, expect.stringMatching(/^Error: .+/)]);
  });
});

describe('places', () => {
  test.each([
    [
      'connect us-west-2 --yes',
      3,
      /No dedicated cluster of the project has nodes in AWS us-west-2\.\nHint: .* Existing clusters: Cluster0 \(AWS us-east-1\)\n$/,
    ],
    ['connect eastus2 --yes', 2, /support only AWS, not Azure/],
    ['connect us-central1 --yes', 2, /support only AWS, not /],
    ['connect --yes', 2, /Missing region/],
    ['connect us-west-2 --region us-east-1 --yes', 2, /'us-west-2' and --region us-east-1 are different regions/],
    ['connect 6a793f68c0eb9e7a17715835 --yes', 3, /^Error: No private endpoint '6a793f68c0eb9e7a17715835' found/],
    ['disconnect 6a793f68c0eb9e7a17715835 --yes', 3, /^Error: No private endpoint '6a793f68c0eb9e7a17715835' found/],
    // Not that they need --yes, which would not help.
    ['connect --region us-east4', 2, /support only AWS, not GCP/],
    ['connect us-east-1 --provider gcp', 2, /support only AWS, not GCP/],
    ['disconnect 6a793f68c0eb9e7a17715835', 3, /^Error: No private endpoint '6a793f68c0eb9e7a17715835' found/],
    ['connect us-east-1', 2, /Nothing was created: confirmation requires a terminal/],
    ['connect us-east-1 --adopt vpce-0123456789abcdef0 --yes', 3, /^Error: No private endpoint 'us-east-1' found/],
  ] as const)('%s', async (line, exit, said) => {
    const { exitCode, stderr } = await refused(line);
    expect([exitCode, stderr]).toEqual([exit, expect.stringMatching(said)]);
  });

  test('a region whose only cluster is shared', async () => {
    const regions = [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] as const;
    await own.restart({ clusters: [{ name: 'Free', tier: 'M0', regions }] });
    const { exitCode, stderr } = await refused('connect us-east-1 --yes');
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringMatching(/No dedicated cluster .*Free \(AWS us-east-1, M0\)/s),
    ]);
  });

  test('a project without clusters', async () => {
    await own.restart({ clusters: [] });
    const { exitCode, stderr } = await refused(connect);
    expect([exitCode, stderr]).toEqual([
      3,
      'Error: No dedicated cluster of the project has nodes in AWS us-east-1.\nHint: The project has no clusters.\n',
    ]);
  });

  test('a region that the service does not admit', async () => {
    expect((await own.atlas('create --region us-east-1 --wait')).exitCode).toBe(0);
    const { exitCode, stderr } = await refused(`${connect} --vpc-region us-west-2`);
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/update \w+ --add us-west-2/)]);
  });

  test('a service that failed', async () => {
    own.faults = [{ path: '*/endpointService', method: 'POST', fate: { kind: 'failed', reason: 'No capacity' } }];
    expect((await own.atlas('create --region us-east-1 --wait')).exitCode).toBe(6);
    const { exitCode, stderr } = await refused(connect);
    expect([exitCode, stderr]).toEqual([6, expect.stringMatching(/failed: No capacity/)]);
  });
});

describe('credentials', () => {
  test('none', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
    const { exitCode, stderr } = await refused(connect, { env });
    expect([exitCode, stderr]).toEqual([4, expect.stringMatching(/^Error: No AWS credentials found/)]);
  });

  /** The environment with an AWS configuration and without keys. */
  function configured(...lines: readonly string[]) {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
    const file = join(temporaryFolder(), 'config');
    writeFileSync(file, `${lines.join('\n')}\n`);
    return { ...env, AWS_CONFIG_FILE: file };
  }

  test.each([
    ['--aws-profile wrok', {}],
    ['', { AWS_PROFILE: 'wrok' }],
  ])('of a profile that does not exist: %s', async (more, named) => {
    const env = { ...configured('[profile work]', 'region = us-east-1'), ...named };
    const { exitCode, stderr } = await refused(`${connect} ${more}`.trim(), { env });
    const said = `Error: AWS profile 'wrok' not found in ${env.AWS_CONFIG_FILE} or /nonexistent/credentials.`;
    expect([exitCode, stderr]).toEqual([3, expect.stringContaining(said)]);
    expect(stderr).toContain('Hint: Did you mean work?');
  });

  test('keys in the environment are preferred to a profile that it names, as the AWS CLI does', async () => {
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = own.sandbox.env;
    const keys = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    const env = { ...configured('[profile work]', 'credential_process = false'), AWS_PROFILE: 'work', ...keys };
    expect(await own.atlas(connect, { env })).toMatchObject({ exitCode: 0 });
  });

  test('half a key pair in the environment is not passed over', async () => {
    const { AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
    const { exitCode, stderr } = await refused(connect, { env });
    expect([exitCode, stderr]).toEqual([4, expect.stringMatching(/Only one of AWS_ACCESS_KEY_ID and/)]);
  });

  test('of a source_profile that does not exist', async () => {
    const env = configured('[profile role]', 'role_arn = arn:x', 'source_profile = gone');
    const { exitCode, stderr } = await refused(`${connect} --aws-profile role`, { env });
    expect([exitCode, stderr]).toEqual([
      3,
      expect.stringMatching(/source_profile 'gone' of AWS profile 'role' not found/),
    ]);
  });

  test('of a program, which runs once for EC2 and STS', async () => {
    const { accessKeyId, secretAccessKey } = sandboxAwsKeys;
    const keys = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
    const log = join(temporaryFolder(), 'log');
    const env = configured('[profile work]', `credential_process = echo run >> ${log}; echo '${keys}'`);
    const run = await own.atlas(`${connect} --aws-profile work`, { env });
    expect(run.exitCode, run.stderr).toBe(0);
    expect(readFileSync(log, 'utf8')).toBe('run\n');
  });

  test.each([
    ['echo "Login expired" >&2; exit 3', 'Login expired'],
    ['no-such-program --password hunter2', 'not found'],
    ['echo "token wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY" >&2; exit 1', 'token …'],
    ["echo '{}'", 'did not return Version 1'],
  ])('of a program that fails: %s', async (program, said) => {
    const env = configured('[profile work]', `credential_process = ${program}`, '[profile role]', 'role_arn = arn:x');
    writeFileSync(env.AWS_CONFIG_FILE, `${readFileSync(env.AWS_CONFIG_FILE, 'utf8')}source_profile = work\n`);
    for (const profile of ['work', 'role']) {
      const { exitCode, stderr } = await refused(`${connect} --aws-profile ${profile}`, { env });
      expect([exitCode, stderr]).toEqual([
        4,
        expect.stringContaining(`credential_process failed for the profile '${profile}'`),
      ]);
      expect(stderr).toContain(said);
      expect(stderr).not.toMatch(/hunter2|wJalr/);
    }
  });

  test('an SSO session that has expired', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
    const folder = temporaryFolder();
    const lines = ['[profile work]', 'sso_session = me', 'sso_account_id = 123456789012', 'sso_role_name = dev'];
    const session = ['[sso-session me]', 'sso_region = us-east-1', 'sso_start_url = https://example.awsapps.com/start'];
    writeFileSync(join(folder, 'config'), [...lines, ...session, ''].join('\n'));
    const { exitCode, stderr } = await refused(`${connect} --aws-profile work`, {
      env: { ...env, AWS_CONFIG_FILE: join(folder, 'config') },
    });
    expect([exitCode, stderr]).toEqual([4, expect.stringMatching(/aws sso login --profile work/)]);
  });

  test('that never come end with Ctrl-C', async () => {
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
    const folder = temporaryFolder();
    const begun = join(folder, 'begun');
    writeFileSync(join(folder, 'config'), `[profile slow]\ncredential_process = touch ${begun} && sleep 10\n`);
    let [timer, interruptedAt]: [NodeJS.Timeout | undefined, number] = [undefined, 0];
    const { exitCode } = await own.atlas(`${connect} --aws-profile slow`, {
      env: { ...env, AWS_CONFIG_FILE: join(folder, 'config') },
      onStart: (interrupt) => {
        timer = setInterval(() => {
          if (!existsSync(begun) || interruptedAt > 0) return;
          interruptedAt = performance.now();
          interrupt('SIGINT');
        }, 10);
      },
    });
    clearInterval(timer);
    expect(exitCode).toBe(130);
    expect(performance.now() - interruptedAt).toBeLessThan(5000);
  });

  test.each(['ExpiredToken', 'RequestExpired', 'InvalidClientTokenId'])(
    'keys that are refused with %s',
    async (code) => {
      const faults = [{ action: 'GetCallerIdentity', status: 403, code }];
      const { exitCode, stderr } = await refused(connect, { faults });
      expect([exitCode, stderr]).toEqual([4, expect.stringMatching(new RegExp(code))]);
    },
  );

  test.each([
    ...[
      'DescribeVpcs',
      'DescribeSubnets',
      'DescribeSecurityGroups',
      'DescribeVpcEndpoints',
      'DescribeVpcEndpointServices',
    ],
    ...['CreateSecurityGroup', 'CreateVpcEndpoint'],
  ])('no permission for %s', async (action) => {
    const faults = [{ action, status: 403, code: 'UnauthorizedOperation' }];
    const { exitCode, stderr } = await refused(connect, { faults });
    expect([exitCode, stderr]).toEqual([4, expect.stringMatching(new RegExp(`AWS denied ec2:${action}:`))]);
  });

  test.each(['DeleteVpcEndpoints', 'DeleteSecurityGroup'])('no permission for %s of disconnect', async (action) => {
    expect((await own.atlas(connect)).exitCode).toBe(0);
    const faults = [{ action, status: 403, code: 'UnauthorizedOperation' }];
    const { exitCode, stderr } = await refused('disconnect us-east-1 --yes', { faults });
    expect([exitCode, stderr]).toEqual([4, expect.stringMatching(new RegExp(`AWS denied ec2:${action}:`))]);
  });

  test('keys are never shown', async () => {
    const { AWS_SECRET_ACCESS_KEY = '', AWS_ACCESS_KEY_ID = '' } = own.sandbox.env;
    const { stdout, stderr } = await own.atlas(`${connect} --verbose`);
    expect(stderr).toMatch(/AWS us-east-1 ec2:CreateVpcEndpoint OK/);
    expect(`${stdout}${stderr}`).not.toContain(AWS_SECRET_ACCESS_KEY);
    expect(`${stdout}${stderr}`).not.toContain(AWS_ACCESS_KEY_ID);
  });
});
