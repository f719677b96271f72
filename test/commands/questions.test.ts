import { expect, test } from 'vitest';
import { ownFolders, ownSandbox, runCli } from '../helpers/run-cli.js';
import { sharded } from '../helpers/sandbox.js';
import { only } from '../helpers/scenario.js';
import { Screen } from '../helpers/screen.js';

const own = ownSandbox({ world: sharded });
const { atlas } = own;
const vpce = `vpce-${'a'.repeat(17)}`;

/* Confirmation in a terminal before a command removes something: only "y" or "yes" continues. */

const service = 'create us-east-1 --wait';
const both = [service, `interface add us-east-1 ${vpce} --wait`];
const all = 'AWS account 123456789012 and Atlas project Sandbox';
const [enabled, mode, profile] = [
  'regional-mode enable --yes',
  'regional-mode get',
  'config set output table --profile work',
];
const disabling = /Disable regional mode for project \w{24}\?/;

test.each<[line: string, before: string[], question: RegExp, look: string, done: string]>([
  ['delete us-east-1', [service], /Delete the AWS private endpoint service us-east-1 \w{24}/, 'list', 'deleted'],
  ['delete us-east-1 --cascade', both, /\(AVAILABLE\) and its interface endpoint vpce-\w+\?/, 'list', 'deleted'],
  ['interface remove us-east-1', both, /Remove interface endpoint/, 'interface list', 'removed'],
  ['regional-mode disable', [enabled], disabling, mode, 'changed'],
  ['regional-mode enable', [], /Enable regional mode for project \w{24}\?/, mode, 'changed'],
  ['connect us-east-1', [], new RegExp(`Create 4 resources in ${all}\\?`), 'list', 'created'],
  ['disconnect us-east-1', ['connect us-east-1 --yes'], new RegExp(`Remove 4 .* ${all}`), 'list', 'removed'],
  ['profile delete work', [profile], /Delete profile work and its secrets/, 'profile list', 'deleted'],
])('%s asks for confirmation', async (line, before, question, look, done) => {
  const env = { ...own.sandbox.env, ...ownFolders() };
  for (const each of before) expect(await atlas(each, { env }), each).toMatchObject({ exitCode: 0 });
  const there = async () => (await atlas(`${look} --json`, { env })).stdout;
  const untouched = await there();
  const answer = async (stdin: string) => {
    const { exitCode, text: shown } = await own.inTerminal(line, { columns: 300, env, stdin });
    expect(shown).toMatch(question);
    expect(shown).toContain('[y/N]');
    return { exitCode, isDeclined: shown.includes(`Nothing was ${done}.`) };
  };
  for (const text of ['n\r', '\r', 'yesterday\r', '']) {
    expect(await answer(text), text).toEqual({ exitCode: 1, isDeclined: true });
    expect(await there()).toBe(untouched);
  }
  expect(await answer(' Yes \r')).toEqual({ exitCode: 0, isDeclined: false });
  expect(await there()).not.toBe(untouched);
});

test.each<[command: string, more: string[], said: string, missing: string]>([
  [
    'delete',
    ['', ' --if-exists', ' --cascade', ' --region us-east-1', ' --provider aws --wait'],
    'Nothing was deleted: --yes requires an endpoint argument.',
    'ENDPOINT',
  ],
  [
    'interface remove',
    ['', ' us-east-1', ' us-east-1 --if-exists', ' --provider aws'],
    'Nothing was removed: --yes requires an interface endpoint id.',
    'INTERFACE',
  ],
])(
  '%s --yes without a name removes nothing, not the only one, and sends nothing',
  async (command, all, said, missing) => {
    for (const line of both) expect((await atlas(line)).exitCode).toBe(0);
    own.sandbox.exchanges.length = 0;
    for (const more of all) {
      const line = `${command} --yes${more}`;
      const stderr = `Error: ${said}\nHint: Specify it: atlas-pe ${line} ${missing}\n`;
      expect(await atlas(line)).toEqual({ exitCode: 2, stdout: '', stderr });
    }
    // An empty name counts as missing. A terminal asks no question.
    const { env } = own.sandbox;
    const empty = [...command.split(' '), ...(missing === 'INTERFACE' ? ['us-east-1'] : []), '', '--yes'];
    for (const screen of [undefined, new Screen({ columns: 80, rows: 10 })])
      expect(await runCli(empty, { env, ...(screen && { screen }) })).toMatchObject({ exitCode: 2, stdout: '' });
    expect(own.sandbox.exchanges).toEqual([]);
  },
);

test('connect without a region offers those of the clusters, and clusters with several', async () => {
  const at = (provider: 'AWS' | 'AZURE', atlasRegion: string) => [{ provider, atlasRegion }];
  await own.restart({
    clusters: [
      { name: 'one', regions: [...at('AWS', 'US_EAST_1'), ...at('AWS', 'EU_WEST_1')] },
      { name: 'two', regions: at('AZURE', 'US_EAST_2') },
      { name: 'free', tier: 'M0', regions: at('AWS', 'AP_SOUTH_1') },
    ],
  });
  const { exitCode, stderr } = await atlas('connect');
  expect([exitCode, stderr.split('\n')]).toEqual([
    2,
    [
      'Error: Missing region.',
      'Hint: The clusters have nodes in these regions:',
      ...['--cluster one', 'us-east-1', 'eu-west-1', 'eastus2 --provider azure'].map(
        (words) => `  atlas-pe connect ${words}`,
      ),
      '',
    ],
  ]);
  const choose = async (number: number, expected = 1) => {
    const { exitCode, text } = await own.inTerminal('connect', { columns: 300, stdin: `${number}\rn\r` });
    expect(exitCode).toBe(expected);
    return text;
  };
  const shown = await choose(4);
  expect(shown).toMatch(/1 +all regions of one: AWS us-east-1, AWS eu-west-1\n.*2 +AWS us-east-1\n/);
  expect(shown).toMatch(/4 +Azure eastus2\n/);
  expect(shown).toMatch(/Create 3 resources in Azure .* and Atlas project Sandbox\?/);
  expect(await choose(1)).toMatch(/Create 8 resources in 2 regions and Atlas project Sandbox\?/);
  // So it does if the project has several services, of which none is named.
  for (const line of ['create us-east-1', 'create eastus2 --provider azure'])
    expect((await atlas(line)).exitCode).toBe(0);
  expect(await choose(4)).toMatch(/Create 2 resources in Azure /);
  // The command lines that it names say the cluster.
  own.faults = [{ action: 'CreateSecurityGroup', nth: only(1), status: 403, code: 'UnauthorizedOperation' }];
  expect(await choose(1, 4)).toMatch(/only the others:\s+atlas-pe connect --cluster one --region \S+$/m);
});

test.each([
  ['get', '2\r', /us-west-2/],
  ['wait', '1\r', /us-east-1 \w{24}: WAITING_FOR_USER/],
  ['delete', '2\ry\r', /DELETING/],
  ['disconnect', '1\r', /To delete it:/],
  ['get', '3\r', /There are 2 private endpoint services\./],
])('of two services, %s offers a choice in a terminal, and takes %j', async (line, stdin, shown) => {
  for (const region of ['us-east-1', 'us-west-2']) await own.succeeds(`create ${region} --wait`);
  const { text } = await own.inTerminal(line, { stdin });
  expect(text).toMatch(
    /Choose a private endpoint service:\n.*1 {2}\w{24} \(AWS us-east-1.*\n.*2 {2}\w{24} \(AWS us-west-2/,
  );
  expect(text).toMatch(shown);
});
