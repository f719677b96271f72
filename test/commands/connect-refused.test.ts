import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { sandboxAwsKeys } from '../../src/sandbox/aws/identity.js';
import { besideAws } from '../helpers/aws.js';
import { only, scenario } from '../helpers/scenario.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* What can't work stops before anything was created, with one clear sentence. */

const { own, connect, disconnect, refused } = scenario('AWS');
const { aws, signedOut } = besideAws(own);

describe('networks', () => {
  const anotherVpc = () => aws.createVpc('10.1.0.0/16');

  test.each<[what: string, options: () => Promise<string>, said: RegExp]>([
    [
      'subnets of two VPCs',
      async () => {
        const other = await aws.createSubnet(await anotherVpc(), 'us-east-1b', '10.1.0.0/24');
        return `--subnet ${aws.subnets[0]},${other}`;
      },
      /^Error: subnet-\w+ is in vpc-\w+, not in vpc-/,
    ],
    [
      'a subnet that is not in the VPC of --vpc',
      async () => `--vpc ${await anotherVpc()} --subnet ${aws.subnets[0]}`,
      /^Error: subnet-\w+ is in vpc-\w+, not in vpc-/,
    ],
    [
      'two subnets in one zone',
      async () => `--subnet ${aws.subnets},${await aws.createSubnet(aws.vpc, 'us-east-1a', '10.0.99.0/24')}`,
      /are both in us-east-1a/,
    ],
    [
      'a subnet in a zone that the service does not support',
      async () => {
        await own.succeeds('create --region us-east-1 --wait');
        return `--subnet ${await aws.createSubnet(aws.vpc, 'us-east-1d', '10.0.99.0/24')}`;
      },
      /us-east-1d, which the Atlas service does not support/,
    ],
    [
      'a security group of another VPC',
      async () => `--subnet ${aws.subnets[0]} --security-group ${await aws.createGroup(await anotherVpc())}`,
      /^Error: sg-\w+ is in vpc-\w+, not in vpc-/,
    ],
    [
      'several VPCs, of which none is named',
      async () => {
        await anotherVpc();
        return '--timeout 1h';
      },
      /There are 2 VPCs in us-east-1\.\nHint: .*: vpc-\w+ \(default, 10\.0\.0\.0\/16\), vpc-\w+ \(10\.1\.0\.0\/16\)/,
    ],
    ['a VPC without subnets', async () => `--vpc ${await anotherVpc()}`, /has no subnet with free addresses/],
  ])('%s', async (_, options, said) => {
    await refused(`${connect} ${await options()}`, 2, said);
  });

  test('an unknown group of --from, although a dry run does not check it', async () => {
    const faults = [{ action: 'AuthorizeSecurityGroupIngress', status: 412, code: 'DryRunOperation' }];
    await refused(`${connect} --from sg-0123456789abcdef0`, 3, /^Error: .*sg-0123456789abcdef0.*NotF/, {
      faults,
    });
  });

  test.each([
    ['--vpc vpc-0123456789abcdef0', 3],
    ['--subnet subnet-0123456789abcdef0', 3],
    ['--security-group sg-0123456789abcdef0', 3],
    ['--vpc nope', 2],
    ['--subnet nope', 2],
    ['--security-group nope', 2],
    ['--from nope', 2],
    ['--tag nope', 2],
    ['--adopt nope', 2],
    ['--security-group sg-0123456789abcdef0 --from 10.0.0.0/8', 2],
    ['--adopt vpce-0123456789abcdef0 --from 10.0.0.0/8', 2],
    ['--vpc-region nope', 2],
    ['--timeout nope', 2],
  ])('%s', async (more, exit) => {
    await refused(`${connect} ${more}`, exit, /^Error: .+/);
  });
});

describe('places', () => {
  const unknown = '6a793f68c0eb9e7a17715835';

  test('the same region may be given twice', async () => {
    expect(await own.atlas('create us-east-1 --region US_EAST_1 --wait')).toMatchObject({ exitCode: 0 });
  });

  test.each([
    [
      'connect us-west-2 --yes',
      3,
      /No dedicated cluster of the project has nodes in AWS us-west-2\.\nHint: .* Existing clusters: Cluster0 \(AWS us-east-1\)\n$/,
    ],
    ['connect eastus2 --yes', 2, /\nHint: 'eastus2' belongs to Azure: use --provider azure\n$/],
    ['connect --provider gcp --yes', 2, /Missing region\.\nHint: Example: .* --provider gcp --yes us-central1\n$/],
    [
      'connect us-central1 --yes',
      2,
      /'us-central1' is not a valid AWS region\.\nHint: 'us-central1' belongs to GCP: use --provider gcp\n$/,
    ],
    ['connect --yes', 2, /Missing region\.\nHint: The clusters .*: atlas-pe connect --yes us-east-1\n$/],
    ['connect us-west-2 --region us-east-1 --yes', 2, /'us-west-2' and --region us-east-1 are different regions/],
    ['create us-west-2 --region us-east-1', 2, /'us-west-2' and --region us-east-1 are different regions/],
    [`connect ${unknown} --yes`, 3, `Error: No private endpoint service '${unknown}' found`],
    [`disconnect ${unknown} --yes`, 3, `Error: No private endpoint service '${unknown}' found`],
    ['connect --region us-east4', 2, /'us-east4' is not a valid AWS region\./],
    ['connect us-east-1 --provider gcp', 2, /'us-east-1' is not a valid GCP region\./],
    ['connect us-east-1', 2, /Nothing was created: confirmation requires a terminal/],
    ['connect us-east-1 --adopt vpce-00000000000000000 --yes', 3, "No private endpoint service 'us-east-1' found"],
    ['connect --adopt vpce-0123456789abcdef0 --yes', 3, 'Error: No private endpoint service found'],
  ] as const)('%s', async (line, exit, said) => {
    await refused(line, exit, said);
  });

  test('a project with services of two clouds, of which none is named', async () => {
    await own.succeeds('create us-east-1');
    await own.succeeds('create eastus2 --provider azure');
    const said =
      /There are 2 private endpoint services\.\nHint: Choose one: \w+ \(AWS us-east-1, .*\(Azure eastus2, /;
    await own.ends('connect --yes', 2, said, '');
  });

  test('a region whose only cluster is shared', async () => {
    const regions = [{ provider: 'AWS', atlasRegion: 'US_EAST_1' }] as const;
    await own.restart({ clusters: [{ name: 'Free', tier: 'M0', regions }] });
    await refused(connect, 3, /No dedicated cluster .*Free \(AWS us-east-1, M0\)/s);
  });

  test('a project without clusters', async () => {
    await own.restart({ clusters: [] });
    await refused(connect, 3, /^Error: No dedicated cluster .* us-east-1\.\nHint: The project has no clusters\.$/m);
  });

  test('a region that the service does not admit', async () => {
    await own.succeeds('create --region us-east-1 --wait');
    await refused(`${connect} --vpc-region us-west-2`, 2, /update \w+ --add us-west-2/);
  });

  test('a service that failed', async () => {
    own.faults = [{ path: '*/endpointService', method: 'POST', fate: { kind: 'failed', reason: 'No capacity' } }];
    expect((await own.atlas('create --region us-east-1 --wait')).exitCode).toBe(6);
    await refused(connect, 6, /failed: No capacity/);
  });
});

test.each([
  ['CreateVpcEndpoint', 'VpcEndpointLimitExceeded', 'L-29B6F2EB'],
  ['CreateVpcEndpoint', 'SecurityGroupsPerInterfaceLimitExceeded', 'L-2AFB9258'],
  ['CreateVpcEndpoint', 'NetworkInterfaceLimitExceeded', 'L-DF5E4CA3'],
  ['CreateSecurityGroup', 'SecurityGroupLimitExceeded', 'L-E79EC296'],
  ['AuthorizeSecurityGroupIngress', 'RulesPerSecurityGroupLimitExceeded', 'L-0EA8095F'],
])('a quota that is used up is named: %s %s', async (action, code, quota) => {
  const faults = [{ action, status: 400, code }];
  const stderr = await refused(connect, 4, `A quota of the AWS account in us-east-1 is used up`, { faults });
  expect(stderr).toContain(`(${code}).`);
  expect(stderr).toContain(
    `: aws service-quotas get-service-quota --service-code vpc --quota-code ${quota} --region us-east-1\n`,
  );
  expect(readFileSync('docs/connect.md', 'utf8')).toContain(`| \`${code}\` |`);
});

describe('credentials', () => {
  test('none', async () => {
    await refused(connect, 4, /^Error: No AWS credentials found/, { env: signedOut() });
  });

  /** The environment with an AWS configuration and without keys. */
  function configured(...lines: readonly string[]) {
    const file = join(temporaryFolder(), 'config');
    writeFileSync(file, `${lines.join('\n')}\n`);
    return { ...signedOut(), AWS_CONFIG_FILE: file };
  }

  test.each([
    ['wrok', '--aws-profile wrok', {}, /^Hint: Did you mean work\?$/m],
    ['wrok', '', { AWS_PROFILE: 'wrok' }, /^Hint: Did you mean work\?$/m],
    ['other', '--aws-profile other', {}, /^Hint: Existing profiles: work$/m],
  ])('of a profile %s that does not exist: %s', async (name, more, named, hint) => {
    const env = {
      ...configured('[profile work]', 'region = us-east-1', '[sso-session s]', 'sso_region = a'),
      ...named,
    };
    const stderr = await refused(`${connect} ${more}`.trim(), 3, hint, { env });
    const files = `${env.AWS_CONFIG_FILE} or /nonexistent/credentials`;
    expect(stderr).toContain(`Error: AWS profile '${name}' not found in ${files}.`);
  });

  test('keys in the environment are preferred to a profile that it names, as the AWS CLI does', async () => {
    const { AWS_ACCESS_KEY_ID = '', AWS_SECRET_ACCESS_KEY = '' } = own.sandbox.env;
    const keys = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
    const env = { ...configured('[profile work]', 'credential_process = false'), AWS_PROFILE: 'work', ...keys };
    expect(await own.atlas(connect, { env })).toMatchObject({ exitCode: 0 });
  });

  test('half a key pair in the environment is not passed over', async () => {
    const { AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
    await refused(connect, 4, /Only one of AWS_ACCESS_KEY_ID and/, { env });
  });

  test('of a source_profile that does not exist', async () => {
    const env = configured('[profile role]', 'role_arn = arn:x', 'source_profile = gone');
    await refused(`${connect} --aws-profile role`, 3, /source_profile 'gone' of AWS profile 'role' not /, {
      env,
    });
  });

  test('of a program, which runs once for EC2 and STS', async () => {
    const { accessKeyId, secretAccessKey } = sandboxAwsKeys;
    const keys = JSON.stringify({ Version: 1, AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey });
    const log = join(temporaryFolder(), 'log');
    const env = configured('[profile work]', `credential_process = echo run >> ${log}; echo '${keys}'`);
    await own.succeeds(`${connect} --aws-profile work`, { env });
    expect(readFileSync(log, 'utf8')).toBe('run\n');
  });

  test.each([
    ['echo "Login expired" >&2; exit 3', 'Login expired'],
    ['no-such-program --password hunter2', 'not found'],
    ['echo "token wJalrXUtnFEMI7K7MDENGbPxRfiCYEXAMPLEKEY" >&2; exit 1', 'token …'],
    ["echo '{}'", 'did not return Version 1'],
  ])('of a program that fails: %s', async (program, said) => {
    const work = ['[profile work]', `credential_process = ${program}`];
    const env = configured(...work, '[profile role]', 'role_arn = arn:x', 'source_profile = work');
    for (const profile of ['work', 'role']) {
      const failed = new RegExp(`credential_process failed for the profile '${profile}'`);
      const stderr = await refused(`${connect} --aws-profile ${profile}`, 4, failed, { env });
      expect(stderr).toContain(said);
      expect(stderr).not.toMatch(/hunter2|wJalr/);
    }
  });

  test('an SSO session that has expired', async () => {
    const lines = ['[profile work]', 'sso_session = me', 'sso_account_id = 123456789012', 'sso_role_name = dev'];
    const session = ['[sso-session me]', 'sso_region = us-east-1', 'sso_start_url = https://a.awsapps.com/start'];
    const env = configured(...lines, ...session);
    await refused(`${connect} --aws-profile work`, 4, /aws sso login --profile work/, { env });
  });

  test('that never come end with Ctrl-C', async () => {
    const begun = join(temporaryFolder(), 'begun');
    const env = configured('[profile slow]', `credential_process = touch ${begun} && sleep 10`);
    let [timer, interruptedAt]: [NodeJS.Timeout | undefined, number] = [undefined, 0];
    const { exitCode } = await own.atlas(`${connect} --aws-profile slow`, {
      env,
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

  test('keys that are refused', async () => {
    const faults = [{ action: 'GetCallerIdentity', status: 403, code: 'ExpiredToken' }];
    await refused(connect, 4, /ExpiredToken/, { faults });
  });

  test.each([
    'DescribeVpcs',
    'DescribeSubnets',
    'DescribeSecurityGroups',
    'DescribeVpcEndpoints',
    'DescribeVpcEndpointServices',
    'CreateSecurityGroup',
  ])('no permission for %s', async (action) => {
    const faults = [{ action, status: 403, code: 'UnauthorizedOperation' }];
    await refused(connect, 4, new RegExp(`AWS denied ec2:${action}:`), { faults });
  });

  test('no permission for CreateVpcEndpoint, which a policy may give for the service of Atlas alone', async () => {
    // The dry run is with a service of AWS, because there is none of Atlas yet.
    own.faults = [{ action: 'CreateVpcEndpoint', status: 403, code: 'UnauthorizedOperation', nth: only(1) }];
    await own.ends(connect, 0, /^Warning: AWS denied ec2:CreateVpcEndpoint: .* AWS may allow it for that one\.\n/);
    await own.succeeds(`${disconnect} --keep-service`);
    const faults = [{ action: 'CreateVpcEndpoint', status: 403, code: 'UnauthorizedOperation' }];
    await refused(connect, 4, /^Error: AWS denied ec2:CreateVpcEndpoint:/, { faults });
  });

  test.each(['DeleteVpcEndpoints', 'DeleteSecurityGroup'])('no permission for %s of disconnect', async (action) => {
    await own.succeeds(connect);
    const faults = [{ action, status: 403, code: 'UnauthorizedOperation' }];
    await refused(disconnect, 4, new RegExp(`AWS denied ec2:${action}:`), { faults });
  });
});
