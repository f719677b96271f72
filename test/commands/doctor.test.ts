import { createSocket } from 'node:dgram';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { type CheckRow, endpointId, examine, namesAt, service, serviceId } from '../helpers/doctor-world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { ownFolders, ownSandbox, runCli, vpce } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* The doctor command: its options, its output, and how it ends. doctor-checks.test.ts has each check. */

const own = ownSandbox();

test('the sandbox of --sandbox has names and ports that work', async () => {
  const env = ownFolders();
  const clock = fakeClock();
  for (const line of ['connect us-east-1 --yes', 'doctor us-east-1', 'doctor us-east-1 --cloud']) {
    const { exitCode, stdout, stderr } = await runCli(['--sandbox', ...line.split(' ')], { env, clock });
    expect(exitCode, `${line}\n${stdout}\n${stderr}`).toBe(0);
  }
});

test('a region that is PENDING is one problem, and not one of each region', async () => {
  const regions = ['US_EAST_1', 'US_WEST_2'].map((atlasRegion) => ({ provider: 'AWS' as const, atlasRegion }));
  await own.restart({ clusters: [{ name: 'app', regions }] });
  for (const region of ['us-east-1', 'us-west-2']) await own.ends(`create ${region} --wait`, 0);
  await own.ends(`interface add us-west-2 ${vpce('b')} --wait`, 0);
  await own.ends(`interface add us-east-1 ${vpce('a')}`, 0);
  await own.ends('doctor --cluster app --no-network', 6, /^Error: 1 problem: vpce-a+ PENDING_ACCEPTANCE\.$/m);
});

describe('the formats', () => {
  test('JSON has the checks by category', async () => {
    const { stdout } = await examine(() => ({}), '--no-network');
    const { success, categories } = JSON.parse(stdout);
    expect(success).toBe(true);
    const names = categories.map(({ name }: { name: string }) => name);
    expect(names).toEqual(['key', 'service', 'interface', 'clusters', 'dns', 'network']);
    const { checks: skipped } = categories[5];
    expect(skipped.map(({ result }: CheckRow) => result)).toEqual(Array(5).fill('skipped'));
    expect(skipped[4]).toMatchObject({ id: 'network-driver', detail: '--no-network skips the connections' });
    expect(categories[1].checks[1]).toEqual({
      subject: `us-east-1 ${serviceId}`,
      id: 'service-status',
      result: 'success',
      title: 'Status',
      detail: 'AVAILABLE',
      hint: null,
      commands: [],
      docs: expect.stringMatching(/doctor\.md#service-status$/),
    });
  });

  test('--fields selects the keys of the checks', async () => {
    const { stdout } = await examine(() => ({}), '--no-network --fields result,id');
    expect(JSON.parse(stdout).categories[2]).toEqual({
      name: 'interface',
      checks: [
        { result: 'success', id: 'interface-attached' },
        { result: 'success', id: 'interface-status' },
      ],
    });
  });

  test('the commands of a hint can be copied', async () => {
    own.faults = [{ method: 'POST', fate: { kind: 'failed', reason: 'No capacity' } }];
    const id = (await own.atlas('create --region us-east-1 --output id')).stdout.trim();
    await own.atlas('wait us-east-1');
    const commands = [`atlas-pe delete ${id} --wait --yes`, 'atlas-pe create us-east-1 --provider aws'];
    const line = (format: string) => own.atlas(`doctor --no-network --output ${format}`);
    const { categories } = JSON.parse((await line('json')).stdout);
    expect(categories[1].checks[1]).toMatchObject({ id: 'service-status', commands });
    expect((await line('jsonl')).stdout).toContain(`,"commands":${JSON.stringify(commands)},"docs":`);
    expect((await line('tsv')).stdout).toContain(`: ${commands.join(' && ')}\n`);
    for (const command of commands) expect((await line('table')).stdout).toContain(`      ${command}\n`);
  });

  test.each([
    ['--output jsonl --fields id', '{"id":"key-credentials"}'],
    ['--output table --fields id,result', 'key-credentials\tsuccess'],
    ['--output id', 'key-credentials'],
    ['--output yaml', 'success: false'],
  ])('%s', async (options, first) => {
    const { stdout } = await own.atlas(`doctor --no-network ${options}`);
    expect(stdout.split('\n')[0]).toBe(first);
  });
});

describe('several endpoints', () => {
  const second = { ...service, id: '6b074f0407a4d16704be228d', regionName: 'EU_WEST_1', interfaceEndpoints: [] };
  const examineAll = async (all: object[], line = '--no-network') => {
    const run = await examine(() => ({ services: { AWS: all, AZURE: [], GCP: [] } }), line);
    const results = (id: string) => run.checks.filter((each) => each.id === id).map(({ result }) => result);
    return { ...run, results };
  };

  test('are all checked without an argument, and each has its own problems', async () => {
    const third = { ...second, id: '6b074f0407a4d16704be228e' };
    const { checks, stderr } = await examineAll([service, second, third]);
    const attached = checks.filter(({ id }) => id === 'interface-attached');
    expect(attached.map(({ subject, result }) => [subject, result])).toEqual([
      [`us-east-1 ${serviceId}`, 'success'],
      ['eu-west-1 6b074f0407a4d16704be228d', 'skipped'],
      ['eu-west-1 6b074f0407a4d16704be228e', 'skipped'],
    ]);
    expect(checks.filter(({ result }) => result === 'error')).toHaveLength(2);
    expect(stderr).toBe(
      `Error: 2 problems: ${[second, third].map(({ id }) => `eu-west-1 ${id} has no cluster nodes in its region`).join(', ')}.\n`,
    );
  });

  test('one fault does not stop the checks on the others', async () => {
    const { results } = await examineAll([{ ...second, status: 'FAILED' }, service], '');
    expect(results('service-ready')).toEqual(['skipped', 'success']);
    expect(results('cluster-string')).toEqual(['success']);
    expect(results('network-tls')).toEqual(['success']);
  });
});

test('a cloud without the endpoint and without cluster nodes is not asked', async () => {
  await own.atlas('connect us-east-1 --yes');
  own.faults = [{ path: '/AZURE/endpointService', status: 403 }];
  const { stdout } = await own.atlas('doctor us-east-1 --no-network --output tsv --fields id,result');
  expect(stdout).toContain('cluster-covered\tsuccess\ncluster-string\tsuccess\n');
});

describe('usage errors', () => {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'empty.pem'), 'nothing\n');
  writeFileSync(join(folder, 'broken.pem'), '-----BEGIN CERTIFICATE-----\nbm90aGluZw==\n-----END CERTIFICATE-----\n');
  test.each([
    ['--dns-server nope', /'nope' is not a valid DNS server/],
    ['--dns-server 10.0.0.2.:53', /is not a valid DNS server/],
    ['--dns-server 10.0.0.2:0', /not a valid DNS server/],
    ['--dns-server 10.0.0.2:70000', /not a valid DNS server/],
    ['--dns-server [10.0.0.2', /not a valid DNS server/],
    [`--tls-ca-file ${folder}/nope.pem`, /Cannot read .*nope\.pem: no such file or directory\./],
    [`--tls-ca-file ${folder}/empty.pem`, /empty\.pem contains no certificate/],
    [`--tls-ca-file ${folder}/broken.pem`, /broken\.pem contains an invalid certificate/],
    ['--wait soon', /'soon' is not a valid duration/],
    ['--cluster no/good', /'no\/good' is not a valid cluster name/],
    ['no/where', /'no\/where' is not a valid interface endpoint id/],
    ['--fields nope', /Unknown field 'nope'/],
  ])('%s', async (line, message) => {
    await own.ends(`doctor ${line}`, 2, message, '');
    expect(own.sandbox.exchanges).toEqual([]);
  });

  test.each(['[::1]:53', '::1', '127.0.0.1'])('%s is a DNS server', async (server) => {
    await own.ends(`doctor --dns-server ${server}`, 6);
  });

  test('no project is one too, if there are several', async () => {
    await own.restart({ projects: [defaultProject, '2'.repeat(24)] });
    const { ATLAS_PE_PROJECT: _, ...env } = own.sandbox.env;
    await own.ends('doctor', 2, /^Error: No project specified\./, undefined, { env });
  });
});

test('Ctrl-C ends a look-up at a DNS server that does not answer', async () => {
  const silent = createSocket('udp4');
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
  await own.atlas('connect us-east-1 --yes');
  let interrupt = (): unknown => undefined;
  let asked = 0;
  silent.on('message', () => {
    asked ||= performance.now();
    interrupt();
  });
  const { exitCode, stdout } = await own.atlas(`doctor --dns-server 127.0.0.1:${silent.address().port}`, {
    onStart: (send) => {
      interrupt = () => send('SIGINT');
    },
  });
  silent.close();
  expect(performance.now() - asked).toBeLessThan(5000);
  expect([exitCode, stdout]).toEqual([130, '']);
});

test('a project with many interface endpoints is read a few at a time', async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `vpce-${String(index).padStart(17, '0')}`);
  const { checks, mostAtOnce } = await examine(() => ({
    services: { AWS: [{ ...service, interfaceEndpoints: ids }], AZURE: [], GCP: [] },
    interfaces: Object.fromEntries(ids.map((id) => [id, { connectionStatus: 'AVAILABLE' }])),
  }));
  expect(checks.filter(({ id, result }) => id === 'interface-status' && result === 'success')).toHaveLength(30);
  expect(mostAtOnce).toBeLessThanOrEqual(8);
});

describe('--wait', () => {
  test('repeats the checks until all is well', async () => {
    await own.atlas('create us-east-1');
    await own.atlas('wait');
    await own.atlas(`interface add us-east-1 ${endpointId}`);
    const before = own.sandbox.clock.now();
    // DNS is not a part of this sandbox, so its names stay wrong.
    const { stdout, stderr } = await own.atlas('doctor --wait 1m --no-network --output jsonl --log-format json');
    expect(own.sandbox.clock.now() - before).toBeGreaterThanOrEqual(60_000);
    expect(stdout).toMatch(/"id":"cluster-string","result":"success"/);
    const notes = stderr.split('\n').filter((line) => line.includes('"note"'));
    expect(notes[0]).toMatch(/Waiting\. Current problems: .*PENDING_ACCEPTANCE/);
    // Each change once.
    expect(new Set(notes).size).toBe(notes.length);
  });

  test('ends as soon as there is no error', async () => {
    const env = ownFolders();
    const clock = fakeClock();
    const atlas = (line: string) => runCli(['--sandbox', ...line.split(' ')], { env, clock });
    await atlas('create us-east4 --provider gcp --wait');
    await atlas('interface add us-east4 rule --gcp-project my-project-123 --ip 10.0.0.1');
    const before = clock.now();
    const { exitCode } = await atlas('doctor --wait 1h');
    expect(exitCode).toBe(0);
    expect(clock.now() - before).toBeLessThan(60_000);
    expect(await atlas('doctor --quiet')).toEqual({ exitCode: 0, stdout: '', stderr: '' });
  });

  test('can be interrupted', async () => {
    await own.ends('doctor --wait 1h', 130, '', '', {
      onStderr: (text, interrupt) => {
        if (text.includes('Waiting')) interrupt('SIGINT');
      },
    });
  });
});

test('--quiet leaves out progress on stderr', async () => {
  const { stderr } = await own.atlas('doctor --wait 10s --quiet');
  expect(stderr).toMatch(/^Error: 1 problem: no private endpoint service in the project\.\n$/);
});

test('text from Atlas cannot send control codes to a terminal', async () => {
  const screen = new Screen({ columns: 120, rows: 60, convertEol: true });
  own.faults = [{ method: 'POST', fate: { kind: 'failed', reason: 'x\u001b[31mred\u202e' } }];
  await own.atlas('create us-east-1 --wait');
  const options = { env: own.sandbox.env, clock: own.sandbox.clock, screen };
  expect(await runCli(['doctor', '--no-network', '--no-color'], options)).toMatchObject({ exitCode: 6 });
  await screen.written();
  expect(screen.raw).not.toContain('\u001b[31m');
  expect(screen.raw).toContain('x\\u001b[31mred\\u202e');
});

test('many connections at once give no warning of Node', async () => {
  const warnings: string[] = [];
  const listen = (warning: Error) => warnings.push(warning.name);
  process.on('warning', listen);
  const { exitCode } = await examine((_, [port = 0]) => ({ names: namesAt('127.0.0.1', Array(24).fill(port)) }));
  await new Promise((resolve) => setImmediate(resolve));
  process.off('warning', listen);
  expect([exitCode, warnings]).toEqual([0, []]);
});
