import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { defaultProject } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { json, ownFolders, runCli, serveAnswers } from '../helpers/run-cli.js';
import { phases, type Stall, whenItWaits } from '../helpers/stalls.js';

/* No command exceeds its time-out, and Ctrl-C ends it at once, in every phase of a request. */

let stall: Stall;
afterEach(() => stall.close());

const commands = ['list', 'create --region us-east-1', 'wait us-east-1 --timeout 5s', 'doctor'] as const;
const cases = Object.keys(phases).flatMap((phase) => commands.map((command) => [phase, command] as const));

// So that no module is loaded while a clock moves.
beforeAll(async () => {
  const server = await serveAnswers((_, response) => json(response, 503, {}));
  const env = { ATLAS_PE_BASE_URL: server.baseUrl, ATLAS_PE_PROJECT: defaultProject, ATLAS_PE_ACCESS_TOKEN: 't' };
  for (const command of commands) await runCli(command.split(' '), { env: { ...ownFolders(), ...env } });
  await Promise.all([import('node:tls'), import('node:http'), import('node:https')]);
  await server.close();
});

function fault(phase: string): string {
  if (phase === 'look-up') return 'atlas.test could not be resolved within';
  if (/proxy|CONNECT/.test(phase))
    return `The proxy ${/[^@/]+$/.exec(stall.env.HTTPS_PROXY ?? '')?.[0]} did not connect to`;
  return /TCP|TLS/.test(phase) ? 'did not accept the connection within' : 'did not respond within';
}

describe.each(cases)('a server that stalls at %s', (phase, command) => {
  const { lost = false, start } = phases[phase] ?? {};
  const name = command.split(' ')[0];
  const isLost = lost && name === 'create';

  test(`lets ${command} end in time`, async () => {
    const clock = fakeClock();
    const before = clock.now();
    let stalls = 0;
    stall = (await start?.(() => stalls++)) as Stall;
    const { env, lookup } = stall;
    // A server that accepts no connection doesn't notice those who wait.
    const stop = whenItWaits(() => (phase === 'TCP' ? clock.timeouts() : stalls), clock.expireNext);
    const run = await runCli(command.split(' '), {
      clock,
      lookup,
      env: { ...ownFolders(), ATLAS_PE_PROJECT: defaultProject, ...env },
    });
    stop();
    const seconds = (clock.now() - before) / 1000;
    expect(run.exitCode).toBe({ wait: 8 }[name as string] ?? 1);
    expect(run.stderr).toContain(fault(phase));
    if (name === 'wait') expect(run.stderr).toContain(' within 5s.');
    // A create without a response is looked up.
    expect(seconds).toBeLessThan({ wait: 9, doctor: 11 }[name as string] ?? (isLost ? 85 : 70));
    expect(run.stderr.includes('The endpoint may or may not have been created.')).toBe(isLost);
    expect(stall.methods.filter((method) => method === 'POST')).toHaveLength(isLost ? 1 : 0);
  });

  test(`lets Ctrl-C end ${command} at once`, async () => {
    const clock = fakeClock();
    let interrupt = (): void => undefined;
    let [stalls, interruptedAt] = [0, 0];
    stall = (await start?.(() => stalls++)) as Stall;
    const { env, lookup } = stall;
    const stop = whenItWaits(
      () => (phase === 'TCP' ? clock.timeouts() : stalls),
      () => {
        interruptedAt ||= performance.now();
        interrupt();
      },
    );
    const run = await runCli(command.split(' '), {
      clock,
      lookup,
      env: { ...ownFolders(), ATLAS_PE_PROJECT: defaultProject, ...env },
      onStart: (send) => {
        interrupt = () => send('SIGINT');
      },
    });
    stop();
    // Usually some milliseconds. The limit allows for a busy machine.
    expect(performance.now() - interruptedAt).toBeLessThan(5000);
    expect([run.exitCode, run.stdout]).toEqual([130, '']);
    expect(run.stderr).toMatch(/^Interrupted\.$/m);
    if (name === 'create') {
      const said = isLost ? 'The endpoint may or may not have been created.' : 'Nothing was sent to Atlas.';
      expect(run.stderr).toContain(`Hint: ${said}`);
    }
    await expect.poll(() => stall.open(), { interval: 5 }).toBe(0);
  });
});
