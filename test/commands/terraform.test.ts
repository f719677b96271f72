import { execFileSync, spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Endpoint, type InterfaceEndpoint, toEndpoint } from '../../src/atlas/model.js';
import type { Json } from '../../src/base/json.js';
import { privateEndpointResources, toPrivateEndpoint } from '../../src/clouds/azure/model.js';
import type { TerraformResource } from '../../src/clouds/facts.js';
import { type Described, terraformOf } from '../../src/connections/terraform.js';
import { isComplete } from '../helpers/complete.js';
import { type HclBlock, readHcl } from '../helpers/hcl.js';

/* In `--output terraform`, every text is data. Terraform never reads it as code. */

const id = (digit: number) => String(digit).repeat(24);

const service = (more: Record<string, Json> = {}): Endpoint =>
  Object.assign(toEndpoint(id(1), 'AWS', { id: id(2), regionName: 'US_EAST_1', status: 'AVAILABLE' }), more);

const attached = (more: Record<string, Json> = {}): InterfaceEndpoint => ({
  id: `vpce-${'a'.repeat(17)}`,
  projectId: id(1),
  endpointId: id(2),
  provider: 'AWS',
  region: 'us-east-1',
  atlasRegion: 'US_EAST_1',
  status: 'AVAILABLE',
  errorMessage: null,
  ...more,
});

/** Sequences that could break an HCL parser, and all code points. */
const unit = fc.oneof(
  fc.constantFrom(
    ...'${ %{ $${ %%{ \\u // /* var.x EOT file("/etc/passwd")'.split(' '),
    ...'$%{}~"\'\\\n\r\t\b\f#üİ',
    ...'\0\x1b\x7f\x85\x9b\xad\u200b\u200d\u202e\u2028\u2029\ufeff\ufff9\ufffe\u3164\u{e0041}\u{e0100}\u{1f469}',
    '\u0301',
    '\r\n',
    '\ud800',
    '\udc00',
  ),
  fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }),
);
const anyText = fc.string({ unit, maxLength: 12 });

/** How Terraform changes a string: lone surrogates become U+FFFD, and characters are composed (NFC). */
const asTerraform = (text: string) => Buffer.from(text).toString().normalize('NFC');
/**
 * Terraform composes U+E0041 with U+0301 as if it were an A, because it looks only at the last 16 bits of a character.
 */
const isMistakenByTerraform = (text: string) => /[\u{10000}-\u{10ffff}]\p{M}/u.test(text);
/** The same for a parser that doesn't normalize. */
const asHcl = (text: string) => Buffer.from(text).toString();

const anything: fc.Arbitrary<Described> = fc
  .record({
    serviceId: fc.stringMatching(/^[0-9a-f]{24}$/),
    region: anyText,
    // Dashes separate the parts of an import id.
    atlasRegion: anyText.map((text) => text.replaceAll('-', '_')),
    remote: fc.array(anyText, { maxLength: 3 }),
    interfaceId: anyText.map((text) => text.replaceAll('-', '_')),
    ip: anyText,
    gcpProjectId: anyText,
    rules: fc.array(fc.record({ endpointName: anyText, ipAddress: anyText }), { maxLength: 3 }),
    refused: fc.option(anyText, { nil: null }),
    refusedId: anyText,
  })
  .map(({ serviceId, region, atlasRegion, remote, interfaceId, ip, gcpProjectId, rules, refused, refusedId }) => {
    const own = { endpointId: serviceId };
    return {
      endpoint: service({ id: serviceId, region, atlasRegion, supportedRemoteRegions: remote }),
      interfaces: [
        attached({ ...own, id: interfaceId, privateEndpointIPAddress: ip, gcpProjectId, endpoints: rules }),
        attached({ ...own, id: refusedId, status: 'FAILED', errorMessage: refused }),
      ],
    };
  });
const several = (maxLength: number) =>
  fc.uniqueArray(anything, { selector: ({ endpoint }) => endpoint.id, maxLength });

function resources(root: HclBlock): HclBlock[] {
  return root.blocks.filter(({ type }) => type === 'resource');
}

test('each text is parsed back unchanged, by the rules of HCL', () => {
  fc.assert(
    fc.property(several(3), (all) => {
      const root = readHcl(terraformOf(all));
      expect([root.attributes, root.blocks.length]).toEqual([{}, 4 * all.length]);
      const names = resources(root).map(({ labels }) => labels.join('.'));
      expect(new Set(names).size).toBe(names.length);
      for (const name of names)
        expect(name).toMatch(/^mongodbatlas_privatelink_endpoint(_service)?\.[a-z][a-z0-9_]*$/);
      for (const [index, { endpoint, interfaces }] of all.entries()) {
        const [toService, ours, toInterface, theirs] = root.blocks.slice(4 * index);
        expect(toService?.attributes).toEqual({
          to: { reference: ours?.labels.join('.') },
          id: asHcl(`${id(1)}-${endpoint.id}-AWS-${endpoint.atlasRegion}`),
        });
        const remote = (endpoint.supportedRemoteRegions as string[]).map((each) =>
          asHcl(each.toUpperCase().replaceAll('-', '_')),
        );
        expect(ours?.attributes).toEqual({
          project_id: id(1),
          provider_name: 'AWS',
          region: asHcl(endpoint.atlasRegion),
          ...(remote.length > 0 && { supported_remote_regions: remote }),
        });
        const [{ id: interfaceId, gcpProjectId, privateEndpointIPAddress } = attached()] = interfaces;
        const reference = (attribute: string) => ({ reference: `${ours?.labels.join('.')}.${attribute}` });
        expect(toInterface?.attributes.id).toBe(asHcl(`${id(1)}--${endpoint.id}--${interfaceId}--AWS`));
        expect(theirs?.attributes).toEqual({
          project_id: id(1),
          private_link_id: reference('private_link_id'),
          endpoint_service_id: asHcl(interfaceId),
          provider_name: 'AWS',
          private_endpoint_ip_address: asHcl(String(privateEndpointIPAddress)),
          gcp_project_id: asHcl(String(gcpProjectId)),
        });
      }
    }),
  );
});

describe("the user's end", () => {
  const vpce = `vpce-${'a'.repeat(17)}`;
  const ready = () => service({ endpointServiceName: 'com.amazonaws.vpce.us-east-1.vpce-svc-1' });
  const end = (text: string): TerraformResource[] => [
    {
      type: 'aws_security_group',
      id: 'sg-1',
      importId: `sg-1@${text}`,
      values: {
        name: text,
        tags: { [text]: text, x: vpce },
        ingress: [{ description: text, from_port: 0, self: true, ipv6_cidr_blocks: [text] }],
      },
    },
    {
      type: 'aws_vpc_endpoint',
      id: vpce,
      atlasId: vpce,
      importId: `${vpce}@us-east-1`,
      values: {
        service_name: 'com.amazonaws.vpce.us-east-1.vpce-svc-1',
        service_region: undefined,
        subnet_ids: [text],
        security_group_ids: ['sg-1', text],
        tags: {},
      },
    },
  ];
  const parsed = (all: readonly Described[]) => resources(readHcl(terraformOf(all)));

  test('has blocks before what refers to them, and each text is parsed back unchanged', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const ends = new Map([[vpce, end(text)]]);
        const [, group, endpoint, ours] = parsed([{ endpoint: ready(), interfaces: [attached()], ends }]);
        const read = asHcl(text);
        expect(group?.attributes).toEqual({ name: read, tags: { object: { [read]: read, x: vpce } } });
        expect(group?.blocks.map(({ attributes }) => attributes)).toEqual([
          { description: read, from_port: 0, self: true, ipv6_cidr_blocks: [read] },
        ]);
        expect(endpoint?.attributes).toEqual({
          service_name: { reference: 'mongodbatlas_privatelink_endpoint.us_east_1.endpoint_service_name' },
          subnet_ids: [read],
          security_group_ids: [{ reference: 'aws_security_group.us_east_1_sg_1.id' }, read],
        });
        expect(ours?.attributes.endpoint_service_id).toEqual({
          reference: `aws_vpc_endpoint.us_east_1_vpce_${'a'.repeat(17)}.id`,
        });
      }),
    );
  });

  const subscriptions = ['1', '2'].map((digit) => `${digit.repeat(8)}-0000-4000-8000-${digit.repeat(12)}`);
  const inAzure = (subscription: string, name: string) =>
    `/subscriptions/${subscription}/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/${name}`;
  const azureEnd = (id: string, more: object = {}, properties: object = {}) => {
    const connection = { name: 'c', properties: { privateLinkServiceId: 'pls', requestMessage: 'm' } };
    const all = { manualPrivateLinkServiceConnections: [connection], ...properties };
    return privateEndpointResources(toPrivateEndpoint({ id, location: 'East US 2', ...more, properties: all }));
  };
  const azureService = (privateLinkServiceResourceId: string | null) =>
    Object.assign(service(), { provider: 'AZURE', region: 'eastus2', privateLinkServiceResourceId });
  const azureAttached = (id: string) => attached({ id, provider: 'AZURE', region: 'eastus2' });

  test('on Azure has each text as it is', () => {
    fc.assert(
      fc.property(anyText.filter(Boolean), (text) => {
        const id = inAzure(subscriptions[0] ?? '', text.replaceAll('/', '_'));
        const connection = { name: text, properties: { privateLinkServiceId: text, requestMessage: text } };
        const ip = { name: text, properties: { privateIPAddress: text, groupId: text, memberName: text } };
        const end = azureEnd(
          id,
          { tags: { [text]: text, x: [{ [text]: text }] } },
          {
            subnet: { id: text },
            customNetworkInterfaceName: text,
            manualPrivateLinkServiceConnections: [connection],
            ipConfigurations: [ip],
          },
        );
        const all = [
          { endpoint: azureService(null), interfaces: [azureAttached(id)], ends: new Map([[id, [end].flat()]]) },
        ];
        const root = readHcl(terraformOf(all));
        expect(root.blocks).toHaveLength(7);
        const [, found] = resources(root);
        const read = asHcl(text);
        const { tags, ...attributes } = found?.attributes ?? {};
        expect([attributes, tags]).toMatchObject([
          {
            name: asHcl(id).split('/').at(-1),
            subnet_id: read,
            custom_network_interface_name: read,
            location: 'eastus2',
          },
          { object: { [read]: read } },
        ]);
        expect(found?.blocks.map((each) => each.attributes)).toEqual([
          { name: read, private_ip_address: read, subresource_name: read, member_name: read },
          { name: read, private_connection_resource_id: read, is_manual_connection: true, request_message: read },
        ]);
      }),
    );
  });

  test('has no key that is not the name of an attribute', () => {
    const id = inAzure(subscriptions[0] ?? '', 'mine');
    const end = [azureEnd(id, { tags: [{ 'x = file("/etc/passwd")\n y': 'z', 'a\n}\nb': 'z' }] })].flat();
    const all = [{ endpoint: azureService('pls'), interfaces: [azureAttached(id)], ends: new Map([[id, end]]) }];
    expect(readHcl(terraformOf(all)).blocks).toHaveLength(7);
    expect(terraformOf(all)).not.toContain('passwd');
  });

  test('on Azure is a comment if it has no request message, which the provider requires', () => {
    const id = inAzure(subscriptions[0] ?? '', 'mine');
    const connection = { name: 'c', properties: { privateLinkServiceId: 'pls' } };
    expect(azureEnd(id, {}, { manualPrivateLinkServiceConnections: [connection] })).toMatch(/no request message/);
  });

  test('whose id has another case at Atlas has no reference, which would change the id', () => {
    const id = inAzure(subscriptions[0] ?? '', 'mine');
    const ends = new Map([[id.toUpperCase(), [azureEnd(id)].flat()]]);
    const endpoint = azureService('pls');
    const [, , ours] = parsed([{ endpoint, interfaces: [azureAttached(id.toUpperCase())], ends }]);
    expect(ours?.attributes.endpoint_service_id).toBe(id.toUpperCase());
  });

  test('has one block for a security group of two endpoints', () => {
    const other = `vpce-${'b'.repeat(17)}`;
    const [group] = end('');
    const ends = new Map([vpce, other].map((id) => [id, group ? [group] : []]));
    const types = parsed([{ endpoint: ready(), interfaces: [attached(), attached({ id: other })], ends }]);
    expect(types.filter(({ labels }) => labels[0] === 'aws_security_group')).toHaveLength(1);
  });

  test('is a comment where it could not be read', () => {
    const ends = new Map([[vpce, [`${vpce} could not be read: No AWS credentials\n}`]]]);
    const source = terraformOf([{ endpoint: ready(), interfaces: [attached()], ends }]);
    expect(source).toContain(`\n# ${vpce} could not be read: No AWS credentials }\n`);
    expect(source).not.toContain('hashicorp/aws');
    expect(resources(readHcl(source)).map(({ labels }) => labels[0])).toEqual([
      'mongodbatlas_privatelink_endpoint',
      'mongodbatlas_privatelink_endpoint_service',
    ]);
  });
});

test('regional mode comes first, and its endpoints depend on it', () => {
  const [mode, endpoint] = resources(readHcl(terraformOf([{ endpoint: service(), interfaces: [] }], [id(1)])));
  expect([mode?.labels, mode?.attributes]).toEqual([
    ['mongodbatlas_private_endpoint_regional_mode', 'regional_mode'],
    { project_id: id(1), enabled: true },
  ]);
  expect(endpoint?.attributes.depends_on).toEqual([
    { reference: 'mongodbatlas_private_endpoint_regional_mode.regional_mode' },
  ]);
});

const hasTerraform = spawnSync('terraform', ['version']).status === 0;

test('Terraform is installed in CI', () => {
  if (isComplete) expect(hasTerraform, 'terraform must be installed').toBe(true);
});

describe.skipIf(!hasTerraform)('Terraform itself (skipped if it is not installed)', () => {
  const terraform = (args: readonly string[], input: string) =>
    execFileSync('terraform', args, {
      input,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, CHECKPOINT_DISABLE: '1' },
      stdio: ['pipe', 'pipe', 'inherit'],
      maxBuffer: 1e8,
    });

  test('parses each text back unchanged', () => {
    const begins = ['{var.db_password}', '{ if true }x%{ endif }', '{', '%{', '"', ''];
    const texts = [
      ...['$', '$$', '$$$', '%', '%%', '\\$'].flatMap((sign) => begins.map((begin) => `${sign}${begin}`)),
      ...fc
        .sample(anyText, 200)
        .filter((text) => !isMistakenByTerraform(text))
        .map((text) => text.replaceAll('-', '_')),
    ];
    const literals = texts.map((text) => {
      const source = terraformOf([{ endpoint: service({ atlasRegion: text }), interfaces: [] }]);
      return `base64encode(${/^ {2}region += (.+)$/m.exec(source)?.[1] ?? ''})`;
    });
    // All on one line, because the console prints only the last value.
    const [printed = ''] = terraform(['console'], `join(" ", [${literals.join(', ')}])\n`).split('\n');
    const read = printed.slice(1, -1).split(' ');
    expect(read).toHaveLength(texts.length);
    for (const [index, text] of texts.entries()) {
      expect(Buffer.from(read[index] ?? '', 'base64').toString()).toBe(asTerraform(text));
    }
  });

  test('accepts the output as well formatted', () => {
    const source = asHcl(terraformOf(fc.sample(anything, 50)));
    expect(terraform(['fmt', '-'], source)).toBe(source);
  });
});

describe("resources that Terraform can't import are omitted, with a comment", () => {
  const vpce = `vpce-${'a'.repeat(17)}`;

  test.each<[what: string, described: Described, said: string, kept: number]>([
    [
      'an endpoint that failed',
      { endpoint: service({ status: 'FAILED', errorMessage: 'No capacity' }), interfaces: [] },
      `# us-east-1 ${id(2)} is left out, because Terraform cannot import the endpoint: it is FAILED with the error "No capacity".`,
      0,
    ],
    [
      'an endpoint that failed for no reason, with what is attached to it',
      { endpoint: service({ status: 'FAILED' }), interfaces: [attached()] },
      `# us-east-1 ${id(2)} and its interface endpoints are left out, because Terraform cannot import the endpoint: it is FAILED.`,
      0,
    ],
    [
      'an interface endpoint that was rejected',
      { endpoint: service(), interfaces: [attached({ status: 'REJECTED' })] },
      `# ${vpce} of us-east-1 ${id(2)} is left out, because Terraform cannot import it: it is REJECTED.`,
      1,
    ],
    [
      'an interface endpoint whose name ends a part of its import id',
      { endpoint: service(), interfaces: [attached({ id: 'my--group' })] },
      `# my--group of us-east-1 ${id(2)} is left out, because Terraform cannot import it: its region or id contains dashes, which separate the parts of an import id.`,
      1,
    ],
  ])('%s', (_, described, said, kept) => {
    const source = terraformOf([described]);
    expect(source.split('\n')).toContain(said);
    expect(resources(readHcl(source))).toHaveLength(kept);
  });

  test('no text can end the comment', () => {
    for (const end of ['\n', '\r', '\r\n', '\v', '\f', '\x85', '\u2028', '\u2029']) {
      const errorMessage = `x${end}resource "null_resource" "y" {}`;
      const source = terraformOf([{ endpoint: service({ region: `r${end}r`, errorMessage }), interfaces: [] }]);
      expect(source).toMatch(/^(?:(?:# [^\n\r\v\f\x85\u2028\u2029]+)?\n)+$/);
      expect(readHcl(source).blocks).toEqual([]);
    }
  });
});
