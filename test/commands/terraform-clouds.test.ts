import { describe, expect, test } from 'vitest';
import { besideGoogle } from '../helpers/gcp.js';
import { type HclBlock, readHcl } from '../helpers/hcl.js';
import { ownSandbox } from '../helpers/run-cli.js';

/* The user's ends in `--output terraform`: two on each cloud. */

const clusters = [
  {
    name: 'app',
    regions: [
      { provider: 'AWS', atlasRegion: 'US_EAST_1' },
      { provider: 'AWS', atlasRegion: 'EU_WEST_1' },
      { provider: 'AZURE', atlasRegion: 'US_EAST_2' },
      { provider: 'AZURE', atlasRegion: 'EUROPE_WEST' },
      { provider: 'GCP', atlasRegion: 'US_EAST_4' },
      { provider: 'GCP', atlasRegion: 'EUROPE_WEST_3' },
    ],
  },
] as const;
const other = 'other-project-1';
const own = ownSandbox({ world: { clusters, gcp: { projects: [other] } } });
const { atlas, succeeds, json } = own;
const { google } = besideGoogle(own);

const places = [
  'us-east-1',
  'eu-west-1',
  'eastus2 --provider azure --tag team=data',
  'westeurope --provider azure',
  'us-east4 --provider gcp',
  'europe-west3 --provider gcp --global-access',
];
const connected = own.once(async () => {
  for (const place of places) await succeeds(`connect ${place} --yes`);
});

const written = async (line = 'list') => (await atlas(`${line} --output terraform`)).stdout;
const resources = (source: string) => readHcl(source).blocks.filter(({ type }) => type === 'resource');
const typesIn = (source: string) => resources(source).map(({ labels }) => labels[0]);
const ofType = (source: string, wanted: string): HclBlock[] =>
  resources(source).filter(({ labels: [type] }) => type === wanted);
const comments = (source: string) => source.split('\n').filter((line) => / could not be read: /.test(line));

const both = [
  ['aws_security_group', 'aws_vpc_endpoint'],
  ['azurerm_private_endpoint'],
  ['google_compute_address', 'google_compute_forwarding_rule'],
];

test('each end has import and resource blocks, between the service and what is attached to it', async () => {
  await connected();
  const source = await written();
  const [service, attached] = ['mongodbatlas_privatelink_endpoint', 'mongodbatlas_privatelink_endpoint_service'];
  expect(typesIn(source)).toEqual(both.flatMap((own) => [service, ...own, attached, service, ...own, attached]));
  expect(source.match(/^import \{$/gm)).toHaveLength(typesIn(source).length);
  expect(comments(source)).toEqual([]);
  expect(source.match(/^# {4,}source .*$/gm)).toEqual(
    ['hashicorp/aws', 'hashicorp/azurerm', 'hashicorp/google', 'mongodb/mongodbatlas'].map((each) =>
      expect.stringContaining(`"${each}"`),
    ),
  );
});

test('a forwarding rule and its address name their project and region, and refer to each other', async () => {
  await connected();
  const source = await written();
  const services = (await json('list --provider gcp')).map(({ id, region }: Record<string, string>) => ({
    id,
    region,
  }));
  const rules = ofType(source, 'google_compute_forwarding_rule');
  const addresses = ofType(source, 'google_compute_address');
  for (const [index, { id, region }] of services.entries()) {
    const [rule, address] = [rules[index], addresses[index]];
    const place = { project: 'atlas-pe-sandbox', region, name: rule?.attributes.name };
    const name = `gcp_${region.replace('-', '_')}`;
    expect(rule?.attributes).toEqual({
      ...place,
      description: expect.stringContaining(id),
      target: { reference: `mongodbatlas_privatelink_endpoint.${name}.service_attachment_names[0]` },
      network: 'projects/atlas-pe-sandbox/global/networks/default',
      ip_address: { reference: `google_compute_address.${address?.labels[1]}.id` },
      load_balancing_scheme: '',
      ...(region === 'europe-west3' && { allow_psc_global_access: true }),
    });
    expect(address?.attributes).toEqual({
      ...place,
      description: expect.stringContaining(id),
      address_type: 'INTERNAL',
      subnetwork: `projects/atlas-pe-sandbox/regions/${region}/subnetworks/default`,
      address: expect.stringMatching(/^10\./),
    });
    for (const [folder, block] of Object.entries({ forwardingRules: rule, addresses: address }))
      expect(source).toContain(
        `  to = ${block?.labels.join('.')}\n  id = "projects/atlas-pe-sandbox/regions/${region}/${folder}/${place.name}"\n`,
      );
  }
  const attached = ofType(source, 'mongodbatlas_privatelink_endpoint_service').map(({ attributes }) => attributes);
  expect(attached.slice(-2).map((each) => each.endpoint_service_id)).toEqual(
    rules.map(({ labels }) => ({ reference: `${labels.join('.')}.name` })),
  );
});

test('an Azure private endpoint refers to its service, and its subscription sets the provider up', async () => {
  await connected();
  const source = await written();
  const [first, second] = ofType(source, 'azurerm_private_endpoint');
  expect(
    source.match(/^# .*: add private_dns_zone_group, .*\n\nimport \{\n {2}to = azurerm_private_endpoint\./gm),
  ).toHaveLength(2);
  const subscription = '00000000-0000-4000-8000-00000000a71a';
  const inNetwork = `/subscriptions/${subscription}/resourceGroups/atlas-pe-sandbox/providers/Microsoft.Network`;
  expect(first?.attributes).toEqual({
    provider: { reference: `azurerm.subscription_${subscription.replaceAll('-', '_')}` },
    name: expect.stringMatching(/^atlas-pe-[0-9a-f]{24}$/),
    resource_group_name: 'atlas-pe-sandbox',
    location: 'eastus2',
    subnet_id: `${inNetwork}/virtualNetworks/default-eastus2/subnets/default`,
    tags: { object: expect.objectContaining({ team: 'data' }) },
  });
  expect(first?.blocks.map(({ type, attributes }) => [type, attributes])).toEqual([
    [
      'private_service_connection',
      {
        name: expect.stringMatching(/^pls_/),
        private_connection_resource_id: {
          reference: 'mongodbatlas_privatelink_endpoint.azure_eastus2.private_link_service_resource_id',
        },
        is_manual_connection: true,
        request_message: 'MongoDB Atlas',
      },
    ],
  ]);
  expect(second?.attributes.location).toBe('westeurope');
  expect(source).toContain(
    `  to = ${first?.labels.join('.')}\n  id = "${inNetwork}/privateEndpoints/${first?.attributes.name}"\n`,
  );
  const [provider] = readHcl(source).blocks.filter(({ type }) => type === 'provider');
  expect(provider?.attributes).toMatchObject({ alias: expect.any(String), subscription_id: subscription });
  const attached = ofType(source, 'mongodbatlas_privatelink_endpoint_service').map(({ attributes }) => attributes);
  expect(attached.slice(2, 4).map((each) => each.endpoint_service_id)).toEqual(
    [first, second].map((each) => ({ reference: `${each?.labels.join('.')}.id` })),
  );
});

describe('what can not be read is a comment with the reason', () => {
  test('without a sign-in to one cloud, for that cloud alone', async () => {
    await connected();
    const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...env } = own.sandbox.env;
    const { stdout, exitCode } = await atlas('list --output terraform', {
      env: { ...env, AWS_EC2_METADATA_DISABLED: 'true' },
    });
    expect([exitCode, comments(stdout)]).toEqual([
      0,
      [expect.stringMatching(/^# vpce-\w+ could not be read: .*AWS/), expect.stringMatching(/^# vpce-/)],
    ]);
    expect(typesIn(stdout).filter((type) => !type?.startsWith('mongodbatlas'))).toEqual(
      both.slice(1).flatMap((own) => [...own, ...own]),
    );
  });

  test('a refusal for one end, and not for the other', async () => {
    await connected();
    const [{ interfaceEndpoints: azure = [] }] = await json('list --region eastus2');
    const [{ interfaceEndpoints: gcp = [] }] = await json('list --region us-east4');
    own.faults = [
      { method: 'GET', path: `*/privateEndpoints/${azure[0].split('/').at(-1)}`, status: 403 },
      { method: 'GET', path: `*/forwardingRules/${gcp[0]}`, status: 403 },
    ];
    const source = await written();
    expect(comments(source)).toEqual([
      expect.stringMatching(`^# ${azure[0]} could not be read: Azure denied `),
      expect.stringMatching(`^# ${gcp[0]} could not be read: GCP denied `),
    ]);
    expect(ofType(source, 'azurerm_private_endpoint')).toHaveLength(1);
    expect(ofType(source, 'google_compute_forwarding_rule')).toHaveLength(1);
    const attached = ofType(source, 'mongodbatlas_privatelink_endpoint_service').map(({ attributes }) => attributes);
    expect(attached[2]?.endpoint_service_id).toBe(azure[0]);
    expect(attached[4]?.endpoint_service_id).toBe(gcp[0]);
  });

  test('an address that may not be listed, so the rule has its IP address', async () => {
    await connected();
    own.faults = [{ method: 'GET', path: '*/regions/us-east4/addresses', status: 403 }];
    const source = await written();
    expect(ofType(source, 'google_compute_address')).toHaveLength(1);
    expect(ofType(source, 'google_compute_forwarding_rule')[0]?.attributes.ip_address).toMatch(/^10\./);
  });
});

describe('in two Google projects', () => {
  const where = (project: string) => `projects/${project}/regions/us-east4`;
  /** A rule in a project, with an address that is called like it or not, attached to the only service there. */
  const attach = async (project: string, name: string, address: string, target: string, ip: string) => {
    const body = { name: address, addressType: 'INTERNAL', subnetwork: `${where(project)}/subnetworks/default` };
    await google('POST', 'addresses', body, project);
    const rule = { name, target, IPAddress: `${where(project)}/addresses/${address}` };
    await google('POST', 'forwardingRules', rule, project);
    await succeeds(`interface add us-east4 ${name} --gcp-project ${project} --ip ${ip} --wait`);
  };

  test('each end has its own project, and what is missing there says where it was looked for', async () => {
    await succeeds('create us-east4 --provider gcp --wait');
    const { serviceAttachmentNames: [target] = [] } = await json('get us-east4');
    await attach('atlas-pe-sandbox', 'one', 'one', target, '10.130.0.2');
    await attach(other, 'two', 'another', target, '10.130.0.2');
    await succeeds('interface add us-east4 gone --gcp-project my-project-1 --ip 10.0.0.9');
    await succeeds(`interface add us-east4 missing --gcp-project ${other} --ip 10.0.0.8`);
    const source = await written();
    expect(
      ofType(source, 'google_compute_forwarding_rule').map(({ labels, attributes }) => [labels[1], attributes]),
    ).toEqual([
      ['gcp_us_east4_one', expect.objectContaining({ project: 'atlas-pe-sandbox', name: 'one' })],
      ['gcp_us_east4_two', expect.objectContaining({ project: other, name: 'two' })],
    ]);
    expect(ofType(source, 'google_compute_address').map(({ labels }) => labels[1])).toEqual([
      'gcp_us_east4_one',
      'gcp_us_east4_another',
    ]);
    expect(comments(source)).toEqual([
      '# gone could not be read: It is not in Google project my-project-1.',
      `# missing could not be read: It is not in Google project ${other}.`,
    ]);
  });

  test('a rule of the same name that connects to another service is not taken for the attached one', async () => {
    await succeeds('create us-east4 --provider gcp --wait');
    await succeeds('create us-east4 --provider gcp --no-port-mapping --wait');
    const all = await json('list --provider gcp');
    const of = (isMapped: boolean) =>
      all.find((each: { portMappingEnabled: boolean }) => each.portMappingEnabled === isMapped);
    const [mine, foreign] = [of(true), of(false)];
    const address = { name: 'mine', addressType: 'INTERNAL', subnetwork: `${where(other)}/subnetworks/default` };
    await google('POST', 'addresses', address, other);
    const rule = {
      name: 'rule',
      target: foreign.serviceAttachmentNames[0],
      IPAddress: `${where(other)}/addresses/mine`,
    };
    await succeeds(`interface add ${mine.id} rule --gcp-project ${other} --ip 10.0.0.9`);
    await google('POST', 'forwardingRules', rule, other);
    const source = await written();
    expect(ofType(source, 'google_compute_forwarding_rule')).toEqual([]);
    expect(comments(source)).toEqual([
      `# rule could not be read: It connects to ${rule.target}, but the Atlas service has ${mine.serviceAttachmentNames[0]}.`,
    ]);
  });

  test('without port mapping, each rule of a group has blocks', async () => {
    await succeeds('create us-east4 --provider gcp --no-port-mapping --wait');
    const { serviceAttachmentNames: targets } = await json('get us-east4');
    for (const [index, name] of ['a', 'b'].entries()) {
      const address = { name, addressType: 'INTERNAL', subnetwork: `${where(other)}/subnetworks/default` };
      await google('POST', 'addresses', address, other);
      const rule = { name, target: targets[index], IPAddress: `${where(other)}/addresses/${name}` };
      await google('POST', 'forwardingRules', rule, other);
    }
    await succeeds(
      `interface add us-east4 group --gcp-project ${other} --endpoint a@10.130.0.2,b@10.130.0.3,c@10.130.0.4`,
    );
    const source = await written();
    expect(ofType(source, 'google_compute_forwarding_rule').map(({ attributes }) => attributes.target)).toEqual(
      targets.slice(0, 2),
    );
    expect(comments(source)).toEqual([`# c could not be read: It is not in Google project ${other}.`]);
    const [attached] = ofType(source, 'mongodbatlas_privatelink_endpoint_service');
    expect([attached?.attributes.endpoint_service_id, attached?.blocks.length]).toEqual(['group', 3]);
  });
});

test('in two Azure subscriptions, each end has the provider of its own', async () => {
  const subscriptions = ['00000000-0000-4000-8000-00000000a71a', '11111111-0000-4000-8000-000000000001'];
  await own.restart({ azure: { subscriptions: subscriptions.slice(1) } });
  await succeeds(`connect eastus2 --provider azure --yes`);
  await succeeds(`connect westeurope --provider azure --subscription ${subscriptions[1]} --yes`);
  const source = await written();
  expect(comments(source)).toEqual([]);
  const aliases = subscriptions.map((each) => `subscription_${each.replaceAll('-', '_')}`);
  const settings = readHcl(source).blocks.flatMap(({ type, attributes }) =>
    type === 'provider' ? [attributes] : [],
  );
  expect(settings).toEqual(subscriptions.map((id, index) => ({ alias: aliases[index], subscription_id: id })));
  expect(
    ofType(source, 'azurerm_private_endpoint').map(({ attributes }) => [attributes.location, attributes.provider]),
  ).toEqual([
    ['eastus2', { reference: `azurerm.${aliases[0]}` }],
    ['westeurope', { reference: `azurerm.${aliases[1]}` }],
  ]);
});
