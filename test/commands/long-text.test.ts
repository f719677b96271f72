import { describe, expect, test } from 'vitest';
import { fakeAtlas, json, ownFolders, runCli } from '../helpers/run-cli.js';

/* Messages stay readable however long they could be. Data is never cut. */

const idOf = (index: number) => index.toString(16).padStart(24, '0');
const service = (index: number, more: Record<string, unknown> = {}) => ({
  id: idOf(index),
  cloudProvider: 'AWS',
  regionName: 'US_EAST_1',
  status: 'AVAILABLE',
  interfaceEndpoints: [],
  ...more,
});
const services = (count: number) => Array.from({ length: count }, (_, index) => service(index));

/** Runs a command against a server with these responses. */
async function run(
  line: string | readonly string[],
  answers: (url: string, method: string) => { status?: number; body: unknown },
  options: Parameters<typeof runCli>[1] = {},
) {
  const atlas = await fakeAtlas((request, response) => {
    const { status = 200, body } = answers(request.url ?? '', request.method ?? '');
    json(response, status, body);
  });
  return atlas.run(line, options);
}

const awsOf = (list: readonly unknown[]) => (url: string) => ({
  body: /\/AWS\/endpointService$/.test(url) ? list : [],
});

describe('a list in an error has ten items and the number of the others', () => {
  test.each([
    ['get', 2, 'Choose one: '],
    ['get us-east-1', 2, 'Choose one: '],
    ['get us-west-2', 3, 'Existing ones: '],
    [`get ${'f'.repeat(24)}`, 3, 'Existing ones: '],
  ])('endpoints: %s', async (line, code, hint) => {
    const { exitCode, stderr } = await run(line, awsOf(services(500)));
    expect([exitCode, stderr.match(/AVAILABLE\)/g)?.length]).toEqual([code, 10]);
    expect(stderr).toContain(`Hint: ${hint}${idOf(0)} (AWS us-east-1, AVAILABLE), `);
    expect(stderr).toMatch(/\) and 490 more\n$/);
  });

  const vpces = Array.from({ length: 500 }, (_, index) => `vpce-${index.toString(16).padStart(17, '0')}`);
  const inUse = (url: string, method: string) =>
    method === 'DELETE'
      ? {
          status: 409,
          body: { error: 409, errorCode: 'CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS', detail: 'In use.' },
        }
      : url.endsWith(idOf(1))
        ? { body: service(1, { interfaceEndpoints: vpces }) }
        : awsOf([service(1, { interfaceEndpoints: vpces })])(url);

  test.each([
    [`interface get vpce-${'f'.repeat(17)}`, 3],
    ['delete us-east-1 --yes', 5],
  ])('interface endpoints: %s', async (line, code) => {
    const { exitCode, stderr } = await run(line, inUse);
    expect([exitCode, stderr]).toEqual([code, expect.stringContaining(' and 490 more')]);
    expect(new Set(stderr.match(/vpce-\w+/g)).size).toBeLessThanOrEqual(11);
  });

  test('projects', async () => {
    const results = Array.from({ length: 40 }, (_, index) => ({ id: idOf(index), name: `name ${index}` }));
    const { exitCode, stderr } = await run(['list', '--project', 'elsewhere'], (url) =>
      url.includes('/byName/')
        ? { status: 404, body: { error: 404, errorCode: 'GROUP_NAME_NOT_FOUND' } }
        : { body: { results, totalCount: 40 } },
    );
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/Valid values: name 0, .*name 9 and 30 more\n/)]);
  });

  test('unexpected arguments', async () => {
    const words = Array.from({ length: 50 }, (_, index) => `w${index}`);
    for (const line of [['get'], ['interface', 'get']]) {
      const { exitCode, stderr } = await runCli([...line, 'us-east-1', ...words, '--sandbox']);
      expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/'?w\d+'? and \d\d more/)]);
      expect(stderr.match(/\bw\d+/g)).toHaveLength(10);
    }
  });
});

describe('a wait for many endpoints', () => {
  const many = services(500).map((each) => ({ ...each, status: 'INITIATING' }));
  const interrupted = {
    onStderr: (text: string, interrupt: (signal: 'SIGINT') => void) => {
      if (text.includes('INITIATING')) interrupt('SIGINT');
    },
  };

  test('names ten of them, and hints how to continue', async () => {
    const { exitCode, stderr } = await run('wait --all', awsOf(many), interrupted);
    const hint =
      /^Hint: Current status: (us-east-1 \w+ \(INITIATING\),? ){10}and 490 more\. .+: atlas-pe wait --all$/;
    expect([exitCode, stderr.trimEnd().split('\n').at(-1)]).toEqual([130, expect.stringMatching(hint)]);
  });

  test('omits the names from the hint if there are too many', async () => {
    const ids = many.slice(0, 60).map(({ id }) => id);
    const { stderr } = await run(['wait', ...ids], awsOf(many), interrupted);
    expect(stderr).toMatch(/: atlas-pe wait …\n$/);
    const few = await run(['wait', ...ids.slice(0, 30)], awsOf(many), interrupted);
    expect(few.stderr).toMatch(/: atlas-pe wait (\w{24} ){29}\w{24}\n$/);
  });
});

describe('a long text is cut in the middle', () => {
  const long = `begin ${'x'.repeat(200_000)} end`;
  const refused = () => ({ status: 409, body: { error: 409, errorCode: 'ODD_CONFLICT', detail: long } });

  test('in an error from Atlas', async () => {
    const { exitCode, stderr } = await run('list --provider aws', refused);
    expect([exitCode, stderr.length < 2500]).toEqual([5, true]);
    expect(stderr).toMatch(/^Error: begin x+ … x+ end \(ODD_CONFLICT 409\)\.\n/);
  });

  test('in JSON too', async () => {
    const errorCode = 'E'.repeat(200_000);
    const { stderr } = await run('list --provider aws --json --log-format json', () => ({
      status: 409,
      body: { errorCode, detail: long },
    }));
    const { error } = JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '');
    expect(error.message).toMatch(/^begin x+ … E+ 409\)\.$/);
    expect([error.message.length < 2500, error.errorCode.length < 2500]).toEqual([true, true]);
  });

  test('but not in data', async () => {
    const failed = service(1, { status: 'FAILED', errorMessage: long });
    for (const format of ['json', 'jsonl', 'yaml', 'table']) {
      const { stdout } = await run(`get --output ${format}`, awsOf([failed]));
      expect(stdout.length, format).toBeGreaterThan(200_000);
      expect(stdout, format).not.toContain('…');
    }
  });

  test.each([
    'list --output LONG',
    'list --LONG',
    'LONG',
    'get LONG',
    'wait until LONG',
    'sandbox serve --faults LONG',
  ])('in an argument: %s', async (line) => {
    for (const more of [[], ['--json']]) {
      const { exitCode, stdout, stderr } = await runCli(
        [...line.replace('LONG', 'y'.repeat(20_000)).split(' '), ...more],
        { env: { ...ownFolders(), ATLAS_PE_PROFILE: 'sandbox' } },
      );
      expect([exitCode > 0, stdout, stderr.length < 6000], stderr.slice(0, 300)).toEqual([true, '', true]);
    }
  });
});

describe('a very long list', () => {
  const ids = Array.from({ length: 140_000 }, (_, index) => ({ id: idOf(index) }));

  test.each([
    ['projects --output id', () => ({ body: { results: ids, totalCount: ids.length } })],
    ['list --output tsv --fields id', awsOf(ids)],
  ] as const)('of %s is printed', { timeout: 60_000 }, async (line, answer) => {
    const { exitCode, stdout, stderr } = await run(line, answer);
    expect([exitCode, stderr, stdout.length]).toEqual([0, '', 25 * ids.length]);
  });
});
