import { describe, expect, test } from 'vitest';
import { ownSandbox, vpce } from '../helpers/run-cli.js';

const own = ownSandbox({ hints: true });
const { atlas, ends, json } = own;

const azure =
  '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p';

/** Creates a ready service and attaches interface endpoints. */
async function ready(line = 'us-east-1', ...attached: string[]): Promise<string> {
  const { stdout } = await atlas(`create ${line} --wait --output id`);
  for (const each of attached) await ends(`interface add ${stdout.trim()} ${each} --wait`, 0);
  own.sandbox.exchanges.length = 0;
  return stdout.trim();
}

describe('interface add', () => {
  const onGcp = { gcpProjectId: 'my-project-1' };

  test('of one that Atlas does not find in the cloud says to check that it is there', async () => {
    await ready();
    own.faults = [{ method: 'POST', path: '/endpoint', status: 400, code: 'INVALID_ATTRIBUTE' }];
    await ends(`interface add us-east-1 ${vpce('a')}`, 2, `Check that ${vpce('a')} is still in your AWS account`);
  });

  test.each([
    ['us-east-1', vpce('a'), '', 'PENDING_ACCEPTANCE', {}],
    ['eastus2 --provider azure', azure, '--ip 10.0.0.4', 'INITIATING', { privateEndpointIPAddress: '10.0.0.4' }],
    [
      'us-central1 --provider gcp',
      'rule',
      '--gcp-project my-project-1 --ip 10.0.0.1',
      'INITIATING',
      { ...onGcp, endpoints: [{ endpointName: 'rule', ipAddress: '10.0.0.1', status: 'INITIATING' }] },
    ],
    [
      'us-central1 --provider gcp --no-port-mapping',
      'grp',
      '--gcp-project my-project-1 --endpoint a@10.0.0.1,b@10.0.0.2',
      'INITIATING',
      { ...onGcp, endpoints: [expect.objectContaining({ ipAddress: '10.0.0.1' }), expect.anything()] },
    ],
  ])('attaches one in %s and waits until it is AVAILABLE', async (region, id, flags, first, own) => {
    const service = await ready(region);
    const added = await json(`interface add ${service} ${id} ${flags}`.trim());
    const expected = { id, endpointId: service, status: first, errorMessage: null, ...own };
    expect(added).toEqual(expect.objectContaining(expected));
    expect(await json(`wait ${service} --interface`)).toMatchObject([{ id, status: 'AVAILABLE' }]);
    expect(await json('list')).toMatchObject([{ status: 'AVAILABLE', interfaceEndpoints: [id] }]);
  });

  test('to a service that is not ready says to wait first', async () => {
    await atlas('create us-east-1');
    const hint = /Wait until the private endpoint service is ready: atlas-pe wait \w+/;
    await ends(`interface add us-east-1 ${vpce('a')}`, 5, hint);
  });

  test('of an existing one is a conflict; --if-not-exists returns it', async () => {
    await ready('us-east-1', vpce('a'));
    const hint = `: atlas-pe interface add us-east-1 ${vpce('a')} --if-not-exists\n`;
    await ends(`interface add us-east-1 ${vpce('a')}`, 5, hint);
    await ends(`interface add us-east-1 ${vpce('a')} --if-not-exists --output id`, 0, '', `${vpce('a')}\n`);
  });

  test.each([
    ['us-east-1', vpce('a'), '', 'REJECTED'],
    ['eastus2 --provider azure', azure, ' --ip 10.0.0.4', 'FAILED'],
  ])('that fails in %s exits with 6 and the reason', async (region, id, flags, status) => {
    const service = await ready(region);
    own.faults = [{ method: 'POST', path: '/endpoint', fate: { kind: 'failed', reason: 'Wrong account' } }];
    await ends(`interface add ${service} ${id}${flags} --wait`, 6, `${id} is ${status}: Wrong account.`, '');
  });

  test('without a response is looked up, not sent again', async () => {
    await ready();
    own.faults = [{ method: 'POST', path: '/endpoint', drop: 'after' }];
    await ends(`interface add us-east-1 ${vpce('a')} --output id`, 0, '', `${vpce('a')}\n`);
    own.faults = [{ method: 'POST', path: '/endpoint', drop: 'before' }];
    await ends(`interface add us-east-1 ${vpce('b')}`, 1, /Hint: .+: atlas-pe interface list \w+\n$/);
  });

  test.each([
    ['us-east-1', 'Missing interface endpoint id'],
    ['us-east-1 vpce-1', "'vpce-1' is not a valid AWS interface endpoint id"],
    [`eastus2 ${azure}`, 'Missing IP address of the Azure private endpoint'],
    ['eastus2 /subscriptions/x --ip 10.0.0.4', 'is not a valid resource id of an Azure private endpoint'],
    ['us-central1 g --gcp-project my-project-1', 'Missing IP address of the forwarding rule.\nHint: Set it with --i'],
    ['us-central1 g --endpoint a@10.0.0.1', 'Missing GCP project.\nHint: Set it with --gcp-project. To look it up'],
    ['us-central1 g --gcp-project X --endpoint a@10.0.0.1', "'X' is not a valid GCP project id"],
    ['us-central1 g --gcp-project my-project-1 --endpoint a', "'a' is not a valid forwarding rule"],
    ['us-central1 --gcp-project my-project-1 --endpoint a@10.0.0.1,b@10.0.0.2', 'Missing endpoint group name'],
    ['us-central1 --gcp-project my-project-1 --endpoint a@10.0.0.1 b@10.0.0.2', "'b@10.0.0.2' is not a valid name"],
    ['us-central1 g --group h --gcp-project my-project-1 --endpoint a@10.0.0.1', 'are different endpoint groups'],
    ['us-central1 --ip 10.0.0.4 --gcp-project my-project-1', 'Missing name of the forwarding rule'],
    ['us-central1 g --ip 10.0.0.256 --gcp-project my-project-1', "'10.0.0.256' is not a valid IP address"],
    ['us-central1 g --ip 10.0.0.4 --gcp-project my-project-1 --endpoint g@10.0.0.4', 'and --endpoint cannot be comb'],
    [`nowhere ${vpce('a')}`, "'nowhere' is not an endpoint id"],
    [`eastus2 ${azure} --ip fe80::1%eth0`, 'is not a valid IP address'],
    [`us-east-1 ${vpce('a')} --provider azure`, 'The interface endpoint is on AWS, but --provider is AZURE.'],
    [`us-east-1 ${vpce('a')} --gcp-project my-project-1`, '--gcp-project is for GCP, but this interface endpoint'],
    [`us-east-1 ${vpce('a')} --ip 10.0.0.4`, '--ip is for Azure or GCP, but this interface endpoint is on AWS.'],
  ])('%s is a usage error with a hint, and nothing is sent', async (args, message) => {
    const { stderr } = await ends(`interface add ${args}`, 2, message, '');
    expect(stderr).toMatch(/^Error: [^\n]+\nHint: [^\n]+\n(?: {2}[^\n]+\n)*$/);
    expect(own.sandbox.exchanges).toEqual([]);
  });
});

test('interface add with an endpoint of another cloud is refused', async () => {
  await ready('us-east-1');
  await ready('eastus2 --provider azure');
  const said = 'The interface endpoint is on AWS, but eastus2 is a region on AZURE.';
  await ends(`interface add eastus2 ${vpce('a')}`, 2, said);
  expect((await atlas(`interface add us-central1 x`)).stderr).toContain('Missing GCP project');
  expect((await atlas(`interface add us-east-1 ${azure} --ip 10.0.0.4`)).stderr).toBe(
    'Error: The interface endpoint is on AZURE, but us-east-1 is a region on AWS.\n' +
      'Hint: Choose a private endpoint service on AZURE: atlas-pe list --provider azure\n',
  );
});

test('one that is being removed is not returned by interface add --if-not-exists, and ends a wait', async () => {
  await ready('us-east-1', vpce('a'));
  await atlas(`interface remove ${vpce('a')} --yes`);
  const said = 'it failed or is being removed. Check its status: atlas-pe interface get';
  await ends(`interface add us-east-1 ${vpce('a')} --if-not-exists`, 5, said);
  await ends('wait us-east-1 --interface', 6, 'is being removed and cannot become AVAILABLE.');
});

test('interface add warns about missing forwarding rules; remove --wait still prints the known values', async () => {
  await ready('us-central1 --provider gcp --no-port-mapping');
  const line = 'interface add us-central1 grp --gcp-project my-project-1 --endpoint a@10.0.0.1';
  expect((await atlas(`${line} --wait`)).stderr).toContain('Warning: Only 1 of 6 forwarding rules');
  expect(await json('interface remove us-central1 grp --yes --wait')).toMatchObject({
    status: 'DELETED',
    gcpProjectId: 'my-project-1',
  });
});

describe('interface add on GCP', () => {
  const rule = 'rule --gcp-project my-project-1 --ip 10.0.0.4';
  const group = 'grp --gcp-project my-project-1 --endpoint a@10.0.0.1,b@10.0.0.2';

  test('takes the name of the forwarding rule and one address, for a service by its id too', async () => {
    const service = await ready('us-east4 --provider gcp');
    await ends(`interface add ${service} ${rule} --output id`, 0, '', 'rule\n');
    const sent = own.sandbox.exchanges.find(({ method, status }) => method === 'POST' && status === 201);
    expect(JSON.parse(sent?.requestBody ?? '')).toEqual({
      endpointGroupName: 'rule',
      gcpProjectId: 'my-project-1',
      endpoints: [{ endpointName: 'rule', ipAddress: '10.0.0.4' }],
    });
  });

  test('takes the service that it is meant for if a region has both kinds', async () => {
    const older = await ready('us-east4 --provider gcp --no-port-mapping');
    const mapped = await ready('us-east4 --provider gcp');
    const endpointOf = async (words: string) => (await json(`interface add us-east4 ${words}`)).endpointId;
    expect(await endpointOf(rule)).toBe(mapped);
    expect(await endpointOf(group)).toBe(older);
  });

  test('with several rules, or one of another name, is a usage error with port mapping', async () => {
    const service = await ready('us-east4 --provider gcp');
    for (const words of [group, 'grp --gcp-project my-project-1 --endpoint a@10.0.0.1']) {
      await ends(`interface add ${service} ${words}`, 2, 'has port mapping, so it needs one');
    }
    expect(own.sandbox.exchanges.filter(({ method }) => method === 'POST')).toEqual([]);
  });
});

describe('interface get, list and remove', () => {
  test('find a GCP group by name, in several regions too, and ask only the cloud that the id fits', async () => {
    const group = 'mine --gcp-project my-project-1 --endpoint mine@10.0.0.4';
    await ready('us-central1 --provider gcp', group);
    await ends('interface get mine --output id', 0, '', 'mine\n');
    await ready('europe-west1 --provider gcp', group);
    await ends('interface get mine', 2);
    await atlas('interface remove us-central1 mine --yes');
    const { stdout } = await atlas(
      'wait us-central1 europe-west1 --interface --until DELETED --timeout 20s --output jsonl --fields region,status',
    );
    expect(stdout).toBe(
      '{"region":"us-central1","status":"DELETING"}\n{"region":"europe-west1","status":"AVAILABLE"}\n{"region":"us-central1","status":"DELETED"}\n',
    );
    await ready('us-east-1', vpce('a'));
    own.faults = [{ path: '/GCP/*', status: 403 }];
    await ends(`interface get ${vpce('a')}`, 0);
    for (const bad of [
      'interface get us-east-1 ',
      'interface get vpce-BAD',
      `interface remove us-east-1 vpce-bad --yes`,
    ]) {
      own.sandbox.exchanges.length = 0;
      await ends(bad, 2);
      expect(own.sandbox.exchanges).toEqual([]);
    }
  });

  test('find one by its id, by its endpoint, and as the only one', async () => {
    const service = await ready('us-east-1', vpce('a'));
    for (const line of [`${vpce('a')}`, `us-east-1 ${vpce('a')}`, `${service}`, '']) {
      await ends(`interface get ${line} --output id`.replace('  ', ' '), 0, '', `${vpce('a')}\n`);
    }
    await ends(`interface get ${vpce('c')}`, 3, `Existing interface endpoints: ${vpce('a')} (us-east-1`);
  });

  test('ask to choose if there are several, and say if there is none', async () => {
    await ready('us-east-1', vpce('a'), vpce('b'));
    await ends('interface get us-east-1', 2, vpce('b'));
    await ends(`interface get ${vpce('c')}`, 3, `Existing interface endpoints: ${vpce('a')} (us-east-1`);
    await ends(`interface get us-east-1 ${vpce('a')} more`, 2);
  });

  test('list shows interface endpoints of all clouds in one table', async () => {
    await ready('us-east-1', vpce('a'));
    await ready('eastus2 --provider azure', `${azure} --ip 10.0.0.4`);
    const { stdout } = await atlas('interface list');
    expect(stdout.replaceAll(/\b[0-9a-f]{24}\b/g, 'ID')).toBe(
      `us-east-1\tAWS\tAVAILABLE\tID\t${vpce('a')}\neastus2\tAZURE\tAVAILABLE\tID\t${azure}\n`,
    );
    await ends('interface list us-east-1 --output id', 0, '', `${vpce('a')}\n`);
  });

  test("remove warns about the last one that stays, and --if-exists succeeds if it doesn't exist", async () => {
    await ready('us-east-1', vpce('a'), vpce('b'));
    const said =
      /^Plan\n[^\n]+\n\nWarning: Applications [^\n]+\nOnly Atlas's side [^\n]+ your AWS account [^\n]+ is billed\.[^\n]+\nHint: Wait until/;
    await ends(`interface remove ${vpce('a')} --yes`, 0, said);
    const last = /^Warning: This is the last interface endpoint of us-east-1 \w+\. Atlas may also delete/;
    await ends(`interface remove ${vpce('b')} --yes`, 0, last);
    await ends('wait us-east-1 --interface --until DELETED', 0);
    await ends(`interface remove ${vpce('b')} --yes`, 3);
    for (const region of ['us-east-1', 'us-west-1']) {
      expect(await json(`interface remove ${region} ${vpce('b')} --yes --if-exists`)).toMatchObject({
        id: vpce('b'),
        status: 'DELETED',
      });
    }
  });

  test('a removal without a response is sent again', async () => {
    await ready('us-east-1', vpce('a'));
    own.faults = [{ method: 'DELETE', drop: 'after' }];
    await ends(`interface remove ${vpce('a')} --yes --fields status --output tsv`, 0, '', /^(DELETING|DELETED)\n$/);
  });
});

describe('wait --interface', () => {
  test.each([
    ['interface add us-east-1 vpce-0bbbbbbbbbbbbbbbb', 'POST'],
    ['interface remove us-east-1 vpce-0aaaaaaaaaaaaaaaa --yes', 'DELETE'],
    ['delete us-east-1 --yes', 'DELETE'],
  ])('%s interrupted while it checks for a lost response is interrupted', async (line, method) => {
    await ready('us-east-1', 'vpce-0aaaaaaaaaaaaaaaa');
    own.faults = [{ method, drop: 'after' }];
    let isLost = false;
    await ends(line, 130, '', undefined, {
      onStart: (interrupt) =>
        own.sandbox.onRequest((request) => {
          if (isLost) interrupt('SIGINT');
          isLost ||= request.method === method;
        }),
    });
  });

  test('of none exits with 3, but succeeds for DELETED', async () => {
    await ready();
    await ends('wait us-east-1 --interface', 3);
    await ends('wait us-east-1 --interface --until DELETED --json', 0, '', '[]\n');
    await ends('wait us-east-1 --interface --until INITIATING', 2);
  });
});

describe('delete --cascade', () => {
  test('removes the interface endpoints, waits, and deletes the service', async () => {
    const service = await ready('us-east-1', vpce('a'), vpce('b'));
    own.faults = [{ method: 'DELETE', path: '/endpoint/*', status: 403 }];
    await ends('delete us-east-1 --yes --cascade', 4, `Hint: To continue: atlas-pe delete ${service} --cascade`);
    own.faults = [];
    const { exitCode, stdout, stderr } = await atlas('delete us-east-1 --cascade --yes --json');
    expect([exitCode, JSON.parse(stdout).status]).toEqual([0, 'DELETED']);
    const steps = [
      "Only Atlas's side is removed. What your AWS account has for it stays and is billed. disconnect removes both.",
      `Removing ${vpce('a')}`,
      `Removing ${vpce('b')}`,
      `${vpce('b')}: DELETED`,
      `us-east-1 ${service}: DELETED`,
    ];
    expect(steps.map((step) => stderr.indexOf(step)).every((at, n, all) => at > (all[n - 1] ?? -1))).toBe(true);
    await ends('list --json', 0, '', '[]\n');
  });

  test('succeeds if Atlas deletes the service with the last one', async () => {
    await own.restart({ lastTakesService: true });
    await ready('us-east-1', vpce('a'));
    expect(await json('delete us-east-1 --cascade --yes')).toMatchObject({ status: 'DELETED' });
    await ends('list --json', 0, '', '[]\n');
  });

  test('continues after an interruption', async () => {
    const service = await ready('us-east-1', vpce('a'));
    const hint = `Hint: To continue: atlas-pe delete ${service} --cascade`;
    await ends('delete us-east-1 --cascade --yes', 130, hint, undefined, {
      onStderr: (text, interrupt) => text.includes('DELETING') && interrupt('SIGINT'),
    });
    await ends(`delete ${service} --cascade --yes --output id`, 0, '', `${service}\n`);
    await ends('list --json', 0, '', '[]\n');
  });
});
