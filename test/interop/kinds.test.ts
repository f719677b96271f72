import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'vitest';
import { attached } from './clouds.js';
import { hasPeers, hasTerraform, withAtlasProvider } from './peers.js';
import { type Served, serve, unanswered } from './served.js';

/* The private endpoints that are not of clusters: what other clients make, this program sees, and the other way round. */

const project = '64f0c2a7e1b2c3d4e5f60718';
const list = async (sandbox: Served) => JSON.parse(await sandbox.output('atlas-pe list --kind all --json'));
const gone = 'until [ "$(atlas-pe list --kind all --json)" = "[]" ]; do sleep 0.2; done';

describe.skipIf(!hasPeers)('the Atlas CLI (skipped without it)', { concurrent: true }, () => {
  test('registers and removes an endpoint of Data Federation', async ({ expect }) => {
    await using sandbox = await serve();
    const atlas = (line: string) => sandbox.output(`atlas dataFederation privateEndpoints ${line}`);
    const created = JSON.parse(await atlas(`create ${attached.aws} --comment note -o json`));
    expect(created.results).toEqual([expect.objectContaining({ endpointId: attached.aws, comment: 'note' })]);
    expect(await list(sandbox)).toMatchObject([{ kind: 'data-federation', id: attached.aws, region: null }]);
    await sandbox.output('atlas-pe wait --kind data-federation');
    expect(JSON.parse(await atlas(`describe ${attached.aws} -o json`))).toMatchObject({ status: 'OK' });
    expect(await atlas('list')).toContain(attached.aws);
    await atlas(`delete ${attached.aws} --force`);
    await sandbox.output(gone);
    expect(unanswered(sandbox)).toEqual([]);
  });

  test('makes and removes an endpoint of streams', async ({ expect }) => {
    await using sandbox = await serve();
    const body = { provider: 'Azure', vendor: 'EVENTHUB', serviceEndpointId: '/ns', dnsDomain: 'n.net' };
    writeFileSync(join(sandbox.folder, 'request.json'), JSON.stringify({ ...body, region: 'eastus2' }));
    const atlas = (line: string) => sandbox.output(`atlas streams privateLinks ${line}`);
    const created = JSON.parse(await atlas('create -f request.json -o json'));
    expect(created).toMatchObject({ provider: 'Azure', vendor: 'EVENTHUB' });
    const ready = await sandbox.output(`atlas-pe wait --kind stream ${created._id} --json`);
    expect(JSON.parse(ready)).toMatchObject({ provider: 'AZURE', status: 'DONE', region: 'eastus2' });
    expect(JSON.parse(await atlas('list -o json')).results).toEqual([expect.objectContaining({ state: 'DONE' })]);
    await sandbox.run('atlas-pe create --kind stream --file request.json').then(({ code }) => expect(code).toBe(5));
    await atlas(`delete ${created._id} --force`);
    await sandbox.output(gone);
    expect(unanswered(sandbox)).toEqual([]);
  });
});

const configuration = `${withAtlasProvider}resource "mongodbatlas_encryption_at_rest_private_endpoint" "azure" {
  project_id     = "${project}"
  cloud_provider = "AZURE"
  region_name    = "US_EAST_2"
}
resource "mongodbatlas_privatelink_endpoint_service_data_federation_online_archive" "aws" {
  project_id                 = "${project}"
  endpoint_id                = "${attached.aws}"
  provider_name              = "AWS"
  region                     = "US_EAST_1"
  customer_endpoint_dns_name = "a.vpce.amazonaws.com"
}
resource "mongodbatlas_stream_privatelink_endpoint" "msk" {
  project_id    = "${project}"
  provider_name = "AWS"
  vendor        = "MSK"
  arn           = "arn:aws:kafka:us-east-1:123456789012:cluster/a/b"
}
`;

test.skipIf(!hasTerraform)('Terraform makes, imports and destroys them (skipped without it)', async ({ expect }) => {
  await using sandbox = await serve();
  writeFileSync(join(sandbox.folder, 'main.tf'), configuration);
  await sandbox.output('terraform init -no-color');
  // It looks every 30 s.
  expect(await sandbox.output('terraform apply -no-color -auto-approve')).toContain(
    '3 added, 0 changed, 0 destroyed',
  );
  await sandbox.output('terraform plan -no-color -detailed-exitcode');
  const all: { kind: string; id: string; status: string }[] = await list(sandbox);
  // For Terraform, this is the end.
  expect(all.map(({ kind, status }) => `${kind} ${status}`)).toEqual([
    'data-federation OK',
    'encryption PENDING_ACCEPTANCE',
    'stream DONE',
  ]);
  await sandbox.output('atlas-pe sandbox approve; atlas-pe wait --kind encryption');
  const id = (name: string) => all.find(({ kind }) => kind === name)?.id;
  await sandbox.output(`rm terraform.tfstate
    terraform import mongodbatlas_encryption_at_rest_private_endpoint.azure ${project}-AZURE-${id('encryption')}
    terraform import mongodbatlas_privatelink_endpoint_service_data_federation_online_archive.aws ${project}--${attached.aws}
    terraform import mongodbatlas_stream_privatelink_endpoint.msk ${project}-${id('stream')}
    terraform plan -no-color -detailed-exitcode`);
  expect(await sandbox.output('terraform destroy -no-color -auto-approve')).toContain('3 destroyed');
  expect(await list(sandbox)).toEqual([]);
  expect(unanswered(sandbox)).toEqual([]);
});

test.skipIf(!hasTerraform)(
  'Terraform only imports what list has written for it (skipped without it)',
  async ({ expect }) => {
    await using sandbox = await serve();
    const requests = {
      msk: { provider: 'AWS', vendor: 'MSK', arn: 'arn:aws:kafka:us-east-1:123456789012:cluster/a/b' },
      hub: { provider: 'AZURE', region: 'eastus2', vendor: 'EVENTHUB', serviceEndpointId: '/ns', dnsDomain: 'n.net' },
    };
    for (const [name, request] of Object.entries(requests))
      writeFileSync(join(sandbox.folder, `${name}.json`), JSON.stringify(request));
    await sandbox.output(`atlas-pe create --kind data-federation us-east-1 --endpoint ${attached.aws} --dns-name a.aws --comment a
    atlas-pe create --kind data-federation --endpoint vpce-${'1'.repeat(17)} us-west-2 --dns-name b.aws
    atlas-pe create --kind encryption us-east-1
    atlas-pe create --kind encryption eastus2 --provider azure
    atlas-pe create --kind backup us-east-1
    atlas-pe create --kind stream --file msk.json
    atlas-pe create --kind stream --file hub.json
    atlas-pe list --kind all --output terraform | sed 's/^# //; /backup/d; /uncomment/d' > all.tf
    terraform fmt -check
    terraform init -no-color`);
    const plan = await sandbox.output('terraform plan -no-color');
    expect(plan).toContain('Plan: 6 to import, 0 to add, 0 to change, 0 to destroy.');
    await sandbox.output('terraform apply -no-color -auto-approve; terraform plan -no-color -detailed-exitcode');
    expect(unanswered(sandbox)).toEqual([]);
  },
);
