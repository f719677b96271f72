import { beforeEach, describe, expect, test } from 'vitest';
import { guessed } from '../../src/base/words.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { ownFolders, ownSandbox, runCli, vpce } from '../helpers/run-cli.js';
import { commands } from '../helpers/tree.js';

const own = ownSandbox({ hints: true });
const { atlas, ends, json } = own;

async function created(line = 'create --region us-east-1'): Promise<string> {
  const { stdout } = await atlas(`${line} --output id`);
  return stdout.trim();
}

const otherProject = 'b'.repeat(24);

test('an id is read as consoles show it', async () => {
  const [first, second] = [await created(), await created('create eastus2 --provider azure --wait')];
  await created('create us-west-2');
  await created('create westus2 --provider azure --wait');
  const { endpointServiceName } = await json(`get ${first}`);
  const { privateLinkServiceName, privateLinkServiceResourceId } = await json(`get ${second}`);
  const label = `${endpointServiceName}`.split('.').at(-1) ?? '';
  const arn = (what: string) => `arn:aws:ec2:us-east-1:123456789012:${what}`;
  for (const name of [`${endpointServiceName}`, label, arn(`vpc-endpoint-service/${label}`)])
    await ends(`get ${name} -o id`, 0, '', `${first}\n`);
  for (const name of [privateLinkServiceName, privateLinkServiceResourceId])
    await ends(`get ${name} -o id`, 0, '', `${second}\n`);
  await ends(`get pls_${'0'.repeat(24)}`, 3, `'pls_${'0'.repeat(24)}' found`, '');
  // A region would be created.
  await ends(`connect com.amazonaws.vpce.us-east-1.vpce-svc-${'0'.repeat(17)} --yes`, 3, 'Existing ones: ', '');
  const [one, other] = [vpce('a'), vpce('b')];
  await ends(`interface add us-east-1 ${arn(`vpc-endpoint/${one}`)} -o id`, 0, '', `${one}\n`);
  await ends(`interface add ${label} ${other} -o id`, 0, '', `${other}\n`);
  await ends(`interface get ${arn(`vpc-endpoint/${one}`)} -o id`, 0, '', `${one}\n`);
  await ends(`interface remove ${label} ${arn(`vpc-endpoint/${one}`)} --yes -o id`, 0, '', `${one}\n`);
  await ends(`delete ${privateLinkServiceName} --yes -o id`, 0, '', `${second}\n`);
});

test("--fields takes Terraform's names of keys", async () => {
  const id = await created();
  await created('create us-west-2');
  const fields = 'private_link_id,endpoint_service_name,error_message,interface_endpoints';
  expect(await json(`get ${id} --fields ${fields}`)).toEqual({
    id,
    endpointServiceName: null,
    errorMessage: null,
    interfaceEndpoints: [],
  });
  await atlas(`wait ${id}`);
  await atlas(`interface add ${id} ${vpce('a')}`);
  expect(await json('interface list --fields private_link_id,id')).toEqual([{ endpointId: id, id: vpce('a') }]);
});

describe('create', () => {
  test('prints one object, and the next step', async () => {
    await ends(
      'create --region US_EAST_1',
      0,
      /^Hint: .+: atlas-pe connect us-east-1\nHint: .+\n {2}atlas-pe wait [0-9a-f]{24}\n {2}atlas-pe get [0-9a-f]{24}\n$/,
      /^id\t[0-9a-f]{24}\nprojectId\t64f0c2a7e1b2c3d4e5f60718\nprovider\tAWS\nregion\tus-east-1\n/,
    );
    const { stderr: inPipe } = await atlas('get us-east-1', { hints: false });
    expect(inPipe).toBe('');
  });

  test('--until or --timeout implies --wait', async () => {
    const said =
      /Timed out after 30s: us-east-1 \w{24} is still WAITING_FOR_USER\. It may need an interface endpoint/;
    const { stderr } = await ends('create --region us-east-1 --until AVAILABLE --timeout 30s', 8, said, '');
    expect(stderr).toMatch(/Hint: To continue waiting: atlas-pe wait [0-9a-f]{24} --until AVAILABLE\n$/);
  });

  test.each(['DELETED', 'DELETING', 'FAILED'])('--until %s is a usage error, and nothing is sent', async (status) => {
    const said = new RegExp(`^Error: create cannot wait for ${status}\\.\nHint`);
    await ends(`create --region us-east-1 --until ${status}`, 2, said);
    expect(own.sandbox.exchanges).toEqual([]);
  });

  test('a second create is a conflict that names the first; --if-not-exists returns the first', async () => {
    const id = await created();
    const second = await ends('create --region us-east-1 --json --log-format json', 5, '', '');
    const { error } = JSON.parse(second.stderr) as { error: Record<string, unknown> };
    expect(error).toMatchObject({
      code: 'conflict',
      exitCode: 5,
      status: 409,
      errorCode: 'PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION',
      hint: expect.stringMatching(
        `To connect a network to ${id} .+:\n {2}atlas-pe connect us-east-1\n` +
          ' {2}atlas-pe create --region us-east-1 --json --log-format json --if-not-exists$',
      ),
    });
    await ends('create us-east-1 --if-not-exists --wait --output id', 0, '', `${id}\n`);
  });

  test('--if-not-exists does not return one that is being deleted', async () => {
    const id = await created();
    await atlas(`delete ${id} --yes`);
    const hint = `${id} is being deleted. Wait until it is gone: atlas-pe wait ${id} --until DELETED`;
    await ends('create us-east-1 --if-not-exists', 5, hint);
  });

  test('--dry-run prints the request and sends nothing, even without credentials', async () => {
    const env = { ...ownFolders(), ATLAS_PE_PROJECT: defaultProject };
    const url = `https://cloud.mongodb.com/api/atlas/v2/groups/${defaultProject}/privateEndpoint/endpointService`;
    expect(await json('create --region eastus --provider azure --dry-run', { env })).toEqual({
      method: 'POST',
      url,
      body: { providerName: 'AZURE', region: 'US_EAST' },
    });
    await ends('create --region us-east-1 --dry-run --output id', 0, '', `${url}\n`, { env });
    expect((await atlas('create --region us-east-1 --dry-run --project Sandbox', { env })).exitCode).toBe(2);
    expect(own.sandbox.exchanges).toEqual([]);
  });

  test('an unknown region is sent with a warning', async () => {
    const warning = "Warning: Unknown AWS region 'us-east-9'. Sending it to Atlas anyway.";
    await ends('create us-east-9', 0, warning);
  });

  test('the provider may come from the profile', async () => {
    const env = { ...own.sandbox.env, ...ownFolders() };
    await atlas('config set provider gcp', { env });
    await ends('create us-central1 --fields provider,atlasRegion --output tsv', 0, '', 'GCP\tCENTRAL_US\n', { env });
  });
});

describe('get, wait and delete find an endpoint', () => {
  test('by id, by region in either spelling, by both import ids, and the only one without an argument', async () => {
    const id = await created();
    const names = [id, 'us-east-1', 'US_EAST_1', `${defaultProject}-${id}`, `${defaultProject}-${id}-AWS-us-east-1`];
    for (const name of names) await ends(`get ${name} --output id`, 0, '', `${id}\n`);
    await ends('get --output id', 0, '', `${id}\n`);
  });

  test('spaces around an argument are ignored', async () => {
    const id = await created();
    for (const name of [id, 'us-east-1', `${defaultProject}-${id}-AWS-US_EAST_1`]) {
      const { exitCode, stdout } = await runCli(['get', ` ${name}\n`, '--output', 'id'], {
        env: own.sandbox.env,
        clock: own.sandbox.clock,
      });
      expect([exitCode, stdout], name).toEqual([0, `${id}\n`]);
    }
  });

  test('an import id can name the project, and hints repeat it', async () => {
    const id = await created();
    const env = { ...own.sandbox.env, ATLAS_PE_PROJECT: '' };
    await ends(
      `get ${defaultProject}-${id}`,
      0,
      new RegExp(
        `^Hint: .+: atlas-pe connect ${defaultProject}-${id}\\nHint: .+\n  atlas-pe wait ${defaultProject}-${id}\\n`,
      ),
      undefined,
      { env },
    );
    await ends(`get ${defaultProject}-${id} --project ${'a'.repeat(24)}`, 2, '', undefined, { env });
  });

  test('an import id with the wrong region is corrected', async () => {
    const id = await created();
    await ends(`get ${defaultProject}-${id}-AWS-US_EAST_2`, 2, guessed(`${defaultProject}-${id}-AWS-US_EAST_1`));
  });

  test('--provider and --region choose between several; the error lists those that still match', async () => {
    const aws = await created('create us-east-2');
    const azure = await created('create eastus2 --provider azure');
    const choice = `${aws} (AWS us-east-2, INITIATING), ${azure} (Azure eastus2, INITIATING)`;
    for (const line of ['get', 'get US_EAST_2', 'doctor US_EAST_2 --no-network', 'wait US_EAST_2'])
      await ends(line, 2, choice);
    await ends('get US_EAST_2 --provider azure --output id', 0, '', `${azure}\n`);
    await ends('get --provider aws --output id', 0, '', `${aws}\n`);
    await ends('get --region eastus2 --output id', 0, '', `${azure}\n`);
  });

  test('all given details must match; otherwise nothing is changed or treated as deleted', async () => {
    const id = await created();
    for (const line of [
      `delete ${defaultProject}-${id}-AWS-eu-west-3 --yes`,
      `delete ${defaultProject}-${id}-AZURE-eastus --yes --if-exists`,
      `delete ${id} --provider azure --yes --if-exists`,
      `delete ${id} --region eu-west-3 --yes --if-exists`,
      `wait ${id} --provider azure --until DELETED`,
      'get us-east-1 --region eu-west-3',
      'delete us-east-1 --region eu-west-3 --yes --if-exists',
    ]) {
      await ends(line, 2, `${id} (AWS us-east-1, INITIATING) exists`);
    }
    expect(await atlas('list --output id')).toMatchObject({ stdout: `${id}\n` });
  });

  test.each(['get', 'delete --yes --if-exists', 'wait --until DELETED', 'interface list'])(
    '%s with a region of another cloud names that cloud and sends nothing',
    async (line) => {
      await created();
      own.sandbox.exchanges.length = 0;
      const hint = "'us-east-1' is not a valid Azure region.\nHint: 'us-east-1' belongs to AWS: use --provider aws\n";
      await ends(`${line} us-east-1 --provider azure`, 2, hint);
      expect(own.sandbox.exchanges).toEqual([]);
    },
  );

  test('a missing endpoint exits with 3 and lists the existing ones', async () => {
    await ends('get', 3, 'atlas-pe connect REGION\n  atlas-pe create REGION\n');
    const id = await created();
    const names = ['eu-west-1', 'f'.repeat(24), `${defaultProject}-${'f'.repeat(24)}`].map((name) => `get ${name}`);
    for (const line of [...names, 'wait eu-west-1', 'delete eu-west-1 --yes']) {
      await ends(line, 3, `Existing ones: ${id} (AWS us-east-1`);
    }
  });
});

test('list asks for every provider with one request each, and filters', async () => {
  await created('create us-east-1');
  await created('create us-east-2');
  await created('create eastus --provider azure');
  await created('create us-central1 --provider gcp');
  const regions = async (flags: string) => {
    const { stdout } = await atlas(`list --fields region --output tsv ${flags}`.trim());
    return stdout.trim().split('\n');
  };
  expect(await regions('')).toEqual(['us-east-1', 'us-east-2', 'eastus', 'us-central1']);
  own.sandbox.exchanges.length = 0;
  await regions('');
  // Each has a nonce of the command before it.
  expect(own.sandbox.exchanges.map(({ status }) => status)).toEqual([200, 200, 200]);
  expect(await regions('--provider aws')).toEqual(['us-east-1', 'us-east-2']);
  expect(await regions('--region US_EAST_1')).toEqual(['us-east-1']);
  expect(await regions('--status initiating')).toHaveLength(4);
  expect(await regions('--status ready')).toEqual(['']);
  own.sandbox.clock.advance(5000);
  expect(await regions('--status ready')).toHaveLength(4);
  await created('create us-west-2');
  expect(await regions('--status initiating')).toEqual(['us-west-2']);
  for (const both of ['--status ready,INITIATING', '--status ready --status initiating'])
    expect(await regions(both), both).toHaveLength(5);
  expect(await regions('--region us-east-2,US_WEST_2')).toEqual(['us-east-2', 'us-west-2']);
  expect(await regions('--provider aws,gcp --region us-east-1 --region us-central1')).toEqual([
    'us-east-1',
    'us-central1',
  ]);
  await ends('list --provider aws --region us-east-1,us-east4', 2, 'use --provider gcp');
  await ends('list --provider aws,gcp --region eastus2', 2, 'use --provider azure');
  const { stderr } = await atlas('list --provider aws,azure --region westus3 --log-format json');
  expect(stderr).toContain('connect westus3 --provider azure');
  await ends('list --status ready,redy', 2, guessed('ready'));
});

describe('wait', () => {
  test('succeeds for the wanted status or a later one, whichever ready status the API uses', async () => {
    await own.restart({ readyStatus: 'AVAILABLE' });
    await created();
    for (const line of [
      'wait until WAITING_FOR_USER',
      'wait --until waiting-for-user',
      'wait us-east-1',
      'wait until AVAILABLE us-east-1',
    ]) {
      expect(await json(line)).toMatchObject({ status: 'AVAILABLE' });
    }
  });

  test('for several endpoints prints an array in the order of the arguments', async () => {
    const [first, second] = [await created('create --region us-east-1'), await created('create --region us-east-2')];
    expect(await json('wait us-east-2 us-east-1')).toMatchObject([{ id: second }, { id: first }]);
  });

  test('prints an endpoint once, even if it is named twice', async () => {
    const id = await created();
    const { stderr } = await ends(`wait us-east-1 ${id} --output id`, 0, '', `${id}\n`);
    expect(stderr.match(/WAITING_FOR_USER/g)).toHaveLength(1);
  });

  test('a failure decides the exit code if another endpoint times out', async () => {
    const [pending, leaving] = [
      await created('create --region eu-west-2'),
      await created('create --region us-east-1'),
    ];
    await atlas(`delete ${leaving} --yes`);
    const { stderr } = await ends(`wait ${pending} ${leaving} --timeout 1s`, 6, 'Timed out after 1s');
    expect(stderr).toMatch(/Error: us-east-1 [0-9a-f]{24} is being deleted and cannot become ready\./);
  });

  test('for DELETED succeeds when the endpoint is gone, even if it was gone before', async () => {
    const id = await created();
    await atlas(`delete ${id} --yes`);
    for (const name of [id, id, 'us-east-1']) {
      expect(await json(`wait ${name} --until DELETED`)).toMatchObject({ status: 'DELETED' });
    }
  });

  test.each([
    ['SIGINT', 130, 'Interrupted.'],
    ['SIGTERM', 143, 'Terminated.'],
  ] as const)(
    '%s ends it with exit code %i, and says what exists and how to go on',
    async (signal, code, message) => {
      const id = await created();
      const { stderr } = await ends('wait us-east-1 --timeout 30m --until available -o yaml', code, message, '', {
        onStderr: (text, interrupt) => text.includes('INITIATING') && interrupt(signal),
      });
      expect(stderr).toContain(
        `Current status: us-east-1 ${id} (INITIATING). To continue waiting: atlas-pe wait us-east-1 --timeout 30m --until available -o yaml\n`,
      );
    },
  );
});

test("delete --if-exists succeeds if it doesn't exist", async () => {
  const gone = await json('delete us-east-1 --yes --if-exists');
  expect(gone).toMatchObject({ region: 'us-east-1', status: 'DELETED' });
  await ends('delete us-east-1 --yes --if-exists --output id', 0, '', '');
});

test.each([
  ['list --fields id,check', '--check'],
  ['wait --fields endpointId', '--interface'],
])('%s names the option that adds the field', async (line, option) => {
  await ends(line, 2, `requires ${option}.`);
});

test.each([
  'create --region us-east-11',
  'create --region us-east-1 --provider ibm',
  'wait until ready --until ready',
  'wait until REDY',
  'wait --timeout 90',
  'list --all-projects --project Sandbox',
  'list --output terraform --fields id',
  `get ${defaultProject}-${'6'.repeat(24)} --project ${'1'.repeat(24)}`,
  'profile delete default',
  'get 64f0c2a7e1b2c3d4e5f60718/../x',
  'get ',
  'create --region us-east-1 --fields id,sttus',
  'list --sandbox --profile work',
  'create --region us-east-1 --remote-region us-east-1',
  'create --region us-east-1 --remote-region us-eest-2',
  'create --region eastus2 --provider azure --remote-region us-west-2',
  'create --region us-east-1 --port-mapping',
  'create --region us-east-1 --no-port-mapping',
  'update us-east-1',
  'update us-east-1 --remote-region us-west-2 --add us-west-1',
  'update us-east-1 --add us-west-2 --remove US_WEST_2',
  'update nowhere --add us-west-2',
  'connection-strings --endpoint us-eest-1',
  'connection-strings --endpoint vpce-1',
  `wait ${'a'.repeat(24)}-${'b'.repeat(24)} ${'c'.repeat(24)}-${'b'.repeat(24)}`,
  'connection-strings --cluster x/y',
  'connection-strings --cluster ',
])('%s is a usage error on one line with a hint, and nothing is sent', async (line) => {
  const { stderr } = await ends(line, 2, '', '');
  expect(stderr).not.toMatch(/\n +at /);
  expect(stderr).toMatch(/^Error: [^\n]+\nHint: [^\n]+\n$/);
  expect(own.sandbox.exchanges).toEqual([]);
});

test('of another cluster than there is, connection-strings says which there are', async () => {
  await ends('connection-strings --cluster nope', 3, 'Hint: Existing clusters: Cluster0\n', '');
});

test('finds an endpoint by a region that is newer than this program, on any cloud', async () => {
  const ids = [await created(), await created('create --region us-central1 --provider gcp')];
  await own.sandbox.store.update((world) => ({
    world: {
      ...world,
      services: world.services.map((each) => ({
        ...each,
        atlasRegion: each.provider === 'AWS' ? 'US_EAST_9' : 'mars-north1',
      })),
    },
    answer: undefined,
  }));
  expect(await json('get us-east-9')).toMatchObject({ id: ids[0], region: 'us-east-9' });
  expect(await json('get mars-north1')).toMatchObject({ id: ids[1], region: 'mars-north1' });
});

describe('a region name that two clouds have', () => {
  const clusters = [
    { name: 'one', regions: [{ provider: 'AWS' as const, atlasRegion: 'US_EAST_2' }] },
    { name: 'two', regions: [{ provider: 'AZURE' as const, atlasRegion: 'US_EAST_2' }] },
  ];
  const places = async (more = '') =>
    (await atlas(`list --sort provider --fields provider,region -o tsv${more}`)).stdout;
  beforeEach(() => own.restart({ clusters, projects: [defaultProject, otherProject] }));

  test.each([
    'connect US_EAST_2 --yes',
    'connect --region us_east_2 --yes',
    'disconnect US_EAST_2 --yes',
    'disconnect --region US_EAST_2 --yes --if-exists',
    'delete US_EAST_2 --yes --if-exists',
    'update US_EAST_2 --add us-west-2',
    'interface add US_EAST_2',
    'interface remove US_EAST_2 mine --yes',
    'convert US_EAST_2 --yes',
  ])('is refused by %s, which names both clouds', async (line) => {
    await created('create eastus2 --provider azure');
    const before = own.sandbox.exchanges.length;
    const { stderr } = await ends(line, 2, '', '');
    const [, name = ''] = /(us_east_2)/i.exec(line) ?? [];
    expect(stderr).toBe(
      `Error: ${name} is us-east-2 on AWS and eastus2 on Azure.\nHint: Choose one of them:\n` +
        `  atlas-pe ${line} --provider aws\n  atlas-pe ${line} --provider azure\n`,
    );
    expect(own.sandbox.exchanges.length).toBe(before);
    // A setting is out of sight.
    await ends('config set provider azure', 0);
    await ends(line, 2);
  });

  test('--provider chooses the cloud, and the other one stays as it is', async () => {
    await created('create eastus2 --provider azure --wait');
    await created(`create us-east-2 --project ${otherProject}`);
    await ends('connect US_EAST_2 --provider aws --yes', 0);
    expect(await places()).toBe('AWS\tus-east-2\nAZURE\teastus2\n');
    const { stdout } = await atlas('interface list US_EAST_2 --provider aws -o id');
    await ends(`interface remove US_EAST_2 ${stdout.trim()} --yes --wait`, 0, '');
    await ends('interface list US_EAST_2 --provider azure -o id', 0, '', '');
    await ends('disconnect US_EAST_2 --provider aws --yes', 0, '');
    expect(await places()).toBe('AZURE\teastus2\n');
    await ends('delete US_EAST_2 --provider aws --yes', 3, 'Existing ones: ');
    await ends('delete US_EAST_2 --provider azure --yes --wait', 0, '');
    expect([await places(), await places(` --project ${otherProject}`)]).toEqual(['', 'AWS\tus-east-2\n']);
    await ends('get US_EAST_2', 3, /atlas-pe connect us-east-2\n {2}atlas-pe create us-east-2\n$/);
  });

  test('every command that takes an endpoint has --provider', () => {
    const takes = commands.filter(([, { args = {}, flags = {} }]) =>
      [...Object.values(args), ...Object.values(flags)].some(
        (each) =>
          'from' in each && ['endpoints', 'interfaces', 'waitables', 'connectable'].includes(String(each.from)),
      ),
    );
    expect(takes.length).toBeGreaterThan(12);
    expect(takes.filter(([, { flags = {} }]) => !('provider' in flags)).map(([path]) => path.join(' '))).toEqual([]);
  });

  test('chooses the connection strings and the checks of one cloud', async () => {
    const azure = await created('create eastus2 --provider azure --wait');
    const aws = await created('create us-east-2 --wait');
    const subjects = await atlas('doctor US_EAST_2 --provider azure --no-network -v');
    expect([subjects.stdout.includes(azure), subjects.stdout.includes(aws)]).toEqual([true, false]);
    await ends(
      'connection-strings --endpoint US_EAST_2 --provider azure',
      0,
      'no nodes in Azure eastus2.\ntwo gets no private',
      '',
    );
    await ends('connection-strings --provider azure', 2, '--provider requires --endpoint.');
    await ends('doctor mongodb://a:27017 --provider azure', 2, '--provider cannot be combined');
  });
});
