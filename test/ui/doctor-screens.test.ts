import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { NetworkFault } from '../../src/sandbox/network/faults.js';
import { startNetwork } from '../../src/sandbox/network/start.js';
import type { WorldOptions } from '../../src/sandbox/world.js';
import { randomNumbers } from '../../tools/replay.js';
import { runCli } from '../helpers/run-cli.js';
import { testSandbox } from '../helpers/sandbox.js';
import { Screen } from '../helpers/screen.js';

/*
 * What doctor shows in a terminal, as files in screens/: a connection that works, and broken ones. After an intended
 * change, run npx vitest run test/ui/doctor-screens.test.ts -u and check the difference.
 */

interface Scene {
  name: string;
  faults?: readonly NetworkFault[];
  before?: readonly string[];
  line?: string;
  /** Default: us-east-1. */
  endpoint?: string;
  clusters?: WorldOptions['clusters'];
  exit: number;
  env?: Record<string, string>;
  /** Columns of the terminals. Default: only 80. */
  widths?: readonly number[];
}

const attached = 'vpce-0123456789abcdef0';
const connected = [
  'create --region us-east-1 --wait',
  `interface add us-east-1 ${attached} --wait`,
  'connection-strings --wait',
];

const second = 'vpce-0aaaaaaaaaaaaaaaa';
const everywhere = [
  ...connected.slice(0, 2),
  'create --region eu-west-1 --wait',
  `interface add eu-west-1 ${second} --wait`,
  'connection-strings --wait',
];
const two = ['US_EAST_1', 'EU_WEST_1'].map((atlasRegion, index) => ({
  name: `Cluster${index}`,
  regions: [{ provider: 'AWS' as const, atlasRegion }],
}));
const farAway = ['create --region eastus2 --provider azure --wait'];

const scenes: readonly Scene[] = [
  { name: 'healthy', exit: 0 },
  { name: 'two', clusters: two, before: everywhere, endpoint: '', exit: 0 },
  { name: 'two-verbose', clusters: two, before: everywhere, endpoint: '', line: '--verbose', exit: 0 },
  { name: 'no-nodes', before: farAway, endpoint: '', exit: 6 },
  { name: 'one-of-two', before: [...connected, ...farAway], endpoint: '', exit: 6 },
  { name: 'signed-out', endpoint: '', env: { ATLAS_PE_PUBLIC_KEY: '', ATLAS_PE_PRIVATE_KEY: '' }, exit: 6 },
  { name: 'healthy-ascii', exit: 0, env: { LC_ALL: 'C' } },
  { name: 'unresolved', faults: ['no-srv'], exit: 6 },
  { name: 'filtered', faults: ['no-address'], exit: 6 },
  { name: 'no-network', line: '--no-network', exit: 0 },
  { name: 'public', faults: ['public-address'], line: '--no-network', exit: 6 },
  { name: 'closed-port', faults: ['closed-port'], exit: 0 },
  { name: 'detached', before: connected.slice(0, 1), exit: 6 },
  {
    name: 'string',
    endpoint:
      '"mongodb+srv://user:hunter2/x@cluster0-pl-0.5569d.mongodb.net/?tlsInsecure=true&foo=1&amp;retryWrites=True"',
    exit: 6,
    widths: [60, 80],
  },
  { name: 'quiet', before: connected.slice(0, 1), line: '--quiet', exit: 6 },
];

test.each(scenes)('$name', async (scene) => {
  const {
    name,
    faults = [],
    before = connected,
    line = '',
    endpoint = 'us-east-1',
    clusters,
    exit,
    env = {},
    widths = [80],
  } = scene;
  // The same ids each time.
  const sandbox = await testSandbox({ random: randomNumbers(1), ...(clusters && { world: { clusters } }) });
  const { store, clock } = sandbox;
  const network = await startNetwork({ store, clock, dnsPort: 0, mongo: 'free', faults });
  onTestFinished(network.close);
  const authority = join(sandbox.env.HOME ?? '', 'ca.pem');
  writeFileSync(authority, network.authority ?? '');
  for (const each of before) await runCli(each.split(' '), { env: sandbox.env, clock });
  const options = `--dns-server ${network.dnsServer} --tls-ca-file ${authority}`;
  const words = `doctor ${endpoint} ${options} ${line}`.split(' ').filter((word) => word !== '');
  for (const columns of widths) {
    const screen = new Screen({ columns, rows: 70, convertEol: true });
    const { exitCode } = await runCli(words, { screen, stdin: null, env: { ...sandbox.env, ...env }, clock });
    await screen.written();
    expect(exitCode, screen.lines().join('\n')).toBe(exit);
    const lines = screen.lines().map((text) => `${text.trimEnd()}\n`);
    // With --verbose, the requests come first.
    const shown = lines.slice(Math.max(0, lines.indexOf('Credentials\n'))).join('');
    // Ports are whatever is free.
    const same = shown.replaceAll(/(?<=[:,])\d{5}\b/g, '55555');
    await expect(same).toMatchFileSnapshot(`screens/doctor-${name}.${columns}.txt`);
  }
});
