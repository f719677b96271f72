import { expect, test } from 'vitest';
import { fill } from '../helpers/dozen.js';
import { ownFolders, ownSandbox } from '../helpers/run-cli.js';
import { caseOf } from './cases.js';

/* Tables for people shorten some values. Other formats show them in full. */

const own = ownSandbox();
const { atlas } = own;

async function shown(line: string, columns = 110): Promise<string[]> {
  const { exitCode, lines } = await own.inTerminal(line, { columns });
  expect(exitCode, line).toBe(0);
  return lines;
}

test('a table shows the first and last of many service attachments, and their number', async () => {
  await atlas('create --provider gcp --region us-east4 --no-port-mapping --wait');
  const { stdout } = await atlas('get us-east4 --json');
  const { serviceAttachmentNames: all } = JSON.parse(stdout);
  expect(all).toHaveLength(6);
  const table = (await shown('get us-east4 --quiet', 200)).join('\n');
  expect(table).toMatch(
    new RegExp(`^serviceAttachmentNames +${all[0]}\n +… ${all[5]} \\(6\\)\nendpointGroupNames`, 'm'),
  );
  expect(table).not.toContain(all[1]);
  expect((await atlas('get us-east4')).stdout).toContain(`serviceAttachmentNames\t${all.join(',')}\n`);
  expect(await shown('get us-east4 --quiet --fields serviceAttachmentNames', 200)).toHaveLength(6);
  expect((await shown('list --quiet')).at(-1)).toMatch(/^us-east4 +GCP \(old\) /);
});

test('a table in a terminal shows the age of an endpoint, and every format its creation time', async () => {
  await fill(own.sandbox.store, own.sandbox.clock.now());
  own.sandbox.clock.advance(3 * 86_400_000 - 120_000);
  expect(await shown('list --region us-east-1')).toEqual([
    expect.stringMatching(/^REGION +PROVIDER +STATUS +INTERFACES +AGE +ID$/),
    expect.stringMatching(/^us-east-1 +AWS +✔ AVAILABLE +1 +3d +[0-9a-f]{24}$/),
  ]);
  const { createdAt } = JSON.parse((await atlas('get us-east-1 --json')).stdout);
  expect(Math.trunc((own.sandbox.clock.now() - Date.parse(createdAt)) / 1000)).toBe(3 * 86_400);
  expect((await shown('get us-east-1')).join('\n')).toContain(`${createdAt} (3d ago)`);
  expect((await atlas('list --region us-east-1 --fields createdAt')).stdout).toBe(`${createdAt}\n`);
  // A pipe shows the same columns without signs.
  expect((await atlas('list --region us-east-1')).stdout).toMatch(/^us-east-1\tAWS\tAVAILABLE\t1\t3d\t\w{24}\n$/);
  expect((await shown('list --region us-east-1 --fields service')).at(-1)).toMatch(/^vpce-svc-[0-9a-f]{17}$/);
});

test.each(['WAITING_FOR_USER', 'AVAILABLE'] as const)('%s is the turn of the user until attached', async (ready) => {
  await own.restart({ readyStatus: ready });
  await atlas('create us-east-1');
  const sign = async (line: string) => (await shown(line)).join('\n').match(/[✔○→✖] [A-Z_]+/)?.[0];
  expect(await sign('list')).toBe('○ INITIATING');
  await atlas('wait us-east-1');
  expect([await sign('list'), await sign('get us-east-1')]).toEqual([`→ ${ready}`, `→ ${ready}`]);
  await atlas(`interface add us-east-1 vpce-${'a'.repeat(17)}`);
  expect(await sign('list')).toBe(ready === 'AVAILABLE' ? '✔ AVAILABLE' : '○ WAITING_FOR_USER');
  expect(await sign('interface list')).toMatch(/^○ PENDING/);
  await atlas('wait us-east-1 --interface');
  expect([await sign('list'), await sign('interface list')]).toEqual(['✔ AVAILABLE', '✔ AVAILABLE']);
});

const endpoint = 'region provider status interfaces age id';
const attached = 'region provider status endpointId id';
const mode = 'projectId enabled';
const saved = 'file readyAfter readyStatus projectCount endpointCount';

/** Of each command that prints data: the columns in a pipe, and the one that `--output id` prints. */
test.each([
  ...['create', 'get', 'list', 'delete', 'update', 'wait'].map((name) => [name, endpoint, 'id']),
  ...['add', 'get', 'list', 'remove'].map((name) => [`interface ${name}`, attached, 'id']),
  ...['get', 'enable', 'disable'].map((name) => [`regional-mode ${name}`, mode, 'projectId']),
  ['connection-strings', 'cluster type srvConnectionString', 'srvConnectionString'],
  ['convert', 'cluster oldSrvConnectionString newSrvConnectionString', 'newSrvConnectionString'],
  ['projects', 'id name', 'id'],
  ['regions', 'provider region atlasRegion', 'region'],
  ['whoami', 'profile kind id origin baseUrl projectId projectName onAccessList projects', 'id'],
  ['profile list', 'name current from credentials projectId projectName', 'name'],
  ['config get', 'value', 'value'],
  ['config list', 'name value', 'name'],
  ['config path', 'path', 'path'],
  ['version', 'version', 'version'],
  ['sandbox serve', 'baseUrl publicKey privateKey clientId clientSecret projectIds readyStatus', 'baseUrl'],
  ['sandbox reset', saved, 'file'],
  ['sandbox status', saved, 'file'],
])('%s prints the columns %s', async (command = '', columns = '', id = '') => {
  const run = async (format: string) => {
    const { world, before = [] } = caseOf(command, own.sandbox.env);
    await own.restart(world);
    const { good, options } = caseOf(command, own.sandbox.env);
    for (const line of before) await own.ends(line, 0);
    const env = { ...own.sandbox.env, ...ownFolders() };
    return (await own.atlas(`${good} ${format}`, { env, ...options })).stdout;
  };
  const [first = ''] = (await run('--output tsv')).split('\n');
  const [only = ''] = (await run('--output id')).split('\n');
  // The second run is in a sandbox of its own, so only the form is the same.
  const form = (text = '') => text.replaceAll(/[0-9a-zA-Z]+/g, 'x');
  const [selected] = (await run(`--output tsv --fields ${columns.replaceAll(' ', ',')}`)).split('\n');
  expect([form(first), first.split('\t').length]).toEqual([form(selected), columns.split(' ').length]);
  expect(form(only)).toBe(form(first.split('\t')[columns.split(' ').indexOf(id)]));
});
