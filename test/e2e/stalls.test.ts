import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { ownFolders } from '../helpers/run-cli.js';
import { startProgram } from '../helpers/run-program.js';
import { phases, type Stall } from '../helpers/stalls.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* The built program ends in time, and nothing keeps its process alive. */

let stall: Stall | undefined;
afterEach(() => stall?.close());

const project = { ATLAS_PE_PROJECT: defaultProject };
const create = 'create --region us-east-1';
// A look-up has a test of its own. test/commands/stalls.test.ts has all phases: these differ in what the process holds open.
const stalling = ['CONNECT', 'TLS through a proxy', 'TLS', 'headers', 'body'];

test.each(stalling)('Ctrl-C ends the process at once if a server stalls at %s', async (phase) => {
  let begin = (): void => undefined;
  const stalled = new Promise<void>((resolve) => {
    begin = resolve;
  });
  stall = (await phases[phase]?.start(() => begin())) as Stall;
  const { child, ended } = startProgram(create.split(' '), { ...ownFolders(), ...project, ...stall.env });
  await stalled;
  const interrupted = performance.now();
  child.kill('SIGINT');
  const { exitCode, stderr } = await ended;
  // Usually 100 ms. The limit allows for a busy machine.
  expect(performance.now() - interrupted).toBeLessThan(5000);
  expect([exitCode, stderr]).toEqual([130, expect.stringMatching(/^Interrupted\.$/m)]);
});

test('Ctrl-C ends the process at once during an endless name look-up', async () => {
  const folder = temporaryFolder();
  const [pipe, preload] = [join(folder, 'pipe'), join(folder, 'preload.cjs')];
  execFileSync('mkfifo', [pipe]);
  // Opening a pipe without a writer blocks a thread that Node waits for, like a look-up.
  const hang = `require('node:fs').open(${JSON.stringify(pipe)}, 'r', () => {})`;
  writeFileSync(preload, `require('node:dns').lookup = () => { ${hang}; process.stderr.write('looking up\\n'); };`);
  const env = { ...ownFolders(), ...project, ATLAS_PE_ACCESS_TOKEN: 't', ATLAS_PE_BASE_URL: 'https://atlas.test' };
  const { child, ended } = startProgram(create.split(' '), { ...env, NODE_OPTIONS: `--require ${preload}` });
  await new Promise((resolve) => child.stderr.once('data', resolve));
  const interrupted = performance.now();
  child.kill('SIGINT');
  const { stderr } = await ended;
  expect(performance.now() - interrupted).toBeLessThan(5000);
  // A shell sees this as 130 too.
  expect([child.exitCode, child.signalCode]).toEqual([null, 'SIGINT']);
  expect(stderr).toContain('Interrupted.\nHint: Nothing was sent to Atlas.\n');
});
