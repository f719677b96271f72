import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Provider, providers } from '../../src/clouds/all.js';
import { createFaults, type Fault } from '../../src/sandbox/faults.js';
import { defaultWorldOptions } from '../../src/sandbox/world.js';
import { countsInAws } from '../helpers/aws.js';
import { countsInAzure } from '../helpers/azure.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { countsInGoogle } from '../helpers/gcp.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';
import { runProgram } from '../helpers/run-program.js';
import { testSandbox } from '../helpers/sandbox.js';
import { recorder, unlikeTheSandbox, withoutIds } from './recorder.js';
import { type Place, placeOn, placesOf, tryAll } from './try-all.js';

/* What ATLAS_PE_LIVE=1 npm run test:live runs in a project of Atlas and the clouds of its credentials. Without that, the
 * same runs in the sandbox only. */

const everywhere = providers.map((provider) => placeOn(provider, {}));

/** Tries everything in a sandbox of its own, through a recorder. */
async function inSandbox({ places = everywhere, faults = [] as Fault[], prefix = 'Sandbox' } = {}) {
  const clock = fakeClock();
  const world = { clusters: defaultWorldOptions.clusters, readyAfter: 1000 };
  const sandbox = await testSandbox({ clock, world, faults: createFaults(faults) });
  const recorded = await recorder(sandbox.baseUrl);
  onTestFinished(recorded.close);
  const env: Record<string, string> = { ...sandbox.env, ATLAS_PE_BASE_URL: recorded.baseUrl };
  const run = (line: string) => {
    clock.advance(1);
    return runCli(line.split(' '), { env, clock });
  };
  const [first = placeOn('AWS', {})] = places;
  const lines: string[] = [];
  const onCommand = (line: string) => void lines.push(line);
  const ended = tryAll({
    run,
    now: clock.now,
    onCommand,
    project: env.ATLAS_PE_PROJECT ?? '',
    prefix,
    first,
    places,
  });
  return { error: await ended.catch((error: Error) => error), lines, sandbox, recorded };
}

/** How many services, attached interface endpoints, and resources of each kind there are in the clouds. */
const counts = async (sandbox: Awaited<ReturnType<typeof testSandbox>>) => [
  await countsInAws(sandbox),
  await countsInAzure(sandbox),
  await countsInGoogle(sandbox),
];
const nothing = [
  [0, 0, 0, 0],
  [0, 0, 0],
  [0, 0, 0, 0],
];

describe('in the sandbox', () => {
  test('every command succeeds, nothing stays, and the recorded answers are those of the sandbox', async () => {
    const { error, lines, sandbox, recorded } = await inSandbox();
    expect(error).toBeUndefined();
    expect(lines).toEqual(
      expect.arrayContaining(
        everywhere.map(({ region }) => expect.stringMatching(`^disconnect ${region} .* --yes$`)),
      ),
    );
    expect(await counts(sandbox)).toEqual(nothing);
    expect(unlikeTheSandbox(recorded.exchanges, sandbox.exchanges)).toEqual([]);
    const [listed, ...others] = recorded.exchanges.filter(
      ({ url, status }) => /groups\?/.test(url) && status === 200,
    );
    const changed = listed && {
      ...listed,
      body: '{"results":[{"id":"64f0c2a7e1b2c3d4e5f60718","name":7,"of":"shop","as":"IDLE"}]}',
    };
    expect(changed && unlikeTheSandbox([changed], [listed, ...others])).toMatchObject([
      {
        onlyInAtlas: ['results[].name: number', 'results[].of: string', 'results[].as: IDLE'],
        example: { results: [{ id: 'TEXT', of: 'TEXT', as: 'IDLE' }] },
      },
    ]);
  });

  test.each<[string, Provider, Fault]>([
    ['delete of a service', 'AWS', { method: 'DELETE', path: '*/endpointService/*', nth: [{ from: 1, to: 1 }] }],
    ['connection', 'AZURE', { method: 'POST', path: '*/AZURE/endpointService/*/endpoint' }],
    ['create in the cloud', 'GCP', { action: 'compute.forwardingRules.create' }],
  ])('a %s that fails ends it, and nothing stays', async (_, provider, fault) => {
    const { error, sandbox } = await inSandbox({
      places: [placeOn(provider, {})],
      faults: [{ ...fault, status: 400 }],
    });
    expect(String(error)).toMatch(/^Error: atlas-pe (?:delete|connect) .* ended with \d/);
    expect(await counts(sandbox)).toEqual(nothing);
  });

  test('another project is refused before anything is created', async () => {
    const { error, recorded } = await inSandbox({ prefix: 'atlas-pe-live' });
    expect(String(error)).toContain('begins with atlas-pe-live. 64f0c2a7e1b2c3d4e5f60718 (Sandbox) is another one.');
    expect(recorded.exchanges.filter(({ method }) => method !== 'GET')).toEqual([]);
  });
});

test('no name, id or address is in what is recorded', () => {
  const body =
    'a.b@x.org cluster0-pl-0.5569d.mongodb.net 10.0.0.4 64f0c2a7e1b2c3d4e5f60718 vpce-0123456789abcdef0 123456789012';
  expect(withoutIds(body)).toBe('EMAIL HOST IP ID vpce-ID ID');
});

const answersFile = fileURLToPath(new URL('answers.json', import.meta.url));

test.runIf(process.env.ATLAS_PE_LIVE)('in Atlas', { timeout: 4 * 3_600_000 }, async () => {
  const env = Object.fromEntries(
    Object.entries(process.env).flatMap(([name, value]) => (value ? [[name, value]] : [])),
  );
  const places: Place[] = placesOf(env);
  const recorded = await recorder(env.ATLAS_PE_BASE_URL ?? 'https://cloud.mongodb.com');
  onTestFinished(recorded.close);
  const { HOME: _home, XDG_CONFIG_HOME: _config, ...folders } = ownFolders();
  const isOurs = ([name]: string[]) => !name?.startsWith('ATLAS_PE_LIVE');
  const others = Object.fromEntries(Object.entries(env).filter(isOurs));
  const own = { ...others, ...folders, ATLAS_PE_BASE_URL: recorded.baseUrl };
  const run = (line: string) => runProgram(line.split(' '), own);
  const first = placeOn('AWS', env);
  const onCommand = (line: string, seconds: number) => {
    process.stdout.write(`${seconds.toFixed(1).padStart(8)} s  ${line}\n`);
  };
  try {
    await tryAll({ run, now: Date.now, onCommand, project: env.ATLAS_PE_PROJECT ?? '', first, places });
  } finally {
    const { sandbox } = await inSandbox({ places });
    const unlike = unlikeTheSandbox(recorded.exchanges, sandbox.exchanges);
    writeFileSync(answersFile, `${JSON.stringify(unlike, null, 2)}\n`);
    process.stdout.write(`${unlike.length} kinds of answers are unlike the sandbox's: ${answersFile}\n`);
  }
});
