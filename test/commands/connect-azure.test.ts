import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { besideAzure, endpointBody, group, subnetOf, subscription } from '../helpers/azure.js';
import { only, scenario } from '../helpers/scenario.js';

const { own, json, leaves, left, connected, refused, cloudChecks, connect, create, disconnect } = scenario('AZURE');
const { arm, endpoints } = besideAzure(own);

const network = 'Microsoft.Network';
const endpointId = (name: string) => `${group}/providers/${network}/privateEndpoints/${name}`;
const two = [
  { name: 'one', region: 'eastus2' },
  { name: 'two', region: 'westus' },
];

/** A private endpoint that another program has created for a new service. */
async function foreign(name = 'mine') {
  const { id, privateLinkServiceResourceId: target } = await json(create);
  await arm('PUT', `privateEndpoints/${name}`, endpointBody(target));
  own.sandbox.clock.advance(60_000);
  return { id: endpointId(name), service: id as string, target: target as string };
}

test('a private endpoint that is rejected at once is named, with the command that deletes it', async () => {
  const { privateLinkServiceResourceId } = await json(create);
  const privateLinkServiceConnectionState = { status: 'Rejected' };
  const connection = {
    name: 'c',
    properties: { privateLinkServiceId: privateLinkServiceResourceId, privateLinkServiceConnectionState },
  };
  const { stderr } = await own.ends(connect, 6, /atlas-pe-\w+ is Rejected, so it can never connect\./, '', {
    onStart: () =>
      own.sandbox.onRequest(({ method, url = '' }) => {
        const [id = ''] = url.replace(/^\/azure/, '').split('?');
        if (method !== 'PUT') return;
        const properties = {
          provisioningState: 'Succeeded',
          subnet: { id: subnetOf('default-eastus2') },
          manualPrivateLinkServiceConnections: [connection],
        };
        const body = JSON.stringify({ id, name: id.split('/').at(-1), location: 'eastus2', properties });
        own.faults = [{ method: 'GET', path: '*/privateEndpoints/*', status: 200, body }];
      }),
  });
  own.faults = [];
  expect(stderr).toMatch(/atlas-pe disconnect \w{24} \S+ --keep-service/);
});

describe('the last part of a resource id', () => {
  test('names the private endpoint, in any case', async () => {
    const { id, service } = await foreign('My_Own.1');
    await json(`connect ${service} --yes`);
    expect(await json('interface get my_own.1')).toMatchObject({ id });
    expect(await json(`interface get ${service} My_Own.1`)).toMatchObject({ id });
    expect(await json('connection-strings --endpoint My_Own.1')).toMatchObject([{ endpoints: [{ id }] }]);
    const checks = await own.atlas('doctor My_Own.1 --no-network --json --query categories[].checks[].subject');
    expect(checks.stdout).toContain(id);
    await own.ends('disconnect My_Own.1 --yes', 5, `atlas-pe did not create ${id}`);
    await own.ends('interface get other', 3, "No interface endpoint 'other' found");
    expect(await json('interface remove My_Own.1 --yes')).toMatchObject({ id, status: 'DELETING' });
  });

  test('of two, is not enough', async () => {
    const { service, target } = await foreign();
    const other = `/subscriptions/${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}/resourceGroups/g/providers/${network}`;
    for (const id of [endpointId('mine'), `${other}/privateEndpoints/mine`])
      await json(`interface add ${service} ${id} --ip 10.0.0.9`);
    expect(target).not.toBe('');
    await own.ends('interface remove mine --yes', 2, 'There are 2 interface endpoints.');
    await own.ends('disconnect eastus2 mine --yes', 2, 'There are 2 interface endpoints.');
    // Their service is the same, so it is checked once.
    const { stdout } = await own.atlas('doctor mine --no-network --json --query categories[].checks[].id');
    expect(stdout.match(/(?:service|interface)-status/g)).toEqual([
      'service-status',
      'interface-status',
      'interface-status',
    ]);
  });
});

describe('connect', () => {
  test('the plan says that Azure bills the transfer between two regions, but not within one', async () => {
    await own.restart({ azure: { networks: two } });
    const costsOf = async (vnet: string) => (await json(`${connect} --vnet ${vnet} --dry-run`)).costs.join('\n');
    expect(await costsOf('two')).toContain('Azure: data transfer between the two regions per GB');
    expect(await costsOf('one')).not.toContain('transfer');
  });

  test.each([
    ['its id in another case', `--subnet ${subnetOf('two').toUpperCase()}`],
    ['names', '--vnet two --subnet default'],
    ['names with the resource group', '--vnet two --subnet DEFAULT --resource-group atlas-pe-sandbox'],
    ['the VNet alone', '--vnet two'],
  ])('takes the subnet by %s, in the region of its VNet', async (_, options) => {
    await own.restart({ azure: { networks: two } });
    const { cloud } = await json(`${connect} ${options} --tag team=data`);
    expect(cloud).toMatchObject({ region: 'westus', subnets: [subnetOf('two')] });
    const [{ location, tags }] = await endpoints();
    expect([location, tags.team]).toEqual(['westus', 'data']);
  });

  test('takes a resource group with letters of any language', async () => {
    await own.restart({ azure: { networks: [{ name: 'hub', region: 'eastus2', group: 'Größe-日本' }] } });
    const subnet = `${subscription}/resourceGroups/Größe-日本/providers/${network}/virtualNetworks/hub/subnets/default`;
    for (const more of [`--subnet ${subnet}`, '--resource-group Größe-日本']) {
      const { cloud } = await json(`${connect} ${more}`);
      expect(cloud.interfaceEndpointId).toContain('/resourceGroups/Größe-日本/');
      expect((await json(`interface get ${cloud.interfaceEndpointId}`)).status).toBe('AVAILABLE');
      await json(disconnect);
      await leaves(0);
    }
  });

  test('needs no permission to read operations, nor does disconnect', async () => {
    await own.restart({ azure: { without: [`${network}/locations/operations/read`] } });
    expect((await own.atlas(connect)).stderr).not.toContain('Warning');
    await leaves(1);
    await json(disconnect);
    await leaves(0);
  });

  test('creates the private endpoint in another resource group than that of the subnet', async () => {
    await own.restart({ azure: { networks: [{ name: 'hub', region: 'eastus2', group: 'hubs' }] } });
    const subnet = `${subscription}/resourceGroups/hubs/providers/${network}/virtualNetworks/hub/subnets/default`;
    await json(`${connect} --subnet ${subnet} --resource-group atlas-pe-sandbox`);
    expect((await endpoints()).map(({ id }) => id)).toEqual([expect.stringContaining(endpointId('atlas-pe-'))]);
  });

  test('one of another program that was rejected stays, and the note has the line that deletes it', async () => {
    const { id, service } = await foreign();
    own.faults = [{ path: '*/endpoint', method: 'POST', nth: only(1), fate: { kind: 'failed', reason: 'No' } }];
    await own.ends(`connect ${service} --yes`, 6, /mine was not deleted\./);
    const { stderr } = await own.succeeds(`connect ${service} --yes`);
    const note = `mine is Rejected, and FAILED in Atlas, so it can never connect. atlas-pe does not use or delete it.`;
    const line = `az network private-endpoint delete --ids ${id}`;
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(`${note} To delete it: ${line}`);
    expect(await left()).toEqual([1, 2, 2]);
  });

  test('does not touch one of another program that got the name in the meantime', async () => {
    const { service, target } = await foreign();
    await arm('DELETE', 'privateEndpoints/mine');
    own.sandbox.clock.advance(600_000);
    const name = `privateEndpoints/atlas-pe-${service}`;
    let taking: Promise<unknown> | undefined;
    await own.ends(connect, 5, 'atlas-pe did not create it for this service.', '', {
      onStart: () =>
        own.sandbox.onRequest(({ method, url }) => {
          // The last request before the private endpoint is looked for by its name.
          if (method === 'POST' && url?.includes('/validate')) taking = arm('PUT', name, endpointBody(target));
        }),
    });
    await taking;
    expect((await endpoints())[0].tags).toEqual({ app: 'web' });
  });
});

describe('what can be known before, stops before anything is created', () => {
  const without = (action: string) => ({ without: [action] });
  const within = (subnet: object) => ({
    networks: [{ name: 'one', region: 'eastus2', subnets: [{ name: 'a', ...subnet }] }],
  });

  const endpointsOf = `${network}/privateEndpoints`;
  const networksOf = `${network}/virtualNetworks`;

  test.each<[azure: object, exit: number, said: RegExp]>([
    [{ policy: 'no-endpoints' }, 4, /Azure policy does not allow .*privateEndpoints\/write: no-endpoints \(/],
    [{ registered: false }, 4, /not registered .*Microsoft\.Network.*\nHint: .*az provider register/],
    [{ lock: 'ReadOnly' }, 5, /A lock in Azure does not allow/],
    [without(`${networksOf}/subnets/join/action`), 4, /subnets\/join\/action in default/],
    [without(`${endpointsOf}/write`), 4, /privateEndpoints\/write in atlas-pe-sandbox/],
    [without(`${network}/networkInterfaces/read`), 4, /networkInterfaces\/read in atlas-pe-sandbox/],
    [without(`${endpointsOf}/read`), 4, /^Error: Azure denied Microsoft\.Network\/privateEndpoints\/r/],
    [without(`${networksOf}/read`), 4, /Azure denied Microsoft\.Network\/virtualNetworks\/read/],
    [within({ delegation: 'Microsoft.Web/serverFarms' }), 2, /Subnet \S+\/one\/a \S+ is delegated to Microsoft/],
    [within({ name: 'GatewaySubnet' }), 2, /GatewaySubnet \S+ is reserved/],
    [{ networks: [{ name: 'one', region: 'westus' }] }, 3, /There is no subnet in eastus2/],
    [{ networks: [...two, { name: 'three', region: 'eastus2' }] }, 2, /2 usable subnets .*\nHint: .*three\/default/],
  ])('%j', async (azure, exit, said) => {
    await own.restart({ azure });
    const stderr = await refused(connect, exit, said);
    expect(stderr.match(/^Error: /gm)).toHaveLength(1);
  });

  const other = '00000000-0000-0000-0000-000000000000';

  test.each<[options: string, exit: number, said: RegExp]>([
    ['--vnet nope', 3, /no virtual network nope .*\nHint: Existing virtual networks: (?:\S+, ){4}\S+ and 50 more\n$/],
    [`--subscription ${other}`, 3, /SubscriptionNotFound/],
    [`--adopt ${endpointId('nope')}`, 3, /There is no private endpoint \S+ in this Azure subscription/],
    ['--subnet a,b', 2, /in one subnet/],
    ['--subnet /nope', 2, /not a valid resource id of a subnet/],
    ['--subscription nope', 2, /not a valid subscription id/],
    ['--resource-group g', 3, /no resource group g .*\nHint: Existing resource groups: atlas-pe-sandbox\n$/],
    ['--tag microsoft=1', 2, /A tag cannot start with microsoft/],
    ['--adopt vpce-0123456789abcdef0', 2, /not a valid resource id/],
    [`--adopt ${endpointId('a')} --vnet v`, 2, /cannot be combined with --vnet\./],
    [`--subnet ${subnetOf('a')} --subscription ${other}`, 2, /The id is of subscription/],
  ])('%s', async (options, exit, said) => {
    if (options.startsWith('--adopt /') && exit === 3) await json(create);
    await refused(`${connect} ${options}`, exit, said);
  });

  test('a full subnet, once there is a service', async () => {
    await own.restart({ azure: within({ full: true }) });
    await json(create);
    await refused(connect, 2, /SubnetIsFull.*\nHint: Choose another subnet with --subnet\.\n$/);
  });

  test.each(['Microsoft.Authorization/permissions/read', 'Microsoft.Resources/deployments/validate/action'])(
    'without %s it says that it could not check, and goes on',
    async (action) => {
      await own.restart({ azure: without(action) });
      await own.ends(connect, 0, /^Warning: .*could not be checked first/);
    },
  );

  describe('the check of a private endpoint', () => {
    const validate = 'Microsoft.Resources/deployments/validate/action';
    const notChecked = /^Warning: The private endpoint could not be checked first\./;
    const invalid = JSON.stringify({ error: { code: 'InvalidSubnetId', message: 'The subnet is not valid.' } });
    const later = (...faults: Fault[]) => {
      const headers = { Location: `${own.sandbox.baseUrl}/azure/checks/1`, 'Retry-After': '5' };
      own.faults = [{ action: validate, status: 202, body: '', headers }, ...faults];
    };
    const result = (fault: Fault): Fault => ({ method: 'GET', path: '/azure/checks/1', ...fault });

    test.each<[string, Fault, string | RegExp, number]>([
      ['is valid', { status: 200, body: '{}' }, /^Plan/, 0],
      ['is not valid', { status: 200, body: invalid }, 'The subnet is not valid', 2],
      ['never comes', { status: 202, body: '' }, notChecked, 0],
    ])('is followed to its end: the answer that comes later %s', async (_, end, said, exitCode) => {
      await json(`${create} --wait`);
      later(result({ status: 202, body: '', nth: only(1) }), result(end));
      await own.ends(connect, exitCode, said);
    });

    test.each<Fault>([
      { status: 202, body: '', headers: {} },
      { status: 202, body: '', headers: { Location: 'https://elsewhere.example/1' } },
      { status: 400, code: 'InvalidRequestContent' },
      { status: 400, code: 'NoRegisteredProviderFound' },
    ])('counts as not made, and never blocks, if its answer is %j', async (fault) => {
      await json(`${create} --wait`);
      own.faults = [{ action: validate, ...fault }];
      await own.ends(connect, 0, notChecked);
    });
  });

  test('an operation whose link leads to another host is seen by the state of the private endpoint', async () => {
    const seen: string[] = [];
    own.sandbox.server.prependListener('request', ({ url = '' }) => void seen.push(url));
    const headers = { 'Azure-AsyncOperation': 'https://elsewhere.example/operations/1' };
    own.faults = [{ action: `${network}/privateEndpoints/write`, headers }];
    await own.succeeds(connect);
    await leaves(1);
    expect(seen.filter((url) => url.includes('/operations/'))).toEqual([]);
  });

  test('the first look at an operation waits as Azure asks', async () => {
    await own.change({ readyAfter: 60_000 });
    await own.succeeds(connect);
    const [put, first] = own.sandbox.exchanges.filter(
      ({ method, url }) => (method === 'PUT' && url.includes('/privateEndpoints/')) || url.includes('/operations/'),
    );
    expect((first?.at ?? 0) - (put?.at ?? 0)).toBe(1000 * Number(put?.headers['retry-after']));
  });
});

const put = { action: `${network}/privateEndpoints/write`, nth: only(1, 9) };
test.each<[string, Fault]>([
  ['a PUT during another operation', { ...put, status: 429, code: 'AnotherOperationInProgress' }],
  ['a PUT that may be sent again', { ...put, status: 409, code: 'RetryableError' }],
  [
    'an operation that fails with an error that passes',
    { ...put, nth: only(1), fate: { kind: 'failed', reason: 'RetryableError: try again' } },
  ],
])('what passes: %s', async (_, fault) => {
  own.faults = [fault];
  await own.succeeds(connect);
  await leaves(1);
});

test('a time-out has what Azure answered until then', async () => {
  own.faults = [{ action: `${network}/privateEndpoints/write`, status: 429 }];
  const said = /Timed out after 1m: .*privateEndpoints\/write.* \(TooManyRequests\)\.\nHint: Existing resources: /;
  await own.ends(`${connect} --timeout 1m`, 8, said);
});

test('a tag that the private endpoint has already is not said to be ignored', async () => {
  await json(`${connect} --tag team=data`);
  expect((await own.atlas(`${connect} --tag team=data`)).stderr).not.toContain('Ignored');
});

test('a hint names the subscription that the id of the subnet has shown', async () => {
  await connected();
  const { endpoint } = await json(connect);
  const id = (await endpoints())[0].id;
  await json(`interface remove ${endpoint.id} ${id} --yes --wait`);
  await json(`delete ${endpoint.id} --yes --wait`);
  const { notes } = await json(`${connect.replace(' --yes', '')} --subnet ${subnetOf('default-eastus2')} --dry-run`);
  expect(JSON.stringify(notes)).toMatch(`--region eastus2 --subscription ${subscription.split('/')[2]}`);
});

test('an access token with a line break is refused with one sentence', async () => {
  const env = {
    ...own.sandbox.env,
    AZURE_ACCESS_TOKEN: 'a\nb',
    AZURE_RESOURCE_MANAGER_ENDPOINT: `${own.sandbox.baseUrl}/azure`,
  };
  await own.ends(connect, 4, /^Error: The access token for Azure contains a line break/, '', { env });
});

describe('disconnect', () => {
  test('removes both sides, also if Azure spells the ids in another case', async () => {
    await connected();
    const [{ id }] = await endpoints();
    const { cloud, interfaceEndpointId } = await json(
      `disconnect eastus2 ${id.replace('resourceGroups', 'resourcegroups')} --yes`,
    );
    expect([cloud.deleted, interfaceEndpointId]).toEqual([[id], id]);
    await leaves(0);
  });

  test('needs the permission to delete before it removes anything', async () => {
    await connected();
    await own.change({ azure: { without: [`${network}/privateEndpoints/delete`] } });
    await refused(disconnect, 4, 'Azure does not allow Microsoft.Network/privateEndpoints/delete');
  });

  test('says that a lock keeps the private endpoint, and goes on when it is gone', async () => {
    await own.restart({ azure: { lock: 'CanNotDelete' } });
    await json(connect);
    await own.ends(disconnect, 5, /A lock in Azure does not allow .*ScopeLocked/);
  });

  test.each([
    ['delete', `${disconnect} --timeout 5s`],
    ['read', `${disconnect} --timeout 5s`],
    ['read', 'doctor eastus2 --cloud --no-network'],
  ])('does not wait for minutes if Azure asks to after a %s: %s', async (what, line) => {
    await connected();
    own.faults = [{ action: `${network}/privateEndpoints/${what}`, status: 429, headers: { 'Retry-After': '120' } }];
    const started = own.sandbox.clock.now();
    expect((await own.atlas(line)).stderr).not.toBe('');
    expect(own.sandbox.clock.now() - started).toBeLessThan(15_000);
  });

  test('says why a private endpoint was not deleted although Azure accepted it', async () => {
    await connected();
    const body = JSON.stringify({ status: 'Failed', error: { code: 'ScopeLocked', message: 'There is a lock.' } });
    own.faults = [{ action: `${network}/locations/operations/read`, status: 200, body }];
    await own.ends(disconnect, 5, /privateEndpoints\/delete: There is a lock \(ScopeLocked\)/);
  });

  test('asks for an operation when Azure says, but at least every 30 seconds', async () => {
    const pending = { action: `${network}/locations/operations/read`, status: 200, body: '{"status":"InProgress"}' };
    own.faults = ['7', '120'].map((seconds, index) => {
      return { ...pending, nth: only(index + 1), headers: { 'Retry-After': seconds } };
    });
    await json(connect);
    const { sleeps } = own.sandbox.clock;
    expect(sleeps[sleeps.indexOf(7000) + 1]).toBe(30_000);
  });

  test('removes what is left of a service that is gone, also in another region', async () => {
    await own.restart({ azure: { networks: two } });
    const { endpoint } = await json(`${connect} --vnet two`);
    own.faults = [{ action: `${network}/privateEndpoints/delete`, status: 403 }];
    await json(`interface remove ${endpoint.id} ${(await endpoints())[0].id} --yes --wait`);
    await json(`delete ${endpoint.id} --yes --wait`);
    own.faults = [];
    expect(await left()).toEqual([0, 0, 1]);
    const { notes } = await json(`${connect} --vnet one --dry-run`);
    expect(JSON.stringify(notes)).toMatch(`disconnect ${endpoint.id} --region westus`);
    await json(`disconnect ${endpoint.id} --region eastus2 --yes`);
    await leaves(0);
  });

  test('searches one cloud for what is left of a service that is gone', async () => {
    const id = 'a'.repeat(24);
    const searched = 'Azure has no resources for it either.';
    const meanings = 'US_WEST_2 is us-west-2 on AWS, westus2 on Azure and us-west2 on GCP.';
    await own.ends(`disconnect ${id} --region US_WEST_2 --yes`, 2, meanings);
    await own.ends(`disconnect ${id} --region US_WEST_2 --provider azure --yes`, 3, searched);
    await own.ends(`disconnect ${defaultProject}-${id}-AZURE-US_WEST_2 --yes`, 3, searched);
  });
});

describe('doctor --cloud', () => {
  const one = (more: object, subnet: object = {}) =>
    own.restart({
      azure: { networks: [{ name: 'one', region: 'eastus2', ...more, subnets: [{ name: 'a', ...subnet }] }] },
    });

  test('describes the private endpoint as Azure does', async () => {
    await one({ dnsServers: ['10.0.0.53'] });
    await json(connect);
    expect(await cloudChecks()).toEqual({
      'cloud-endpoint': 'success: Approved in one',
      'cloud-addresses': expect.stringMatching(/^skipped: /),
      'cloud-target': expect.stringMatching(/^success: pls_/),
      'cloud-nsg': 'success: none',
      'cloud-dns-servers': expect.stringMatching(/^success: 10\.0\.0\.53; they must/),
    });
  });

  test.each([
    ['a rule that closes all ports', { policies: 'Enabled', rules: [{ priority: 100 }] }, /^warning: .*: rule-1$/],
    ['a rule without effect', { policies: 'Disabled', rules: [{ priority: 100 }] }, /^success: .* does not apply/],
    [
      'a rule that closes some of the ports',
      { policies: 'NetworkSecurityGroupEnabled', rules: [{ ports: '2000-3000', priority: 100 }] },
      /^warning: .*: rule-1$/,
    ],
    [
      'the usual rules',
      { policies: 'Enabled', rules: [{ direction: 'Outbound', priority: 100 }] },
      /^success: .* has no rule that denies TCP 1024-2524/,
    ],
  ])('judges %s', async (_, subnet, said) => {
    await one({}, subnet);
    await json(connect);
    expect((await cloudChecks())['cloud-nsg']).toMatch(said);
  });
});
