import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readWanted } from '../../../src/clouds/aws/access.js';
import { type Existing, ownTags } from '../../../src/clouds/aws/model.js';
import { planAws } from '../../../src/clouds/aws/plan.js';
import { isComplete } from '../../helpers/complete.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';
import { endpoint, group, service, there } from './existing.js';

/* The aws command lines of a plan are pasted into bash or zsh as one block. */

const block = (found: Existing) => planAws(found).commands.join('\n');

/** How to start each shell without its start-up files. bash expands history only in stdin, and only if it has to. */
const shells = {
  bash: (script: string) => ({
    args: ['--norc', '--noprofile', '-e'],
    input: `set -o history -H\necho a\n${script}\n`,
  }),
  zsh: (script: string) => ({ args: ['-f', '-e', '-c', script], input: '' }),
} as const;

/** Runs a block with a stand-in for aws. Returns the words of each call; one with spaces, or with none, is in quotes. */
function run(shell: keyof typeof shells, script: string): string[] {
  const folder = temporaryFolder();
  const record = `printf '%s\\0' "$@" >> "${folder}/log"; printf '\\n\\n\\0' >> "${folder}/log"`;
  const aws = `#!/bin/sh\n${record}\n[ "$2" = create-security-group ] && echo sg-0new\nexit 0\n`;
  writeFileSync(join(folder, 'aws'), aws, { mode: 0o755 });
  const { args, input } = shells[shell](script);
  const env = { PATH: `${folder}:${process.env.PATH}`, LANG: 'C' };
  const { status, stderr } = spawnSync(shell, args, { input, encoding: 'utf8', env });
  expect([status, stderr]).toEqual([0, '']);
  const calls = readFileSync(join(folder, 'log'), 'utf8').split('\0\n\n\0').slice(0, -1);
  const written = (word: string) => (/^[^ ]+$/.test(word) ? word : `'${word}'`);
  const plain = (word: string) => (word.startsWith('[{') ? JSON.stringify(JSON.parse(word)) : word);
  return calls.map((call) => call.split('\0').map(plain).map(written).join(' '));
}

const odd = [
  "owner=O'Neil",
  'a,b={x},[y]',
  'path=C:\\new "$HOME" `id` !! $(id)',
  'stra\u00dfe=\u{1f600}\u202e',
  'empty=',
];

describe.each(['bash', 'zsh'] as const)('%s', (shell) => {
  const isThere = spawnSync(shell, ['-c', 'exit'], { stdio: 'ignore' }).status === 0;

  test('is installed in CI', () => {
    if (isComplete) expect(isThere, `${shell} must be installed`).toBe(true);
  });

  test.skipIf(!isThere)(`runs the whole block (skipped without ${shell})`, () => {
    const wanted = readWanted({ from: ['10.0.0.0/8', 'sg-01234567'], tag: odd });
    const all = Object.entries({ ...wanted.tags, ...ownTags(service) });
    const Tags = all.map(([Key, Value]) => ({ Key, Value }));
    const tags = (ResourceType: string) => `--tag-specifications '${JSON.stringify([{ ResourceType, Tags }])}'`;
    const allow = 'ec2 authorize-security-group-ingress --region us-east-1 --group-id sg-0new';
    expect(run(shell, block(there({ wanted })))).toEqual([
      `ec2 create-security-group --region us-east-1 --vpc-id vpc-1 --group-name atlas-pe-${service.id} ` +
        `--description 'Clients of a MongoDB Atlas private endpoint' ${tags('security-group')} ` +
        '--query GroupId --output text',
      `${allow} --protocol tcp --port 1024-65535 --cidr 10.0.0.0/8`,
      `${allow} --protocol tcp --port 1024-65535 --source-group sg-01234567`,
      'ec2 create-vpc-endpoint --region us-east-1 --vpc-id vpc-1 --vpc-endpoint-type Interface ' +
        `--service-name ${service.target} --subnet-ids subnet-a subnet-b --security-group-ids sg-0new ` +
        `${tags('vpc-endpoint')} --query VpcEndpoint.VpcEndpointId --output text`,
    ]);
  });
});

test('are ASCII lines that fit most terminals', () => {
  const lines = block(there({ wanted: readWanted({ tag: odd }) })).split('\n');
  for (const line of lines) expect(line).toMatch(/^[ -~]{1,120}$/);
});

test.each([
  [
    'groups that are given, from another region',
    { wanted: readWanted({ securityGroup: ['sg-0123456789abcdef0'] }), region: 'eu-west-1' },
    [/^aws ec2 create-vpc-endpoint --region eu-west-1 /, /--service-region us-east-1 /, /ids sg-0123456789abcdef0 /],
  ],
  ['our group', { ownGroup: group() }, [/^aws ec2 create-vpc-endpoint /, /--security-group-ids sg-1 /]],
  ['nothing that is known', { identity: null, vpc: null, subnets: [], zones: null, service: undefined }, [/^$/]],
  [
    'subnets and a VPC that could not be read',
    {
      identity: null,
      vpc: null,
      subnets: [],
      zones: null,
      wanted: readWanted({ vpc: 'vpc-01234567', subnet: ['subnet-01234567'], from: ['10.0.0.0/8'] }),
    },
    [/^SG=.* --vpc-id vpc-01234567 /, /--subnet-ids subnet-01234567 /, /--security-group-ids "\$SG" /],
  ],
  ['no service', { service: undefined }, [/^$/]],
  ['a service that is being created', { service: { ...service, target: null } }, [/^$/]],
  ['no subnet', { subnets: [] }, [/^$/]],
  ['no sources', { vpc: null, wanted: readWanted({ vpc: 'vpc-01234567' }) }, [/^$/]],
  ['an endpoint that exists', { endpoints: [endpoint('vpce-1', 'available')] }, [/^$/]],
] as const)('of %s', (_, more, parts) => {
  for (const part of parts) expect(block(there(more))).toMatch(part);
});
