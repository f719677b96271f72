import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { hasGcloud } from './peers.js';
import { type Served, serve, unanswered } from './served.js';

const where = '--region us-east4 --format json';

/** What gcloud prints. */
async function gcloud({ output }: Served, line: string) {
  return JSON.parse(await output(`gcloud compute ${line} ${where}`));
}

/** Runs a program with a sandbox. */
function exec(words: readonly string[], options: readonly string[] = []) {
  const env = { ...ownFolders(), HOME: temporaryFolder() };
  return runProgram(['sandbox', 'exec', '--ready-after', '1s', ...options, '--', ...words], env);
}

/** What gcloud prints there as JSON. It only warns if it gets no answer. */
async function read(words: readonly string[], options: readonly string[] = []) {
  const { exitCode, stdout, stderr } = await exec(['gcloud', ...words, '--format', 'json'], options);
  expect([exitCode, stderr]).toEqual([0, '']);
  return JSON.parse(stdout);
}

const usEast4 = { name: 'us-east4', status: 'UP', quotas: [{ metric: 'INTERNAL_ADDRESSES' }] };
const subnet = { name: 'default', ipCidrRange: '10.130.0.0/20', gatewayAddress: '10.130.0.1' };

describe.skipIf(!hasGcloud)('gcloud (skipped without it)', () => {
  // Each call takes some seconds.
  test('connects a network to Atlas and back', async () => {
    await using sandbox = await serve();
    const { output, run } = sandbox;
    const created = await output('atlas-pe create us-east4 --provider gcp --wait --json');
    const [target] = JSON.parse(created).serviceAttachmentNames;

    expect(await gcloud(sandbox, 'networks subnets describe default')).toMatchObject({ purpose: 'PRIVATE' });
    await gcloud(sandbox, 'addresses create mine --subnet default');
    const how = `--network default --address mine --target-service-attachment ${target} --allow-psc-global-access`;
    await gcloud(sandbox, `forwarding-rules create mine ${how} --description 'to Atlas'`);
    const { address, status } = await gcloud(sandbox, 'addresses describe mine');
    expect([address, status]).toEqual([expect.stringMatching(/^10\./), 'IN_USE']);
    const rule = { name: 'mine', IPAddress: address, allowPscGlobalAccess: true, description: 'to Atlas' };
    const described = { ...rule, kind: 'compute#forwardingRule', target: expect.stringContaining(target) };
    expect(await gcloud(sandbox, 'forwarding-rules describe mine')).toMatchObject(described);

    await output(`atlas-pe interface add us-east4 mine --gcp-project atlas-pe-sandbox --ip ${address} --wait`);
    const accepted = { ...rule, pscConnectionStatus: 'ACCEPTED' };
    const listed = await output("gcloud compute forwarding-rules list --filter 'name=mine' --format json");
    expect(JSON.parse(listed)).toMatchObject([accepted]);
    const names = await output(
      "gcloud compute addresses list --regions us-east4 --filter name=mine --format 'value(name)'",
    );
    expect(names).toBe('mine\n');
    const again = await run(`gcloud compute addresses create mine --subnet default ${where}`);
    expect(again.stderr).toContain('already exists');
    const inUse = await run(`gcloud compute addresses delete mine --quiet ${where}`);
    expect(inUse.stderr).toContain('is already being used by');

    await output('atlas-pe interface remove us-east4 mine --yes; sleep 1.2');
    expect(await gcloud(sandbox, 'forwarding-rules describe mine')).toMatchObject({ pscConnectionStatus: 'CLOSED' });
    await output(`gcloud compute forwarding-rules delete mine --quiet ${where}`);
    await output(`gcloud compute addresses delete mine --quiet ${where}`);
    expect(JSON.parse(await output('gcloud compute addresses list --format json'))).toEqual([]);
    expect(unanswered(sandbox)).toEqual([]);
  });

  test('settings of another account do not get in the way', async () => {
    await using sandbox = await serve();
    const folder = join(sandbox.folder, '.config/gcloud/configurations');
    mkdirSync(folder, { recursive: true });
    const config = `[core]
account = SOMEBODYS@example.com
project = SOMEBODYS
universe_domain = SOMEBODYS.example.com
custom_ca_certs_file = /SOMEBODYS
[auth]
access_token_file = /SOMEBODYS
impersonate_service_account = SOMEBODYS@example.com
[billing]
quota_project = SOMEBODYS
[api_endpoint_overrides]
compute = http://127.0.0.1:1/
`;
    writeFileSync(join(folder, 'config_default'), config);
    const before = `export CLOUDSDK_CORE_PROJECT=SOMEBODYS CLOUDSDK_AUTH_ACCESS_TOKEN_FILE=/SOMEBODYS
      export CLOUDSDK_AUTH_IMPERSONATE_SERVICE_ACCOUNT=SOMEBODYS@example.com CLOUDSDK_ACTIVE_CONFIG_NAME=default`;
    expect(await sandbox.output('gcloud compute addresses list --format json', before)).toBe('[]\n');
    expect(JSON.stringify(sandbox.received)).not.toContain('SOMEBODYS');
  });

  test.each<[line: string, found: unknown]>([
    ['compute networks list', [{ name: 'default', autoCreateSubnetworks: true }]],
    ['compute networks describe default', { name: 'default', routingConfig: { routingMode: 'REGIONAL' } }],
    ['compute networks subnets list --network default --regions us-east4', [subnet]],
    ['compute networks subnets list --filter region:us-east4 --page-size 1', [subnet]],
    ['compute regions list --filter name=us-east4', [usEast4]],
    ['compute regions describe us-east4', usEast4],
    ['compute zones list --filter region:us-east4 --limit 2', [{ name: 'us-east4-a' }, { name: 'us-east4-b' }]],
    ['compute zones list --filter name~^us-east1-.$ --sort-by ~name --limit 1', [{ name: 'us-east1-d' }]],
    ['compute firewall-rules list', []],
    ['compute operations list', []],
    ['compute operations list --global', []],
    ['compute addresses list', []],
    ['compute addresses list --global', []],
    ['compute forwarding-rules list', []],
    ['compute forwarding-rules list --global', []],
    ['projects describe atlas-pe-sandbox', { projectId: 'atlas-pe-sandbox', lifecycleState: 'ACTIVE' }],
  ])('%s', async (line, found) => {
    const printed = await read(line.split(' '));
    expect(printed).toMatchObject(found as object);
    if (Array.isArray(found)) expect(printed).toHaveLength(found.length);
  });

  test('lists the firewall rules of the faults file', async () => {
    const file = join(temporaryFolder(), 'faults.yaml');
    writeFileSync(
      file,
      'gcp:\n  firewalls: [{ name: deny-all, direction: EGRESS }, { name: allow, direction: EGRESS }]\n',
    );
    const words = ['compute', 'firewall-rules', 'list', '--filter', 'name=deny-all AND network=default'];
    expect(await read(words, ['--faults', file])).toMatchObject([{ name: 'deny-all', direction: 'EGRESS' }]);
  });

  test('reads and updates a forwarding rule, and shows its operations', async () => {
    const script = `
target=$(atlas-pe create us-east4 --provider gcp --wait --json | grep -o 'projects/[^"]*serviceAttachments/[^"]*')
here='--region us-east4 --format json'
show() { printf '\\0'; gcloud compute "$@"; }
gcloud compute addresses create mine --subnet default $here > /dev/null
gcloud compute forwarding-rules create mine --network default --address mine --target-service-attachment "$target" $here > /dev/null
gcloud compute forwarding-rules update mine --allow-psc-global-access $here > /dev/null
gcloud compute forwarding-rules update mine --update-labels app=web,team=a $here > /dev/null
show forwarding-rules describe mine $here
show forwarding-rules list --filter 'labels.app=web AND region:us-east4' --format json
show addresses list --filter 'name=mine OR name=other' --format json
show operations list --regions us-east4 --filter operationType=insert --format json
name=$(gcloud compute operations list --filter operationType=patch --format 'value(name)')
show operations describe "$name" $here
printf '\\0'; gcloud compute forwarding-rules update mine --allow-global-access $here 2>&1 > /dev/null || true
printf '\\0'; gcloud compute forwarding-rules describe mine --global --format json 2>&1 > /dev/null || true
printf '\\0'; gcloud compute instances list 2>&1 > /dev/null`;
    const { exitCode, stdout } = await exec(['bash', '-euo', 'pipefail', '-c', script]);
    expect(exitCode).toBe(0);
    const printed = stdout.split('\0').slice(1);
    const [rule, rules, addresses, inserts, patch] = printed.slice(0, 5).map((each) => JSON.parse(each));
    expect(rule).toMatchObject({ name: 'mine', allowPscGlobalAccess: true, labels: { app: 'web', team: 'a' } });
    expect(rules).toEqual([rule]);
    expect(addresses).toMatchObject([{ name: 'mine', status: 'IN_USE', address: rule.IPAddress }]);
    const toRule = { operationType: 'insert', status: 'DONE', targetLink: rule.selfLink };
    expect(inserts).toMatchObject([{ targetLink: addresses[0].selfLink }, toRule]);
    expect(patch).toMatchObject({ operationType: 'patch', progress: 100, targetLink: rule.selfLink });
    expect(printed.slice(5)).toEqual([
      expect.stringContaining("Invalid value for field 'resource.allowGlobalAccess'"),
      expect.stringContaining("'projects/atlas-pe-sandbox/global/forwardingRules/mine' was not found"),
      expect.stringMatching(/The sandbox does not support GET \S+\/aggregated\/instances\. The real API may\./),
    ]);
  });
});
