import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { sandboxKeys } from '../../src/sandbox/gate.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { ownFolders } from '../helpers/run-main.js';
import { runProgram } from '../helpers/run-program.js';
import { startSandbox } from '../helpers/sandbox.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { hasJava } from './peers.js';
import { serve } from './served.js';

/*
 * Sign-in with an API key at a real Jetty 9.4, whose challenges Atlas sends, and by curl in the sandbox. In real time: a fake
 * clock never sends a count other than 1.
 */

const here = fileURLToPath(new URL('jetty', import.meta.url));

describe.skipIf(!hasJava)('Jetty 9.4 (skipped without Java and Maven)', () => {
  let server: ChildProcess | undefined;
  let sandbox: Awaited<ReturnType<typeof startSandbox>>;
  let url = '';

  beforeAll(async () => {
    const libraries = temporaryFolder();
    const copy = ['dependency:copy-dependencies', `-DoutputDirectory=${libraries}`];
    execFileSync('mvn', ['-q', '-B', '-f', join(here, 'pom.xml'), ...copy], { stdio: 'inherit' });
    const projects = [defaultProject, 'a'.repeat(24), 'b'.repeat(24)];
    sandbox = await startSandbox({
      world: { projects, readyAfter: 75_000 },
      clock: { ...fakeClock(), ...systemClock },
    });
    const { publicKey: PUBLIC_KEY, privateKey: PRIVATE_KEY } = sandboxKeys;
    const keys = { PUBLIC_KEY, PRIVATE_KEY, TOKEN: await sandbox.token(), UPSTREAM: sandbox.baseUrl };
    const words = ['-cp', join(libraries, '*'), join(here, 'DigestServer.java')];
    const child = spawn('java', words, { env: { ...process.env, ...keys }, stdio: ['ignore', 'pipe', 'ignore'] });
    server = child;
    const [port] = await once(child.stdout.setEncoding('utf8'), 'data');
    url = `http://127.0.0.1:${String(port).trim()}`;
  });

  afterAll(async () => {
    server?.kill();
    await sandbox?.close();
  });

  const newcomer = () => ({ ...sandbox.env, ...ownFolders(), ATLAS_PE_BASE_URL: url });

  test('accepts 20 of 20 commands, and requests at the same time', async () => {
    const env = newcomer();
    for (let count = 0; count < 20; count++) {
      const line = count % 2 === 0 ? ['list', '--json'] : ['list', '--all-projects', '--json', '--quiet'];
      expect(await runProgram(line, env), String(line)).toMatchObject({ exitCode: 0, stderr: '' });
    }
  });

  test('accepts ten processes at the same time, twice', async () => {
    const env = newcomer();
    for (let round = 0; round < 2; round++) {
      const runs = await Promise.all(Array.from({ length: 10 }, () => runProgram(['list', '--json'], env)));
      for (const run of runs) expect(run).toMatchObject({ exitCode: 0, stderr: '' });
    }
  });

  test('accepts each request of a wait that is longer than the life of a nonce', async () => {
    const run = await runProgram(['create', 'us-east-1', '--wait', '--json', '--quiet'], newcomer());
    expect(run).toMatchObject({ exitCode: 0, stderr: '' });
  });

  test('refuses a wrong key, and then accepts the right one', async () => {
    const env = newcomer();
    const wrong = await runProgram(['list'], { ...env, ATLAS_PE_PRIVATE_KEY: 'wrong' });
    expect(wrong).toMatchObject({ exitCode: 4, stdout: '' });
    expect(await runProgram(['list', '--json'], env)).toMatchObject({ exitCode: 0 });
  });
});

test('curl signs in at the sandbox 20 times of 20, also many times with one nonce', async () => {
  await using sandbox = await serve();
  const printed = await sandbox.output(`
    url=$ATLAS_PE_BASE_URL/api/atlas/v2/groups/$ATLAS_PE_PROJECT/privateEndpoint/AWS/endpointService
    ask() {
      curl -sf --digest -u "$ATLAS_PE_PUBLIC_KEY:$ATLAS_PE_PRIVATE_KEY" -H 'Accept: application/vnd.atlas.2023-01-01+json' "$@"
    }
    for each in 1 2 3 4 5 6 7 8 9 10; do ask "$url"; done
    ask "$url?[1-10]"`);
  expect(printed).toBe('[]'.repeat(20));
});
