import { describe, expect, test } from 'vitest';
import { clouds } from '../../src/clouds/all.js';
import { sandboxClouds } from '../../src/sandbox/clouds/all.js';
import { ownSandbox } from '../helpers/run-cli.js';

const own = ownSandbox({ hints: true });
const { atlas, ends, json } = own;

const end = Date.UTC(2027, 3, 30);
const gcp = 'create --provider gcp --region us-east4';

/** Moves the clock to `ms` milliseconds before the older kind ends. */
function moveTo(ms: number): void {
  own.sandbox.clock.advance(end - ms - own.sandbox.clock.now());
}

const posted = () =>
  own.sandbox.exchanges
    .filter(({ method, url, status }) => method === 'POST' && /endpointService$/.test(url) && status === 201)
    .map(({ requestBody }) => JSON.parse(requestBody).portMappingEnabled);

async function kinds(): Promise<unknown> {
  return JSON.parse((await atlas('list --json --fields portMappingEnabled')).stdout).map(
    ({ portMappingEnabled }: { portMappingEnabled: boolean }) => portMappingEnabled,
  );
}

test('the client and the sandbox know the same day', () => {
  expect(clouds.GCP.older?.endsAt).toBe(end);
  expect(sandboxClouds.GCP.older?.endsAt).toBe(end);
  expect(new Date(`${clouds.GCP.older?.day} UTC`).getTime()).toBe(end);
});

describe('create on GCP', () => {
  test.each([
    ['', true],
    [' --port-mapping', true],
    [' --no-port-mapping', false],
  ])('with "%s" asks for port mapping: %s', async (flags, portMappingEnabled) => {
    const { exitCode, stdout, stderr } = await atlas(`${gcp}${flags} --json`);
    expect([exitCode, JSON.parse(stdout)]).toEqual([0, expect.objectContaining({ portMappingEnabled })]);
    expect(posted()).toEqual([portMappingEnabled]);
    expect(/30 April 2027/.test(stderr)).toBe(!portMappingEnabled);
  });

  test('--no-port-mapping works until the day, with a warning that names it', async () => {
    moveTo(1000);
    const said = /^Warning: Atlas disables GCP private endpoints without port mapping on 30 April 2027\./;
    await ends(`${gcp} --no-port-mapping`, 0, said);
  });

  test.each(['', ' --dry-run'])('--no-port-mapping%s is a usage error from that day on', async (flags) => {
    moveTo(0);
    const message = 'Error: Atlas disabled GCP private endpoints without port mapping on 30 April 2027.';
    await ends(`${gcp} --no-port-mapping${flags}`, 2, `${message}\nHint: Remove --no-port-mapping.\n`, '');
    expect(own.sandbox.exchanges).toEqual([]);
    await ends(gcp, 0);
  });

  test.each([
    ['--no-port-mapping', '', [false]],
    ['--no-port-mapping', ' --port-mapping', [false, true]],
    ['--port-mapping', '', [true]],
    ['--port-mapping', ' --no-port-mapping', [true, false]],
  ])('after %s, --if-not-exists%s leaves %j', async (first, flags, left) => {
    await atlas(`${gcp} ${first}`);
    await ends(`${gcp} --if-not-exists${flags}`, 0);
    expect(await kinds()).toEqual(left);
    await ends(`${gcp} --if-not-exists${flags}`, 0);
    expect(await kinds()).toEqual(left);
  });

  test('--if-not-exists takes the one with port mapping if there are both', async () => {
    await atlas(`${gcp} --no-port-mapping`);
    await atlas(gcp);
    expect(await json(`${gcp} --if-not-exists`)).toMatchObject({ portMappingEnabled: true });
  });

  test.each([
    ['after', 0, [false, true]],
    ['before', 1, [false]],
  ] as const)('whose answer is lost (%s) does not take the other kind for its own', async (drop, code, left) => {
    await atlas(`${gcp} --no-port-mapping`);
    own.sandbox.clock.advance(60_000);
    own.faults = [{ method: 'POST', drop }];
    await ends(gcp, code);
    own.faults = [];
    expect(await kinds()).toEqual(left);
  });
});

describe('the older kind is marked, with the command that converts it', () => {
  const hint = (stderr: string) => stderr.slice(stderr.indexOf('Hint: '));

  test('by list, once for several', async () => {
    await atlas(gcp);
    expect((await atlas('list')).stderr).toBe('');
    await atlas('create --provider gcp --region us-west1 --no-port-mapping');
    const { stdout, stderr } = await atlas('list --output tsv --fields id,portMappingEnabled');
    const [first] = /^(\w+)\tfalse$/m.exec(stdout)?.slice(1) ?? [];
    expect(stderr).toBe(
      `Hint: us-west1 ${first} has no port mapping. Atlas disables it on 30 April 2027. To convert it: atlas-pe convert ${first}\n`,
    );
    for (const format of ['table', 'yaml', 'id']) {
      expect((await atlas(`list --output ${format}`)).stderr, format).toBe(stderr);
    }
    await atlas(`${gcp} --no-port-mapping`);
    expect((await atlas('list')).stderr).toMatch(
      /^Hint: 2 private endpoints have no port mapping\. Atlas disables them on 30 April 2027\. To convert them:\n {2}atlas-pe convert \w+\n {2}atlas-pe convert \w+\n$/,
    );
    expect((await atlas('list --quiet')).stderr).toBe('');
  });

  test('by get, after the next step', async () => {
    await atlas(`${gcp} --no-port-mapping --wait`);
    const { stderr } = await atlas('get us-east4');
    expect(stderr).toMatch(/^Hint: Create an interface endpoint[\s\S]+\nHint: us-east4 \w+ has no port mapping\./);
    await atlas('create --provider gcp --region us-west1 --wait');
    expect((await atlas('get us-west1')).stderr).not.toContain('no port mapping');
  });

  test('by create --if-not-exists that finds one', async () => {
    await atlas(`${gcp} --no-port-mapping`);
    expect(hint((await atlas(`${gcp} --if-not-exists`)).stderr)).toMatch(/To convert it: atlas-pe convert \w+\n$/);
    expect((await atlas(`${gcp} --if-not-exists --no-port-mapping`)).stderr).not.toContain('convert');
  });

  test('with the past tense from that day on, and no other advice', async () => {
    await atlas(`${gcp} --no-port-mapping --wait`);
    moveTo(0);
    expect((await atlas('get us-east4')).stderr).toMatch(
      /^Hint: us-east4 \w+ has no port mapping\. Atlas disabled it on 30 April 2027\. To convert it: .+\n$/,
    );
  });
});
