import { describe, expect, test } from 'vitest';
import { ownSandbox } from '../helpers/run-cli.js';
import { interruptedAt, requestsOf } from '../helpers/sweep.js';

const inRegion = (...atlasRegions: string[]) =>
  atlasRegions.map((atlasRegion) => ({ provider: 'GCP' as const, atlasRegion }));
const app = { name: 'app', regions: inRegion('US_EAST_4') };
const own = ownSandbox({ hints: true, world: { clusters: [app] } });
const { atlas, json: rows } = own;
const group = 'grp --gcp-project my-project-1 --endpoint a@10.0.0.1,b@10.0.0.2';
const rule = 'interface add us-east4 rule --gcp-project my-project-1 --ip 10.0.0.4';
const finish = 'convert us-east4 --finish --yes';

async function all(...lines: string[]): Promise<void> {
  for (const line of lines) await own.succeeds(line);
}

/** Runs a command that must end with this exit code and such an output. A dot matches the end of a line too. */
const ends = (line: string, exitCode: number, stderr: RegExp | string = '', stdout: RegExp | string = '') =>
  own.ends(line, exitCode, new RegExp(stderr, 's'), new RegExp(stdout, 's'));

/** A service without port mapping that clusters use. */
async function addOlder() {
  const { stdout } = await atlas('create --provider gcp --region us-east4 --no-port-mapping --wait --output id');
  await all(`interface add us-east4 ${group} --wait`, 'connection-strings --wait');
  return stdout.trim();
}
const older = own.once(addOlder);

/** The same with its replacement. */
const converted = own.once(async () => {
  const old = await older();
  await all('convert us-east4', rule, 'convert us-east4');
  return old;
});

/** What there is: for each service whether it has port mapping, and its interface endpoints. */
const there = async () =>
  (await rows('list')).map(({ portMappingEnabled, interfaceEndpoints, region }: Record<string, unknown>) => [
    region,
    portMappingEnabled,
    interfaceEndpoints,
  ]);

const idOf = async (mapped: boolean): Promise<string> =>
  (await rows('list')).find(({ portMappingEnabled }: Record<string, unknown>) => portMappingEnabled === mapped)?.id;

const [before, after] = [
  expect.stringMatching(/^mongodb\+srv:\/\/app-pl-0\./),
  expect.stringMatching(/^mongodb\+srv:\/\/app-psc-0\./),
];

describe('convert', () => {
  test('goes from beginning to end, and says each time what to do next', async () => {
    const old = await older();
    const first = await ends('convert us-east4', 0, '', /^app\t\S+app-pl-0\.\S+\t\n$/);
    const created = await idOf(true);
    expect(first.stderr.split('\n')).toEqual([
      expect.stringMatching(`^New Atlas service: us-east4 ${created}, created after `),
      'New attachment: skipped (no interface endpoint)',
      'New connection strings: skipped for app',
      `us-east4 ${created} has no AVAILABLE interface endpoint.`,
      'Hint: Create a forwarding rule in Google project my-project-1, attach it, and continue:',
      `  atlas-pe connect ${created} --gcp-project my-project-1`,
      '  atlas-pe convert us-east4',
      '',
    ]);

    await all(rule);
    const steps =
      'New Atlas service: us-east4 \\w+, adopted\nNew attachment: rule, adopted .+\nNew connection strings: app, after ';
    const hint =
      'Hint: Change the connection strings in your applications\\. .+: atlas-pe convert us-east4 --finish --yes\n$';
    await ends('convert us-east4', 0, `^${steps}.+\n${hint}`, /^app\t\S+app-pl-0\.\S+\t\S+app-psc-0\.\S+\n$/);
    expect(await there()).toEqual([
      ['us-east4', false, ['grp']],
      ['us-east4', true, ['rule']],
    ]);

    const cleanUp = 'gcloud compute forwarding-rules delete a b --region us-east4 --project my-project-1';
    await ends(
      finish,
      0,
      `Old attachment: grp, removed .+\nOld Atlas service: ${old}, removed .+\nHint: Remove .+ from your GCP project, in bash or zsh:\n  ADDRESSES=.+ users~/a\\$\\|/b\\$' .+\n  ${cleanUp}\n  gcloud compute addresses delete [^\n]+\n$`,
      /^app\t\t\S+app-psc-0\.\S+\n$/,
    );
    expect(await there()).toEqual([['us-east4', true, ['rule']]]);
    for (const line of ['convert', 'convert us-east4', finish]) await ends(line, 0, /^Nothing to convert: /);
  });

  test('prints both strings of each cluster as JSON, and the new ones with --output id', async () => {
    await own.restart({ clusters: [app, { name: 'other', regions: inRegion('US_EAST_4') }] });
    const old = await addOlder();
    await all('convert', rule);
    const read = await rows('convert us-east4');
    const created = await idOf(true);
    expect(read).toEqual([
      {
        cluster: 'app',
        oldEndpointId: old,
        newEndpointId: created,
        oldSrvConnectionString: before,
        newSrvConnectionString: after,
        gcpProjectId: 'my-project-1',
        breaks: [],
      },
      expect.objectContaining({ cluster: 'other' }),
    ]);
    await ends('convert --output id', 0, '', /^mongodb\+srv:\/\/app-psc-0\.\S+\n\S+other-psc\S+\n$/);
  });

  test('takes a service with port mapping that is there, and changes nothing when it is run again', async () => {
    await older();
    await all('create --provider gcp --region us-east4', 'convert us-east4', rule, 'convert us-east4');
    expect(await there()).toHaveLength(2);
    const posts = () => own.sandbox.exchanges.filter(({ method, status }) => method !== 'GET' && status < 400).length;
    const count = posts();
    await all('convert us-east4', `convert ${await idOf(true)}`, `convert ${await idOf(false)}`);
    expect(posts()).toBe(count);
  });

  test('works in another project, which a Terraform import id names', async () => {
    await own.restart({ projects: 'any' });
    const other = '64f0c2a7e1b2c3d400000001';
    const { stdout } = await atlas(
      `create --provider gcp --region us-east4 --no-port-mapping --wait --output id --project ${other}`,
    );
    await ends(`convert ${other}-${stdout.trim()}`, 0, `  atlas-pe connect \\w+ --project ${other}\n`);
    expect(await rows('list')).toEqual([]);
    expect(await rows(`list --project ${other}`)).toHaveLength(2);
  });

  test('still works after the day, when the old strings are gone', async () => {
    await older();
    own.sandbox.clock.advance(Date.UTC(2027, 3, 30) - own.sandbox.clock.now());
    const hint = 'Atlas disabled it on 30 April 2027\\. To convert it: atlas-pe convert \\w+\n$';
    await ends('get us-east4', 0, `^Hint: us-east4 \\w+ has no port mapping\\. ${hint}`, 'status\tFAILED\n');
    await all('convert us-east4', rule);
    expect(await rows('convert us-east4')).toMatchObject([
      { oldSrvConnectionString: null, newSrvConnectionString: after },
    ]);
    await all(finish);
    expect(await there()).toEqual([['us-east4', true, ['rule']]]);
  });

  test('does not wait for a cluster that has nodes where no service with port mapping is', async () => {
    await own.restart({ clusters: [app, { name: 'wide', regions: inRegion('US_EAST_4', 'CENTRAL_US') }] });
    await addOlder();
    await all(
      'create --provider gcp --region us-central1 --no-port-mapping --wait',
      `interface add us-central1 ${group} --wait`,
      'connection-strings --wait',
      'convert us-east4',
      rule,
    );
    const why = 'wide gets no .+ yet\\. It has nodes in GCP us-central1, but no [^\n]+ with port mapping there\\.\n';
    const strings = 'New connection strings: app, after \\S+\n';
    const last = 'These clusters do not have [^\n]+: wide\\.\n$';
    await ends('convert us-east4', 0, `${why}${strings}${last}`, /^app\t\S+\t\S+\nwide\t\S+\t\n$/);
    await ends(finish, 5, /yet: wide\./);
    // Once the other region is converted too, both can be finished.
    await all('convert us-central1', 'interface add us-central1 two --gcp-project my-project-1 --ip 10.0.0.5');
    await all('convert us-central1');
    // The old string of wide leads through both regions.
    await ends(finish, 5, /other regions too: wide \(GCP us-central1\)\.\n.+ --allow-outage/);
    const finished: Record<string, unknown>[] = await rows('convert us-east4 --finish --yes --allow-outage');
    const connectionString = expect.stringMatching(/wide-pl-0/);
    expect(finished.find(({ cluster }) => cluster === 'wide')?.breaks).toEqual([
      { cluster: 'wide', connectionString, regions: ['us-east4', 'us-central1'] },
    ]);
    await all('convert us-central1 --finish --yes');
    expect(await rows('connection-strings')).toMatchObject([
      { srvConnectionString: after },
      { srvConnectionString: expect.stringMatching(/wide-psc-0/) },
    ]);
  });

  test('says why an interface endpoint of the new service failed, and what to create', async () => {
    await older();
    await all('convert us-east4');
    own.faults = [{ method: 'POST', path: '/endpoint', fate: { kind: 'failed', reason: 'Wrong target' } }];
    await all(rule);
    own.sandbox.clock.advance(60_000);
    await ends('convert us-east4', 0, /Warning: rule is FAILED: Wrong target\.\n.+Create a forwarding rule/);
  });

  test('that times out says what exists, and how to continue', async () => {
    const old = await older();
    own.faults = [{ method: 'POST', path: '/endpointService', fate: { kind: 'never-ready' } }];
    const exists = `us-east4 ${old} is unchanged\\. us-east4 \\w+ with port mapping exists\\.`;
    const hint = `Hint: ${exists} To continue: atlas-pe convert us-east4 --timeout 1m\n$`;
    await ends('convert us-east4 --timeout 1m', 8, hint);
  });

  test.each(['convert us-east4', finish])(
    '%s refuses interface endpoints of the same name, and says how to remove the new one',
    async (line) => {
      await older();
      await all('convert us-east4', rule.replace(' rule ', ' grp '), 'connection-strings --wait');
      const [mapped, before] = [await idOf(true), await there()];
      const remove = `interface remove ${mapped} grp --wait --yes`;
      await ends(line, 5, `both have an interface endpoint named grp\\..+: atlas-pe ${remove}\n$`);
      expect(await there()).toEqual(before);
      await all(remove);
      expect(await there()).toEqual([
        ['us-east4', false, ['grp']],
        ['us-east4', true, []],
      ]);
    },
  );

  test('names those to choose from', async () => {
    await older();
    await all('create --provider gcp --region us-central1 --no-port-mapping', 'create --region us-east-1');
    const choice = 'Choose one: \\w+ \\(GCP us-east4, AVAILABLE, no port mapping\\), ';
    await ends('convert', 2, `^Error: There are 2 private endpoint services without port mapping.\nHint: ${choice}`);
    await ends('convert us-east-1', 2, /is on AWS/);
    await ends('convert us-west1', 3);
    await own.restart();
    await ends('convert', 3);
  });

  test('of a service in a region with both kinds is named by the region; other commands ask which', async () => {
    await older();
    await all('convert us-east4');
    const choice = /us-east4.+AVAILABLE, no port mapping\), \w+ \(GCP us-east4, WAITING_FOR_USER\)/;
    await ends('get us-east4', 2, `2 private endpoint services in ${choice.source}`);
  });
});

describe('convert --finish', () => {
  test('names delete if the old service has no interface endpoint, and the command works', async () => {
    const { stdout } = await atlas('create --provider gcp --region us-east4 --no-port-mapping --wait --output id');
    const remove = `delete ${stdout.trim()} --yes`;
    const hint = `To delete it: atlas-pe ${remove}\n$`;
    await ends(finish, 5, `has no ready private endpoint service with port mapping.+${hint}`);
    await all('convert us-east4');
    await ends(finish, 5, `has no AVAILABLE interface endpoint.+${hint}`);
    await all(`${remove} --wait`);
    expect(await there()).toEqual([['us-east4', true, []]]);
  });

  test('removes nothing before the new service is in use', async () => {
    await older();
    const refused = async (why: string) => {
      const count = (await there()).length;
      await ends(finish, 5, `cannot be removed yet\\. ${why}.+: atlas-pe convert us-east4\n$`);
      expect(await there()).toHaveLength(count);
    };
    await refused('us-east4 has no ready private endpoint service with port mapping');
    await all('convert us-east4');
    await refused('us-east4 \\w+ has no AVAILABLE interface endpoint');
    await all(`${rule} --wait`);
    await refused('These clusters do not have a new connection string for each old one yet: app');
    await all('convert us-east4', finish);
  });

  test('needs a replacement in the Google project of each interface endpoint', async () => {
    await older();
    const groupB = 'grp-b --gcp-project project-b --endpoint a@10.1.0.1,b@10.1.0.2';
    await all(`interface add us-east4 ${groupB} --wait`, 'connection-strings --wait');
    const { stderr } = await atlas('convert us-east4');
    const [, hint = ''] = stderr.split('Hint: ');
    const id = await idOf(true);
    expect(hint.split('\n')).toEqual([
      'Create a forwarding rule in each of the Google projects my-project-1, project-b, attach it, and continue:',
      `  atlas-pe connect ${id} --gcp-project my-project-1`,
      `  atlas-pe connect ${id} --gcp-project project-b`,
      '  atlas-pe convert us-east4',
      '',
    ]);
    await all(rule);
    const lacking = 'project-b has 0 of 1 AVAILABLE interface endpoints with port mapping that replace grp-b\\.\n';
    await ends(
      'convert us-east4',
      0,
      `${lacking}Hint: Create a forwarding rule in Google project project-b, attach it, and continue:`,
      /app-pl-0\S+\t\S+app-psc-0\S+\tmy-project-1\napp\t\S+app-pl-1\S+\t\tproject-b\n$/,
    );
    // A second one in the project that has one already replaces nothing.
    await all('interface add us-east4 again --gcp-project my-project-1 --ip 10.0.0.5', 'connection-strings --wait');
    await ends(finish, 5, lacking);
    expect(await there()).toEqual([
      ['us-east4', false, ['grp', 'grp-b']],
      ['us-east4', true, ['rule', 'again']],
    ]);
    await all('interface add us-east4 rule-b --gcp-project project-b --ip 10.1.0.9');
    await ends('convert us-east4', 0, 'atlas-pe convert us-east4 --finish --yes\n$');
    await all(finish);
    expect(await there()).toEqual([['us-east4', true, ['rule', 'again', 'rule-b']]]);
  });

  test('needs as many replacements as the old services have interface endpoints in a project', async () => {
    const old = 'create --provider gcp --region us-east4 --no-port-mapping --wait --output id';
    await own.enableRegionalMode();
    const [a, b, c] = [await atlas(old), await atlas(old), await atlas(old)].map(({ stdout }) => stdout.trim());
    await all(
      `interface add ${a} ${group} --wait`,
      `interface add ${b} ${group.replace('grp', 'grp-2')} --wait`,
      `interface add ${c} grp-c --gcp-project project-c --endpoint a@10.0.0.1,b@10.0.0.2 --wait`,
      `convert ${a}`,
    );
    await all(rule.replace('us-east4', await idOf(true)), `convert ${a}`);
    for (const [id, why] of [
      [a, 'my-project-1 has 1 of 2 .+ replace grp, grp-2'],
      [b, 'my-project-1 has 1 of 2 .+ replace grp-2, grp'],
      [c, 'project-c has 0 of 1 .+ replace grp-c'],
    ])
      await ends(`convert ${id} --finish --yes`, 5, `${why}\\.\n`);
    expect(await rows(`convert ${c}`)).toMatchObject([
      { oldSrvConnectionString: expect.any(String), newSrvConnectionString: null, gcpProjectId: 'project-c' },
      { oldSrvConnectionString: null, newSrvConnectionString: after, gcpProjectId: 'my-project-1' },
    ]);
    expect(await there()).toHaveLength(4);
  });

  test('that is interrupted says what becomes of the old service, and how to continue', async () => {
    const old = await converted();
    const hint = `Hint: us-east4 ${old} is being removed. To continue: atlas-pe ${finish}\n`;
    await own.ends(finish, 130, hint, undefined, {
      onStderr: (text, interrupt) => text.includes('Old attachment: grp, removed') && interrupt('SIGINT'),
    });
    await ends(finish, 0, `(^|\n)Old attachment: none\nOld Atlas service: ${old}, removed`);
  });

  test('succeeds if Atlas deletes the old service with its last interface endpoint', async () => {
    await own.restart({ lastTakesService: true });
    await addOlder();
    await all('convert us-east4', rule, 'convert us-east4');
    await ends(finish, 0, /Old attachment: grp, removed.*\nOld Atlas service: \w+, removed\n/);
    expect(await there()).toEqual([['us-east4', true, ['rule']]]);
  });

  test.each([
    ['convert us-east4 --finish', '--yes'],
    ['convert --finish --yes', 'ENDPOINT'],
  ])('%s in a pipe removes nothing, and needs %s only if there is something to remove', async (line, hint) => {
    await older();
    await all('convert us-east4');
    await ends(line, 5);
    await all(rule, 'convert us-east4');
    await ends(line, 2, `^Error: Nothing was.*${hint}`);
    expect(await there()).toHaveLength(2);
    await all(finish);
    await ends(line, 0, /^Nothing to convert: /);
  });

  test.each([
    ['n', 1, 2],
    ['y', 0, 1],
  ])('asks in a terminal: %s', async (answer, code, left) => {
    await converted();
    const { exitCode, text } = await own.inTerminal('convert us-east4 --finish', { stdin: `${answer}\n` });
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(
      /remove Old attachment grp remove Old Atlas service us-east4 \w+ .* Remove 2 resources from Atlas project Sandbox\?/,
    );
    expect([exitCode, (await there()).length]).toEqual([code, left]);
  });
});

describe('whatever becomes of one request, the next run goes on', () => {
  const steps = ['convert us-east4', `${rule} --if-not-exists`, 'convert us-east4', finish];

  /** Runs the steps from this one on, and checks how it ends. */
  async function complete(step: number, what: string): Promise<void> {
    for (const line of steps.slice(step)) await ends(line, 0);
    expect(await there(), what).toEqual([['us-east4', true, ['rule']]]);
    expect(await rows('connection-strings'), what).toMatchObject([{ srvConnectionString: after }]);
  }

  test.each([0, 2, 3])('which is interrupted or lost in step %i', { timeout: 240_000 }, async (step) => {
    const line = steps[step] ?? '';
    await older();
    await all(...steps.slice(0, step));
    const saved = await own.save();
    for (const { name, nth, isAtChange } of await requestsOf(own, line)) {
      if (!isAtChange) continue;
      await own.restore(saved);
      const interrupted = await interruptedAt(own, line, { nth });
      const what = `${name}\n${interrupted.stderr}`;
      expect([0, 130], what).toContain(interrupted.exitCode);
      await complete(step, what);
      await own.restore(saved);
      own.faults = [{ nth, drop: 'after' }];
      const unanswered = await atlas(line);
      own.faults = [];
      await complete(unanswered.exitCode === 0 ? step + 1 : step, `${name}\n${unanswered.stderr}`);
    }
  });
});
