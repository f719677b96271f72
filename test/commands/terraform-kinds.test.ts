import { expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { readHcl } from '../helpers/hcl.js';
import { azureId, requestFile } from '../helpers/kinds.js';
import { ownSandbox, vpce } from '../helpers/run-cli.js';

/* The private endpoints that are not of clusters, in `--output terraform`: two of each kind. */

const own = ownSandbox();
const { atlas, ends, json, succeeds } = own;

const otherProject = '5'.repeat(24);

const arn = 'arn:aws:kafka:us-east-1:123456789012:cluster/a/b';
const hub = {
  provider: 'Azure',
  region: 'eastus2',
  vendor: 'EVENTHUB',
  serviceEndpointId: '/ns',
  dnsDomain: 'n.net',
};

async function createAll() {
  await succeeds(
    `create --kind data-federation us-east-1 --endpoint ${vpce('a')} --dns-name a.vpce.amazonaws.com --comment %{x}"`,
  );
  await succeeds(`create --kind data-federation --endpoint ${vpce('b')} us-west-2 --dns-name b.vpce.amazonaws.com`);
  await succeeds('create --kind encryption us-east-1');
  await succeeds('create --kind encryption eastus2 --provider azure');
  await succeeds(`create --kind stream --file ${requestFile({ provider: 'AWS', vendor: 'MSK', arn })}`);
  await succeeds(`create --kind stream --file ${requestFile(hub)}`);
}

const resourcesIn = (source: string) =>
  readHcl(source).blocks.flatMap(({ type, labels, attributes }) =>
    type === 'resource' ? [{ address: labels.join('.'), ...attributes }] : [],
  );

test('has import and resource blocks for three kinds, beside those of clusters', async () => {
  await succeeds('create us-east-1 --wait');
  await createAll();
  const { stdout } = await atlas('list --kind all --output terraform');
  const ids = (await json('list --kind all')).map(({ kind, id }: Record<string, string>) => [kind, id]);
  const idsOf = (wanted: string): string[] =>
    ids.flatMap(([kind, id]: [string, string]) => (kind === wanted ? [id] : []));
  const [aws, azure] = idsOf('encryption');
  const [first, second] = idsOf('stream');
  const federation = 'mongodbatlas_privatelink_endpoint_service_data_federation_online_archive';
  const [encryption, stream] = [
    'mongodbatlas_encryption_at_rest_private_endpoint',
    'mongodbatlas_stream_privatelink_endpoint',
  ];
  expect(stdout.match(/^ {2}(?:to|id) .*$/gm)?.slice(2)).toEqual(
    [
      [`${federation}.data_federation_us_east_1`, `${defaultProject}--${vpce('a')}`],
      [`${federation}.data_federation_us_west_2`, `${defaultProject}--${vpce('b')}`],
      [`${encryption}.encryption_us_east_1`, `${defaultProject}-AWS-${aws}`],
      [`${encryption}.encryption_azure_eastus2`, `${defaultProject}-AZURE-${azure}`],
      [`${stream}.stream_${first}`, `${defaultProject}-${first}`],
      [`${stream}.stream_azure_eastus2`, `${defaultProject}-${second}`],
    ].flatMap(([to, id]) => [`  to = ${to}`, `  id = "${id}"`]),
  );
  const shared = { address: expect.any(String), project_id: defaultProject };
  const dns = (letter: string) => ({ customer_endpoint_dns_name: `${letter}.vpce.amazonaws.com` });
  const { vendor } = hub;
  expect(resourcesIn(stdout).slice(1)).toEqual([
    { ...shared, provider_name: 'AWS', endpoint_id: vpce('a'), region: 'US_EAST_1', ...dns('a'), comment: '%{x}"' },
    { ...shared, provider_name: 'AWS', endpoint_id: vpce('b'), region: 'US_WEST_2', ...dns('b') },
    { ...shared, cloud_provider: 'AWS', region_name: 'US_EAST_1' },
    { ...shared, cloud_provider: 'AZURE', region_name: 'US_EAST_2' },
    { ...shared, provider_name: 'AWS', vendor: 'MSK', arn },
    // The region as it was sent: another spelling would be another region for the provider.
    { ...shared, provider_name: 'AZURE', vendor, region: 'eastus2', service_endpoint_id: '/ns', dns_domain: 'n.net' },
  ]);
  expect(resourcesIn((await atlas('list --kind encryption -o terraform')).stdout)).toHaveLength(2);
  expect(resourcesIn((await atlas(`get ${first} --kind stream -o terraform`)).stdout)).toHaveLength(1);
});

test('has blocks for each of two that have the same id in two projects', async () => {
  await own.restart({ projects: [defaultProject, otherProject] });
  const end = `--endpoint ${vpce('a')} --dns-name a.vpce.amazonaws.com`;
  for (const project of [defaultProject, otherProject])
    await succeeds(`create --kind data-federation us-east-1 ${end} --project ${project}`);
  const { stdout } = await atlas('list --kind data-federation --all-projects --output terraform');
  expect(stdout.match(/^ {2}id = .*$/gm)).toEqual([
    `  id = "${defaultProject}--${vpce('a')}"`,
    `  id = "${otherProject}--${vpce('a')}"`,
  ]);
  expect(resourcesIn(stdout)).toMatchObject([
    { project_id: defaultProject, endpoint_id: vpce('a') },
    { project_id: otherProject, endpoint_id: vpce('a') },
  ]);
});

test('says why an endpoint has no blocks, and leaves out what is being deleted', async () => {
  await succeeds('create --kind backup us-east-1');
  await succeeds('create --kind backup us-east-2');
  await succeeds(`create --kind data-federation --endpoint ${azureId}`);
  await succeeds('create --kind encryption us-east-1 --wait');
  await succeeds('delete --kind encryption us-east-1 --yes');
  own.faults = [{ method: 'POST', fate: { kind: 'failed', reason: 'No\ncapacity' } }];
  await ends('create --kind encryption us-west-2 --wait', 6, 'capacity');
  const { stdout } = await atlas('list --kind all --output terraform');
  expect(readHcl(stdout).blocks).toEqual([]);
  const why = 'is left out, because Terraform cannot import it:';
  expect(stdout.split('\n').filter((line) => line.includes(' left out'))).toEqual([
    `# data-federation ${azureId} ${why} its provider has no such resource for AZURE.`,
    expect.stringMatching(new RegExp(`^# encryption \\w+ ${why} it is FAILED with the error "No capacity"\\.$`)),
    expect.stringMatching(new RegExp(`^# backup \\w+ ${why} its provider has no such resource for AWS\\.$`)),
    expect.stringMatching(/^# backup /),
  ]);
});

test('omits what could not be read, and says so; of one endpoint, it is the error', async () => {
  await createAll();
  const [{ id }] = await json('list --kind stream');
  own.faults = [{ path: `/privateLinkConnections/${id}`, status: 403 }];
  const said = `The list is incomplete. stream ${id}: `;
  await ends('list --kind stream --output terraform', 1, said, /stream_azure_eastus2/);
  await ends(`get ${id} --kind stream --output terraform`, 4, '', '');
});
