import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { hintProse } from '../../src/ui/streams.js';
import { fakeAtlas, json } from '../helpers/fake-atlas.js';
import { ownSandbox } from '../helpers/own-sandbox.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* A hinted script can be pasted whole into bash and zsh. Here the programs it runs record their arguments. */

const own = ownSandbox();
/** Where no cluster has nodes, create does not hint at connect. */
const places = [
  ['AWS', 'US_EAST_1'],
  ['AZURE', 'US_EAST_2'],
  ['AZURE', 'EUROPE_WEST'],
  ['GCP', 'US_EAST_4'],
] as const;
beforeEach(() =>
  own.restart({
    clusters: places.map(([provider, atlasRegion], index) => ({
      name: `Cluster${index}`,
      regions: [{ provider, atlasRegion }],
    })),
  }),
);

interface JsonHint {
  message: string;
  commands: string[];
}

/** The hints of a command. */
async function hintsOf(line: string): Promise<JsonHint[]> {
  const { stderr } = await own.atlas(`${line} --log-format json`);
  const lines = stderr.trim().split('\n');
  return lines.flatMap((each) => JSON.parse(each).hint ?? []);
}

/** What the programs print. The first pattern that an argument list matches decides. */
const answers = {
  aws: [
    ['describe-subnets', 'vpc-9'],
    ['create-vpc-endpoint', 'vpce-9'],
  ],
  az: [
    ['nic show', '10.9.0.4'],
    ['networkInterfaces', '/nic 9'],
    ['query id', '/pe 9'],
  ],
  gcloud: [
    ['get-value project', 'project-9'],
    ['addresses describe [^ ]*-([0-9]) ', '10.9.0.\\1'],
    ['describe', '10.9.0.9'],
  ],
  'atlas-pe': [],
} as const;

/** A program that writes its arguments to a file, one call a line, and prints an answer. */
function fakeProgram(folder: string, name: keyof typeof answers): void {
  const cases = answers[name].map(
    ([pattern, answer]) =>
      `found=$(printf '%s' "$*" | sed -nE 's|.*${pattern}.*|${answer}|p') && [ "$found" ] && echo "$found" && exit`,
  );
  const record = `{ printf '${name}'; printf '\\t%s' "$@"; echo; } >> '${folder}/calls'`;
  writeFileSync(join(folder, name), ['#!/bin/sh', record, ...cases, ''].join('\n'));
  chmodSync(join(folder, name), 0o755);
}

/** Runs a script in a shell, as it stands on a screen of 80 columns. Returns the calls, each a list of arguments. */
function paste(shell: string, { message: text, commands }: JsonHint): { calls: string[][]; errors: string } {
  const folder = temporaryFolder();
  for (const name of Object.keys(answers)) fakeProgram(folder, name as keyof typeof answers);
  const shown = hintProse({ text, commands }, { isTTY: true, columns: 80 });
  const from = shown.indexOf('\n  ') + 1;
  const flags = shell === 'zsh' ? ['-f'] : ['--norc', '--noprofile'];
  // As in an interactive shell: a comment or an exclamation mark could be read differently there.
  const options = shell === 'zsh' ? '' : 'set -o history -H\n';
  const { stderr } = spawnSync(shell, flags, {
    input: options + shown.slice(from),
    encoding: 'utf8',
    env: { PATH: `${folder}:/usr/bin:/bin` },
    cwd: folder,
  });
  const recorded = existsSync(join(folder, 'calls')) ? readFileSync(join(folder, 'calls'), 'utf8').trim() : '';
  const others = readdirSync(folder).filter((name) => name !== 'calls' && !Object.hasOwn(answers, name));
  expect(others).toEqual([]);
  return { calls: recorded.split('\n').map((line) => line.split('\t')), errors: stderr };
}

/** `[az, network, nic, show, --ids, /nic 9]`: the words before the first option, and the options named. */
const brief = (calls: readonly string[][], ...options: string[]) =>
  calls.map((words) => {
    const first = words.findIndex((word) => word.startsWith('--'));
    const head = words.slice(0, first === -1 ? undefined : first).join(' ');
    const given = options.flatMap((name) => (words.includes(name) ? `${name} ${words[words.indexOf(name) + 1]}` : []));
    return [head, ...given].join(' ');
  });

const isThere = (shell: string) => spawnSync(shell, ['-c', 'exit'], { stdio: 'ignore' }).status === 0;

test('the shells are installed in CI', () => {
  if (process.env.CI === 'true') expect(['bash', 'zsh'].filter((each) => !isThere(each))).toEqual([]);
});

describe.skipIf(!isThere('bash') || !isThere('zsh'))('in bash and zsh (skipped without them)', () => {
  /** Runs the script in both shells, which must do the same. */
  function pasted(script: JsonHint): string[][] {
    const runs = ['bash', 'zsh'].map((shell) => paste(shell, script));
    expect(runs.map(({ errors }) => errors)).toEqual(['', '']);
    expect(runs[0]?.calls).toEqual(runs[1]?.calls);
    return runs[0]?.calls ?? [];
  }

  test('AWS: connect comes first, then a script with the VPC of the subnets', async () => {
    const [connect, script, ...others] = await hintsOf('create --region us-east-1 --wait');
    const { id, endpointServiceName: name } = JSON.parse((await own.atlas('get us-east-1 --json')).stdout);
    expect([connect?.commands, others]).toEqual([['atlas-pe connect us-east-1'], []]);
    const calls = pasted(script as JsonHint);
    expect(brief(calls, '--region', '--vpc-id', '--service-name', '--security-group-ids')).toEqual([
      'aws ec2 describe-subnets --region us-east-1',
      `aws ec2 create-vpc-endpoint --region us-east-1 --vpc-id vpc-9 --service-name ${name} --security-group-ids sg-1`,
      `atlas-pe interface add ${id} vpce-9`,
    ]);
    for (const call of calls.slice(0, 2)) expect(call.join(' ')).toContain('--subnet-ids subnet-1 subnet-2 --');
  });

  test('Azure: connect comes first, then a script that looks up the id and the address', async () => {
    for (const region of ['eastus2', 'westeurope']) {
      const [connect, script, ...others] = await hintsOf(`create --provider azure --region ${region} --wait`);
      const { id, ...service } = JSON.parse((await own.atlas(`get ${region} --json`)).stdout);
      expect([connect?.commands, others]).toEqual([[`atlas-pe connect ${region} --provider azure`], []]);
      const calls = pasted(script as JsonHint);
      expect(brief(calls, '--name', '--location', '--ids', '--ip')).toEqual([
        `az network private-endpoint create --name atlas-${id}-1 --location ${region}`,
        `az network private-endpoint show --name atlas-${id}-1`,
        'az network private-endpoint show --ids /pe 9',
        'az network nic show --ids /nic 9',
        `atlas-pe interface add ${id} /pe 9 --ip 10.9.0.4`,
      ]);
      expect(calls[0]).toEqual(expect.arrayContaining(['--manual-request', service.privateLinkServiceResourceId]));
    }
  });

  test('GCP: one rule with port mapping', async () => {
    const [connect, script] = await hintsOf('create --provider gcp --region us-east4 --wait');
    expect(connect?.commands).toEqual(['atlas-pe connect us-east4 --provider gcp']);
    const { id, serviceAttachmentNames: names } = JSON.parse((await own.atlas('get us-east4 --json')).stdout);
    const rule = `atlas-${id}-1`;
    const calls = pasted(script as JsonHint);
    expect(brief(calls, '--network', '--address', '--target-service-attachment', '--gcp-project', '--ip')).toEqual([
      'gcloud config get-value project',
      `gcloud compute addresses create ${rule}`,
      `gcloud compute forwarding-rules create ${rule} --network my-network --address ${rule} --target-service-attachment ${names[0]}`,
      `gcloud compute addresses describe ${rule}`,
      `atlas-pe interface add ${id} ${rule} --gcp-project project-9 --ip 10.9.0.1`,
    ]);
    for (const call of calls.slice(1, 4)) expect(call.join(' ')).toContain('--project project-9 --region us-east4');
  });

  test('GCP: a rule for each service attachment without port mapping', async () => {
    const [script] = await hintsOf('create --provider gcp --region us-east4 --no-port-mapping --wait');
    const { id, serviceAttachmentNames: names } = JSON.parse((await own.atlas('get us-east4 --json')).stdout);
    const rules = (names as string[]).map((_, index) => `atlas-${id}-1-${index}`);
    const calls = pasted(script as JsonHint);
    expect(brief(calls, '--target-service-attachment', '--group', '--endpoint')).toEqual([
      'gcloud config get-value project',
      ...rules.flatMap((rule, index) => [
        `gcloud compute addresses create ${rule}`,
        `gcloud compute forwarding-rules create ${rule} --target-service-attachment ${names[index]}`,
        `gcloud compute addresses describe ${rule}`,
      ]),
      `atlas-pe interface add ${id} --group atlas-${id}-1 --endpoint ${rules.map((rule, index) => `${rule}@10.9.0.${index}`)}`,
    ]);
  });

  test('connect connects another network to an existing service', async () => {
    const azure = '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network';
    await own.atlas('create --provider azure --region eastus2 --wait');
    await own.atlas(`interface add eastus2 ${azure}/privateEndpoints/p --ip 10.0.0.4 --wait`);
    const { exitCode, stderr } = await own.atlas('create --provider azure --region eastus2');
    const commands = [...stderr.matchAll(/^ {2}(.+)$/gm)].map(([, line = '']) => line);
    expect([exitCode, commands]).toEqual([
      5,
      [
        'atlas-pe connect eastus2 --provider azure',
        'atlas-pe create --provider azure --region eastus2 --if-not-exists',
      ],
    ]);
  });

  test('the address that interface add lacks can be looked up', async () => {
    const id = `/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p`;
    const { exitCode, stderr } = await own.atlas(`interface add eastus2 ${id}`);
    const commands = [...stderr.matchAll(/^ {2}(.+)$/gm)].map(([, line = '']) => line);
    expect([exitCode, ...brief(pasted({ message: '', commands }), '--ids')]).toEqual([
      2,
      `az network private-endpoint show --ids ${id}`,
      'az network nic show --ids /nic 9',
    ]);
  });

  test.each([
    '; touch broken',
    '$(touch broken)',
    "'; touch broken; '",
    '`touch broken`',
    '" && touch broken; "',
    'x\ntouch broken',
  ])('text from Atlas stays text: %j', async (text) => {
    const service = { id: '6'.repeat(24), errorMessage: null, status: 'AVAILABLE', regionName: `R${text}` };
    const lists: Record<string, object> = {
      AWS: { ...service, cloudProvider: 'AWS', endpointServiceName: text, interfaceEndpoints: [] },
      AZURE: {
        ...{ ...service, cloudProvider: 'AZURE', privateEndpoints: [] },
        ...{ privateLinkServiceName: text, privateLinkServiceResourceId: text },
      },
      GCP: { ...service, cloudProvider: 'GCP', endpointGroupNames: [], serviceAttachmentNames: [text, `2${text}`] },
    };
    for (const cloud of Object.keys(lists)) {
      const { run } = await fakeAtlas(({ url }, response) =>
        json(response, 200, url?.includes(`/${cloud}/`) ? [lists[cloud]] : []),
      );
      const { stderr } = await run('get --log-format json');
      const hints = stderr
        .trim()
        .split('\n')
        .flatMap((line) => JSON.parse(line).hint ?? []) as JsonHint[];
      const script = hints.find(({ commands }) => commands.length > 2);
      // paste() checks that no file was made.
      expect(pasted(script as JsonHint).length, stderr).toBeGreaterThan(2);
    }
  });
});
