import { createHash } from 'node:crypto';
import { DeleteVpcEndpointsCommand } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import type { Provider } from '../../src/clouds/all.js';
import type { Fault } from '../../src/sandbox/faults.js';
import { besideAws } from '../helpers/aws.js';
import { besideAzure, endpointBody, group, subnetOf, subscription } from '../helpers/azure.js';
import { besideGoogle } from '../helpers/gcp.js';
import type { ownSandbox } from '../helpers/run-cli.js';
import { clouds, only, results, scenario } from '../helpers/scenario.js';
import { closed } from '../helpers/schema.js';

/* What connect and disconnect do alike on each cloud. The files of the clouds have what differs. */

type Own = ReturnType<typeof ownSandbox>;

// biome-ignore lint/suspicious/noExplicitAny: JSON of a command, of which the tests say what is in it.
type Any = any;

/** What the tests do beside the program, and what they expect, on one cloud. */
interface Side {
  /** The command lines of a plan for a service. */
  commands(id: string, service: Any): unknown[];
  /** The ids of the steps. */
  steps: readonly string[];
  /** What JSON says about the cloud after connect. `id`: of the interface endpoint. */
  row(id: string, made: Any): object;
  /** The id of the interface endpoint that connect creates for a service. */
  idOf(service: string): unknown;
  /** What was created beside it. */
  others(id: string): unknown[];
  /** The marks of an interface endpoint that connect has created together with the service. */
  marks(made: Any): Promise<[found: unknown, expected: unknown]>;
  /** Creates an interface endpoint for the service, as another program does. Returns its id. */
  foreign(service: Any): Promise<string>;
  /** How --adopt may spell it. */
  typed(id: string): string;
  /** Deletes an interface endpoint by hand. */
  remove(id: string): Promise<void>;
  /** The command line that deletes an interface endpoint of another program. */
  deletes(id: string): string;
  /** Adds a second network. Returns the options that choose each of both. */
  networks(): Promise<[string, string]>;
  /** A list that is read, and an answer with a next page that is itself. */
  list: string;
  endless(baseUrl: string): string;
  /** The action that --verbose shows for the create. */
  created: string;
  secrets: RegExp;
  expired: RegExp;
  /** A create that the cloud does not finish. */
  slow: Fault;
  stillCreating: RegExp;
  /** Options of a new interface endpoint, for which an existing one does not change. */
  options: string;
  foreignOption: [option: string, said: string];
  gone: RegExp;
}

const sha = createHash('sha256').update('atlas-pe-sandbox').digest('hex').slice(0, 8);
const azureEndpoint = (name: string) => `${group}/providers/Microsoft.Network/privateEndpoints/${name}`;
const googlePath = 'projects/atlas-pe-sandbox/regions/us-east4';

const sides: Record<Provider, (own: Own) => Side> = {
  AWS: (own) => {
    const { aws, sent, state } = besideAws(own);
    return {
      steps: ['service', 'security-group', 'vpc-endpoint', 'attachment', 'connection-strings'],
      commands: () => [
        expect.stringMatching(/^SG=\$\(aws ec2 create-security-group /),
        expect.stringMatching(/^aws ec2 authorize-security-group-ingress /),
        expect.stringMatching(/^aws ec2 create-vpc-endpoint /),
      ],
      row: (_, { cloud }) => ({
        account: '123456789012',
        principal: 'arn:aws:iam::123456789012:user/atlas-pe-sandbox',
        network: aws.vpc,
        subnets: expect.arrayContaining(aws.subnets),
        securityGroups: [cloud.created[0]],
      }),
      idOf: () => expect.stringMatching(/^vpce-\w{17}$/),
      others: () => [expect.stringMatching(/^sg-\w{17}$/)],
      marks: async ({ endpoint }) => {
        const { endpoints, groups } = await state();
        const tags = [
          { Key: 'atlas-pe:project', Value: endpoint.projectId },
          { Key: 'atlas-pe:service', Value: endpoint.id },
          { Key: 'atlas-pe:created-service', Value: 'true' },
        ];
        const Tags = expect.arrayContaining(tags);
        const IpRanges = [expect.objectContaining({ CidrIp: '10.0.0.0/16' })];
        const rule = { IpProtocol: 'tcp', FromPort: 1024, ToPort: 65_535, IpRanges };
        // The sandbox has no private DNS, so only the requests show it.
        const requested = sent('CreateVpcEndpoint').map((form) => form.get('PrivateDnsEnabled'));
        return [
          [...endpoints, ...groups, ...requested],
          [
            expect.objectContaining({ Tags }),
            expect.objectContaining({ Tags, IpPermissions: [expect.objectContaining(rule)] }),
            'false',
            'false',
          ],
        ];
      },
      foreign: ({ endpointServiceName }) => aws.createEndpoint(endpointServiceName, aws.vpc, aws.subnets),
      typed: (id) => id,
      remove: async (id) => void (await aws.ec2.send(new DeleteVpcEndpointsCommand({ VpcEndpointIds: [id] }))),
      deletes: (id) => `aws ec2 delete-vpc-endpoints --region us-east-1 --vpc-endpoint-ids ${id}`,
      networks: async () => {
        const second = await aws.createVpc('10.1.0.0/16');
        await aws.createSubnet(second, 'us-east-1a', '10.1.0.0/24');
        return [`--vpc ${aws.vpc}`, `--vpc ${second}`];
      },
      list: 'DescribeVpcs',
      endless: () =>
        '<DescribeVpcsResponse xmlns="http://ec2.amazonaws.com/doc/2016-11-15/"><vpcSet></vpcSet><nextToken>again</nextToken></DescribeVpcsResponse>',
      created: 'AWS us-east-1 ec2:CreateVpcEndpoint 200',
      secrets: /sandbox-secret/,
      expired: /RequestExpired.*\nHint: Renew/,
      slow: { action: 'CreateVpcEndpoint', fate: { kind: 'never-ready' } },
      stillCreating: /Timed out after 12s: vpce-\w+ is still pending/,
      options: '--from 10.0.1.0/24 --tag team=x',
      foreignOption: ['--gcp-project other-project-1', '--gcp-project is not an option for AWS.'],
      gone: /^error: not found in this AWS account/,
    };
  },
  AZURE: (own) => {
    const { arm, endpoints } = besideAzure(own);
    return {
      steps: ['service', 'private-endpoint', 'attachment', 'connection-strings'],
      commands: (id, { privateLinkServiceResourceId: target }) => [
        expect.stringMatching(
          new RegExp(
            `^az network private-endpoint create --name atlas-pe-${id} --resource-group atlas-pe-sandbox [^]*--location eastus2[^]*--private-connection-resource-id ${target}[^]*--manual-request true[^]*--tags team=web atlas-pe-project=`,
          ),
        ),
      ],
      row: () => ({
        account: subscription.split('/')[2],
        principal: 'sandbox',
        network: `${group}/providers/Microsoft.Network/virtualNetworks/default-eastus2`,
        subnets: [subnetOf('default-eastus2')],
        resourceGroup: 'atlas-pe-sandbox',
        ipAddress: '10.0.0.4',
      }),
      idOf: (service) => azureEndpoint(`atlas-pe-${service}`),
      others: () => [],
      marks: async ({ endpoint }) => {
        const [{ tags, properties }] = await endpoints();
        const [{ properties: connection }] = properties.manualPrivateLinkServiceConnections;
        const expected = {
          'atlas-pe-project': endpoint.projectId,
          'atlas-pe-service': endpoint.id,
          'atlas-pe-created-service': 'true',
        };
        return [
          [tags, connection.requestMessage],
          [expected, 'MongoDB Atlas'],
        ];
      },
      foreign: async ({ privateLinkServiceResourceId: target }) => {
        await arm('PUT', 'privateEndpoints/mine', endpointBody(target));
        return azureEndpoint('mine');
      },
      typed: (id) => id.toUpperCase().replace('MINE', 'mine'),
      remove: async (id) => void (await arm('DELETE', id)),
      deletes: (id) => `az network private-endpoint delete --ids ${id}`,
      networks: async () => {
        const networks = ['one', 'two'].map((name) => ({ name, region: 'eastus2' }));
        await own.restart({ azure: { networks } });
        return ['--vnet one', '--vnet two'];
      },
      list: 'Microsoft.Network/privateEndpoints/read',
      endless: (baseUrl) => {
        const nextLink = `${baseUrl}/azure${subscription}/providers/Microsoft.Network/privateEndpoints?page=2`;
        return JSON.stringify({ value: [], nextLink });
      },
      created: 'Azure Microsoft.Network/privateEndpoints/write 201',
      secrets: /Bearer/,
      expired: /may have expired\. .*\nHint: Sign in again: az login/,
      slow: { action: 'Microsoft.Network/privateEndpoints/write', fate: { kind: 'never-ready' } },
      stillCreating: /Timed out after 12s: Azure is still creating the private endpoint\./,
      options: '--tag team=web',
      foreignOption: ['--security-group sg-0123456789abcdef0', '--security-group is not an option for Azure'],
      gone: /^error: not found in this Azure subscription/,
    };
  },
  GCP: (own) => {
    const { google, there, createRule } = besideGoogle(own);
    return {
      steps: ['service', 'address', 'forwarding-rule', 'attachment', 'connection-strings'],
      commands: (id, { projectId, serviceAttachmentNames: [target] }) => {
        const mark = `--description 'Created by atlas-pe for Atlas service ${id}, project ${projectId}'`;
        const where = `--project atlas-pe-sandbox --region us-east4 ${mark}`;
        const name = `atlas-pe-${id}-${sha}`;
        return [
          `gcloud compute addresses create ${name} --subnet ${googlePath}/subnetworks/default ${where}`,
          `gcloud compute forwarding-rules create ${name} --network projects/atlas-pe-sandbox/global/networks/default --address ${name} --target-service-attachment ${target} --allow-psc-global-access ${where}`,
        ];
      },
      row: (_, { interfaceEndpoint }) => ({
        account: 'atlas-pe-sandbox',
        principal: 'the owner of GOOGLE_OAUTH_ACCESS_TOKEN',
        network: 'default',
        subnets: ['default'],
        ipAddress: interfaceEndpoint.endpoints[0].ipAddress,
        globalAccess: false,
      }),
      idOf: (service) => `atlas-pe-${service}-${sha}`,
      others: (id) => [`addresses/${id}`],
      marks: async ({ endpoint }) => {
        const description = `Created by atlas-pe for Atlas service ${endpoint.id}, project ${endpoint.projectId}, together with the service`;
        const { rules, addresses } = await there();
        const target = endpoint.serviceAttachmentNames[0];
        return [
          [...rules, ...addresses],
          [expect.objectContaining({ description, target }), expect.objectContaining({ description })],
        ];
      },
      foreign: async ({ serviceAttachmentNames: [target] }) => {
        await createRule('my-rule', target);
        return 'my-rule';
      },
      typed: (id) => id,
      remove: (id) => google('DELETE', `forwardingRules/${id}`),
      deletes: (id) => `gcloud compute forwarding-rules delete ${id} --region us-east4 --project atlas-pe-sandbox`,
      networks: async () => {
        await own.restart({ gcp: { networks: [{ name: 'one' }, { name: 'two' }] } });
        return ['--network one', '--subnet two'];
      },
      list: 'compute.forwardingRules.list',
      endless: () => '{"items": [], "nextPageToken": "again"}',
      created: 'GCP compute.forwardingRules.create 200',
      secrets: /Bearer/,
      expired: /^Error: GCP rejected the credentials, .*\nHint: Renew the token in GOOGLE_OAUTH_ACCESS_TOKEN/,
      slow: { action: 'compute.addresses.createInternal', fate: { kind: 'never-ready' } },
      stillCreating: /GCP has not finished compute\.addresses\.createInternal/,
      options: '--global-access',
      foreignOption: ['--tag a=b', '--tag is not an option for GCP'],
      gone: /^error: not found in this Google project/,
    };
  },
};

describe.each(['AWS', 'AZURE', 'GCP'] as const)('on %s', (provider) => {
  const { own, connect, create, disconnect, json, leaves, left, connected, refused, cloudChecks } =
    scenario(provider);
  const { region } = clouds[provider];
  const side = sides[provider](own);
  /** An interface endpoint of another program, and the service that it is for. */
  const withForeign = async () => {
    const service = await json(create);
    const id = await side.foreign(service);
    own.sandbox.clock.advance(60_000);
    return { id, service: service.id as string };
  };

  test('connect creates both sides with our marks, and when it is run again, nothing', async () => {
    const made = await json(connect);
    const id = made.interfaceEndpoint.id;
    expect(made.steps.map((step: { id: string; result: string }) => `${step.id} ${step.result}`)).toEqual(
      side.steps.map((step) => `${step} created`),
    );
    expect(id).toEqual(side.idOf(made.endpoint.id));
    expect(made.cloud).toEqual({
      provider,
      region,
      interfaceEndpointId: id,
      created: [...side.others(id), id],
      left: [],
      ...side.row(id, made),
    });
    expect(closed('#/$defs/Connection', made)).toEqual([]);
    expect(made.interfaceEndpoint.status).toBe('AVAILABLE');
    expect(made.connectionStrings).toMatchObject([{ endpoints: [{ id }] }]);
    const [found, marks] = await side.marks(made);
    expect(found).toEqual(marks);
    await leaves(1);

    const again = await json(`${connect} ${side.options}`);
    expect(results(again)).toEqual(Array(4).fill('done'));
    expect(again.cloud).toEqual({ ...made.cloud, created: [] });
    const ignored = side.options.match(/--[a-z-]+/g)?.join(', ');
    const said = `already exists, and atlas-pe does not change it. Ignored: ${ignored}.`;
    await own.ends(`${connect} ${side.options}`, 0, said);
    await leaves(1);
  });

  test('connect --dry-run creates nothing, and prints the command lines once the service is there', async () => {
    const plan = `${connect} ${side.options} --dry-run`;
    const before = await json(plan);
    expect([before.commands, before.cloud.created, before.costs.length]).toEqual([[], [], 2]);
    expect(results(before)).toEqual(side.steps.map(() => 'create'));
    expect(closed('#/$defs/ConnectPlan', before)).toEqual([]);
    await leaves(0);
    const service = await json(create);
    const after = await json(plan);
    expect(after.commands.map((line: string) => line.replaceAll(' \\\n  ', ' '))).toEqual(
      side.commands(service.id, service),
    );
    const [services, ...others] = await left();
    expect([services, new Set(others)]).toEqual([1, new Set([0])]);
  });

  test('an interface endpoint of another program is taken, and stays', async () => {
    const { id } = await withForeign();
    const made = await json(connect);
    expect(made.cloud).toMatchObject({ interfaceEndpointId: id, created: [] });
    expect(results(made)).toEqual(['adopted', 'adopted', 'created', 'created']);
    const stderr = await refused(disconnect, 5, `atlas-pe did not create ${id}`);
    expect(stderr).toContain(`${side.deletes(id)}\n`);
  });

  test('--adopt names an interface endpoint', async () => {
    const { id, service } = await withForeign();
    const { cloud, steps } = await json(`connect ${service} --adopt ${side.typed(id)} --yes`);
    expect([cloud.interfaceEndpointId, cloud.created, steps[1].result]).toEqual([id, [], 'adopted']);
  });

  test('after ours was deleted by hand, connect creates another one, as Atlas has refused the first', async () => {
    const { cloud } = await json(connect);
    await side.remove(cloud.interfaceEndpointId);
    own.sandbox.clock.advance(120_000);
    const again = await json(connect);
    expect(again.interfaceEndpoint.status).toBe('AVAILABLE');
    expect(again.interfaceEndpoint.id).not.toBe(cloud.interfaceEndpointId);
    expect(again.connectionStrings).toHaveLength(1);
    expect(results(await json(connect))).toEqual(Array(4).fill('done'));
  });

  test('a second network gets an interface endpoint of its own, and disconnect asks which one is meant', async () => {
    const [first, second] = await side.networks();
    const one = await json(`${connect} ${first}`);
    const other = await json(`${connect} ${second}`);
    expect(other.cloud.interfaceEndpointId).not.toBe(one.cloud.interfaceEndpointId);
    expect(other.cloud.network).not.toBe(one.cloud.network);
    for (const options of [first, second])
      expect(results(await json(`${connect} ${options}`)), options).toEqual(Array(4).fill('done'));
    await own.ends(disconnect, 2, 'There are 2 interface endpoints.');
    const gone = await json(`disconnect ${region} ${other.cloud.interfaceEndpointId} --yes`);
    expect(results(gone)).toContain('kept');
    await leaves(1);
  });

  test('a disconnect that ends before the Atlas service is gone leaves nothing when it is run again', async () => {
    await connected();
    own.faults = [
      { path: '*/endpointService/*', method: 'DELETE', nth: only(2), status: 403, code: 'USER_UNAUTHORIZED' },
    ];
    await own.ends(disconnect, 4);
    await json(disconnect);
    own.sandbox.clock.advance(60_000);
    await leaves(0);
  });

  test('two services in a region do not share anything', async () => {
    const one = await json(connect);
    await own.enableRegionalMode();
    const { id } = await json(create);
    const two = await json(`connect ${id} --yes`);
    expect(two.cloud.interfaceEndpointId).not.toBe(one.cloud.interfaceEndpointId);
    await leaves(2);
    // connect only adopted the second service.
    await own.succeeds(`disconnect ${id} --yes`);
    expect(await left()).toEqual([2, ...Array(side.steps.length - 2).fill(1)]);
    await own.succeeds(`disconnect ${one.endpoint.id} --yes`);
    expect(await left()).toEqual([1, ...Array(side.steps.length - 2).fill(0)]);
  });

  test('disconnect removes both sides', async () => {
    const { cloud } = await connected();
    const id = cloud.interfaceEndpointId;
    const gone = await json(disconnect);
    expect([gone.endpoint.status, gone.interfaceEndpointId]).toEqual(['DELETED', id]);
    expect(gone.cloud).toEqual({
      provider,
      account: cloud.account,
      principal: expect.any(String),
      regions: [region],
      deleted: [id, ...side.others(id)],
      left: [],
    });
    expect(results(gone)).toEqual(side.steps.slice(1).map(() => 'removed'));
    // What is gone has no status any more.
    for (const { detail } of gone.steps) expect(detail).toMatch(/^[\w-]+$/);
    await leaves(0);
  });

  test('a list whose next page is itself ends with an error', async () => {
    const faults = [{ action: side.list, status: 200, body: side.endless(own.sandbox.baseUrl) }];
    const before = own.sandbox.exchanges.length;
    const said = new RegExp(`^Error: The list of \\S*${side.list} does not end: no new page follows page 2\\.\n$`);
    await refused(connect, 1, said, { faults });
    expect(own.sandbox.exchanges.length - before).toBeLessThan(30);
  });

  test('--verbose shows the requests, and no credentials', async () => {
    const { stdout, stderr } = await own.atlas(`${connect} --verbose`);
    expect(stderr).toContain(side.created);
    expect(`${stdout}${stderr}`).not.toMatch(side.secrets);
  });

  test('credentials that have expired are refused, with what renews them', async () => {
    await refused(connect, 4, side.expired, { faults: [{ action: side.list, auth: 'expired-token' }] });
  });

  test('what the cloud does not finish takes no longer than --timeout', async () => {
    await json(create);
    own.faults = [side.slow];
    const started = own.sandbox.clock.now();
    const { stderr } = await own.ends(`${connect} --timeout 12s`, 8, side.stillCreating);
    expect(stderr).toContain(`Existing resources: Atlas service ${region}`);
    expect(own.sandbox.clock.now() - started).toBeLessThan(15_000);
  });

  test('options of another cloud are refused', async () => {
    const [option, said] = side.foreignOption;
    await refused(`${connect} ${option}`, 2, said);
  });

  test('doctor --cloud says that the interface endpoint is gone', async () => {
    const { cloud } = await connected();
    await side.remove(cloud.interfaceEndpointId);
    own.sandbox.clock.advance(120_000);
    expect((await cloudChecks())['cloud-endpoint']).toMatch(side.gone);
  });
});
