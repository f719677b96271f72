import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasGcloud } from './peers.js';
import { type Served, serve, unanswered } from './served.js';

const where = '--region us-east4 --format json';

/** What gcloud prints. */
async function gcloud({ output }: Served, line: string) {
  return JSON.parse(await output(`gcloud compute ${line} ${where}`));
}

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
    expect(await gcloud(sandbox, 'forwarding-rules describe mine')).toMatchObject({
      ...rule,
      target: expect.stringContaining(target),
      pscConnectionStatus: 'PENDING',
    });

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
});
