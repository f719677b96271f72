import { expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { contractChecker, operationNames, operationOf } from '../helpers/contract.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';
import { sharded, testSandbox } from '../helpers/sandbox.js';
import { media, services } from '../helpers/wire.js';

test('each request of the program and each answer of the sandbox is as the contract says', async () => {
  const sandbox = await testSandbox({ world: sharded, rateLimit: { requests: 60, perMs: 60_000 } });
  const run = (...argv: string[]) => {
    sandbox.clock.advance(1);
    return runCli(argv, { env: sandbox.env, clock: sandbox.clock });
  };
  const created = await run('create', '--region', 'eu-west-1', '--json');
  const { id } = JSON.parse(created.stdout) as { id: string };
  await run('create', '--region', 'eastus2', '--provider', 'azure');
  await run('create', '--region', 'us-central1', '--provider', 'gcp');
  await run('create', '--region', 'eu-west-1');
  // Without a challenge from an earlier command.
  await runCli(['get', id], { env: { ...sandbox.env, ...ownFolders() }, clock: sandbox.clock });
  await run('list', '--project', 'Sandbox');
  await run('list', '--project', 'Nobody');
  await run('list', '--project', '1'.repeat(24));
  for (let count = 0; count < 15; count++) await run('list');
  sandbox.clock.advance(60_000);
  await run('get', id);
  await run('wait', 'eu-west-1');
  await run('delete', id, '--yes', '--wait');
  await run('regional-mode', 'enable', '--yes');
  await run('regional-mode', 'disable', '--yes');
  await run('create', '--region', 'us-east-1', '--remote-region', 'us-west-2', '--wait');
  await run('update', 'us-east-1', '--add', 'eu-west-1');
  await run('wait', '--all');
  const azure =
    '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p';
  const rules = ['--gcp-project', `p-${'0'.repeat(24)}`, '--endpoint', 'a@10.0.0.1,b@10.0.0.2'];
  const interfaces = [
    ['us-east-1', `vpce-${'a'.repeat(17)}`],
    ['eastus2', azure, '--ip', '10.0.0.4'],
    ['us-central1', 'grp', ...rules],
  ];
  for (const line of interfaces) {
    await run('interface', 'add', ...line);
    await run('interface', 'add', ...line);
  }
  await run('wait', '--all', '--interface');
  await run('connection-strings', '--wait');
  await run('interface', 'get', 'us-east-1', `vpce-${'b'.repeat(17)}`);
  await run('delete', 'us-east-1', '--yes');
  sandbox.clock.advance(60_000);
  for (const line of interfaces) await run('interface', 'remove', ...line.slice(0, 2), '--yes', '--wait');
  await run('wait', 'eastus2', '--until', 'AVAILABLE', '--timeout', '4m');

  // What only other clients ask for, after the rate limit.
  sandbox.clock.advance(60_000);
  const [service] = (await sandbox.store.read()).services;
  const older = `/api/atlas/v1.0/groups/${defaultProject}/privateEndpoint/AZURE/endpointService/${service?.id}`;
  const cluster = `/api/atlas/v2/groups/${defaultProject}/clusters/Cluster0`;
  await sandbox.ask(older, { accept: 'application/json' });
  await sandbox.ask('/api/atlas/v2');
  await sandbox.ask(`/api/atlas/v2/groups/${defaultProject}`);
  await sandbox.ask(cluster, { accept: 'application/vnd.atlas.2024-08-05+json' });

  const exchanges = sandbox.exchanges.filter(({ url }) => url !== '/api/oauth/token');
  const statuses = new Set(exchanges.map(({ method, status }) => `${method} ${status}`));
  expect([...statuses].sort().join()).toBe(
    'DELETE 202,DELETE 409,GET 200,GET 401,GET 404,GET 429,PATCH 200,PATCH 202,POST 201,POST 401,POST 409',
  );
  expect(exchanges.flatMap(contractChecker())).toEqual([]);
  expect(exchanges.length).toBeGreaterThan(60);
  const asked = new Set(exchanges.map(operationOf));
  expect(operationNames.filter((name) => !asked.has(name))).toEqual([]);
});

test('the check itself finds what is wrong', () => {
  const check = contractChecker();
  const good = {
    method: 'GET',
    url: services,
    requestBody: '',
    status: 200,
    body: '[]',
    requestHeaders: { accept: media },
    headers: { 'content-type': `${media};charset=utf-8`, 'ratelimit-limit': '1', 'ratelimit-remaining': '1' },
  };
  expect(check(good)).toEqual([]);
  expect(check({ ...good, url: services.replace('AWS', 'IBM') })).not.toEqual([]);
  expect(check({ ...good, url: `${services}?colour=red` })).not.toEqual([]);
  expect(check({ ...good, body: '[{"cloudProvider":"AWS","interfaceEndpoints":[],"status":"BORED"}]' })).not.toEqual(
    [],
  );
  expect(check({ ...good, status: 203 })).not.toEqual([]);
  expect(check({ ...good, headers: {} })).not.toEqual([]);
  expect(check({ ...good, url: '/api/atlas/v2/elsewhere' })).not.toEqual([]);
});
