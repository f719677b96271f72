import { beforeEach, describe, expect, test } from 'vitest';
import { fill } from '../helpers/dozen.js';
import { ownSandbox } from '../helpers/run-cli.js';

const own = ownSandbox();
const { atlas, ends } = own;
beforeEach(() => fill(own.sandbox.store, own.sandbox.clock.now()));

const column = async (line: string) => (await atlas(line)).stdout.trimEnd().split('\n');

describe('--sort', () => {
  test('sorts statuses by their life cycle, in every format', async () => {
    const statuses = [
      ...Array(4).fill('INITIATING'),
      ...Array(4).fill('WAITING_FOR_USER'),
      'AVAILABLE',
      'FAILED',
      'DELETING',
      'DELETING',
    ];
    expect(await column('list --sort status --fields status')).toEqual(
      [...statuses].sort((one, other) => statuses.indexOf(one) - statuses.indexOf(other)),
    );
    const { stdout } = await atlas('list --sort=-status --json');
    expect(JSON.parse(stdout).map(({ status }: { status: string }) => status)[0]).toBe('DELETING');
    const ids = await column('list --sort -region --output id');
    const regions = await column('list --sort -region --output tsv --fields id,region');
    expect(regions.map((line) => line.split('\t')[0])).toEqual(ids);
    expect(regions[0]).toMatch(/\twesteurope$/);
  });

  test('works with all projects and in a terminal', async () => {
    const { exitCode, lines } = await own.inTerminal('list --all-projects --sort region --no-color');
    expect([exitCode, lines[1]]).toEqual([0, expect.stringMatching(/^ap-southeast-2 /)]);
  });

  test('takes columns of the table as well, and headings in any case', async () => {
    const [first = '', ...others] = await column(
      'list --sort -INTERFACES --fields interfaces,interface-endpoints,ID',
    );
    expect(first).toMatch(/^1\tvpce-0123456789abcdef0\t[0-9a-f]{24}$/);
    for (const line of others) expect(line).toMatch(/^none\t\t[0-9a-f]{24}$/);
    expect(await column('list --sort -age --fields createdAt')).toEqual(
      await column('list --sort createdAt --fields createdAt'),
    );
    expect((await column('list --sort service --fields service')).at(0)).toMatch(/^pls_/);
  });

  test('works for other lists', async () => {
    await ends('projects --sort -name', 0);
    const names = await column('config list --sort -name --fields name');
    expect(names).toEqual([...names].sort().reverse());
    await ends('interface list --sort endpointId', 0);
    await ends('profile list --sort name', 0);
    await ends('connection-strings --sort cluster', 0);
  });

  test.each([
    ['list --sort size', "Unknown field 'size'.", /Valid fields: id, .*createdAt/],
    ['list --sort -sttus', "Unknown field 'sttus'.", /Did you mean status\? Valid fields: id, /],
    ['list --sort id --output terraform', '--sort cannot be combined with --output terraform.', /./],
    ['list --json --fields id,interfaces', "'interfaces' is a column", /Use the key interfaceEndpoints\./],
    ['list --output yaml --fields AGE', "'age' is a column of the table, not a key.", /Use the key createdAt\./],
    ['list --query [] --fields project', "Unknown field 'project'.", /Valid fields: id, projectId, /],
    ['create --region us-east-1 --dry-run --fields age', "Unknown field 'age'.", /Valid fields: method, url, body/],
    ['interface list --fields interfaces', "Unknown field 'interfaces'.", /Valid fields: id, /],
    ['list --fields region --output id', '--fields cannot be combined with --output id.', /./],
    ['get us-east-1 --sort id', "Unknown option '--sort'.", /./],
  ])('%s is a usage error, and nothing is sent', async (line, message, hint) => {
    const { stderr } = await ends(line, 2, message, '');
    expect(stderr).toMatch(hint);
    expect(own.sandbox.requests()).toBe(0);
  });

  test("a key that looks like a short option doesn't change the error format", async () => {
    const { stderr } = await atlas('config list --json --log-format json --sort -origin');
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'usage' } });
  });
});
