import { beforeEach, describe, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { attachForeign } from '../helpers/aws.js';
import { vpce } from '../helpers/run-cli.js';
import { scenario } from '../helpers/scenario.js';

const { own, json, left } = scenario('AWS');

const [east, west] = [
  { provider: 'AWS', atlasRegion: 'US_EAST_1' },
  { provider: 'AWS', atlasRegion: 'EU_WEST_1' },
] as const;
const clusters = [
  { name: 'near', regions: [west] },
  { name: 'wide', regions: [east, west] },
  { name: 'far', regions: [east] },
];

const projects = [defaultProject, '64f0c2a7e1b2c3d4e5f60719'];

const names = ({ breaks }: { breaks: { cluster: string; connectionString: string; regions: string[] }[] }) =>
  breaks.map(({ cluster, connectionString, regions }) => {
    expect(connectionString).toMatch(new RegExp(`^mongodb\\+srv://${cluster}-pl-\\d\\.`));
    return `${cluster}: ${regions.join(' ')}`;
  });
const strings = async () =>
  ((await json('connection-strings')) as { cluster: string }[]).map(({ cluster }) => cluster).toSorted();
const readable = async () => own.sandbox.clock.advance(120_000);

describe('a cluster with nodes in two regions', () => {
  const ofWest = ['near: eu-west-1', 'wide: us-east-1 eu-west-1'];
  const connected = own.once(async () => {
    await own.change({ clusters, projects });
    const made = [await json('connect us-east-1 --yes'), await json('connect eu-west-1 --yes')];
    await readable();
    return made.map(({ cloud }): string => cloud.interfaceEndpointId);
  });
  let ids: string[] = [];
  beforeEach(async () => {
    ids = await connected();
    expect(await strings()).toEqual(['far', 'near', 'wide']);
  });

  describe.each([
    ['disconnect eu-west-1', 'Nothing was removed'],
    ['interface remove eu-west-1', 'Nothing was removed'],
    ['delete eu-west-1 --cascade', 'Nothing was deleted'],
  ])('%s', (command, undone) => {
    const line = () => (command.startsWith('interface') ? `${command} ${ids[1]}` : command);

    test('removes nothing with --yes alone', async () => {
      const said = `${undone}: it breaks connection strings in other regions too: wide (AWS us-east-1).\n`;
      const { stderr } = await own.ends(`${line()} --yes`, 5, said, '');
      expect(stderr).toContain(`atlas-pe ${line()} --yes --allow-outage`);
      expect(await strings()).toEqual(['far', 'near', 'wide']);
      expect(await left('eu-west-1')).toEqual([2, 2, 1, 1]);
    });

    test('removes it with --allow-outage, and JSON lists what broke', async () => {
      expect(names(await json(`${line()} --yes --allow-outage`))).toEqual(ofWest);
      await readable();
      expect(await strings()).toEqual(['far']);
    });

    test('shows each string before the question, which needs no option', async () => {
      const { exitCode, text: shown } = await own.inTerminal(line(), { columns: 80, stdin: 'n\r' });
      expect(exitCode).toBe(1);
      expect(shown.match(/breaks {2}Connection string {2}mongodb\+srv:\S+ \((near|wide)\)/g)).toHaveLength(2);
      expect(shown).toMatch(
        /Applications that use them can no longer connect\. They also stop\s+working in AWS us-east-1\.\n[\s\S]*\[y\/N\]/,
      );
      expect(await strings()).toHaveLength(3);
    });

    test('goes on with a warning if the clusters cannot be read', async () => {
      own.faults = [{ path: '*/clusters', status: 403, code: 'USER_UNAUTHORIZED' }];
      const said = 'Warning: Cannot read which connection strings stop working.';
      const { stdout } = await own.ends(`${line()} --yes --json`, 0, said);
      expect(JSON.parse(stdout).breaks).toBeNull();
    });
  });

  test('the hint of a cascade that fails has --allow-outage, as the strings still break', async () => {
    own.faults = [{ method: 'DELETE', path: '*/endpoint/*', status: 403 }];
    const line = 'delete eu-west-1 --cascade --yes --allow-outage';
    await own.ends(line, 4, /To continue: atlas-pe delete \w{24} --cascade --yes --allow-outage$/m, '');
  });

  test('disconnect --dry-run lists them, and changes nothing', async () => {
    expect(names(await json('disconnect eu-west-1 --dry-run'))).toEqual(ofWest);
    const { stdout } = await own.atlas('disconnect us-east-1 --dry-run --output table');
    expect(stdout.match(/ {2}breaks {2}Connection string {2}mongodb\S+ \((?:wide|far)\)\n/g)).toHaveLength(2);
    expect(await strings()).toHaveLength(3);
  });

  test('only the strings through the removed interface endpoint break, if another one remains', async () => {
    await own.enableRegionalMode();
    const id = await attachForeign(own);
    await readable();
    // far and wide have a string through each of the two, and wide one in eu-west-1.
    expect(await strings()).toEqual(['far', 'far', 'near', 'wide', 'wide', 'wide']);
    expect(names(await json(`interface remove ${id} --yes`))).toEqual(['wide: us-east-1', 'far: us-east-1']);
  });

  test('the strings of another project stay', async () => {
    const other = `--project ${projects[1]}`;
    await json(`connect us-east-1 --yes ${other}`);
    expect(names(await json(`disconnect us-east-1 --yes ${other}`))).toEqual(['far: us-east-1']);
    expect(await strings()).toEqual(['far', 'near', 'wide']);
  });
});

test('what breaks nothing needs no option, and JSON says so', async () => {
  await own.restart({ clusters });
  await json('connect us-east-1 --yes');
  // wide has no string yet.
  expect(names(await json('disconnect us-east-1 --yes'))).toEqual(['far: us-east-1']);
  for (const line of ['disconnect us-east-1', `interface remove us-east-1 ${vpce('a')}`, 'delete us-east-1'])
    expect((await json(`${line} --yes --if-exists`)).breaks, line).toEqual([]);
  await json('create us-east-1 --wait');
  expect((await json('delete us-east-1 --cascade --yes')).breaks).toEqual([]);
});
