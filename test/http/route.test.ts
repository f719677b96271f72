import { createServer } from 'node:http';
import { afterEach, expect, test } from 'vitest';
import { routeTo } from '../../src/http/route.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { listenInTest } from '../helpers/listen.js';
import { phases, type Stall } from '../helpers/stalls.js';

let stall: Stall | undefined;
afterEach(() => stall?.close());

const opened = ['look-up', 'TCP', 'CONNECT', 'TLS', 'TLS through a proxy'];

test.each(opened)('a connection that stalls at %s ends after ten seconds, counted from its start', async (phase) => {
  const clock = fakeClock();
  let begin = (): void => undefined;
  const begun = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const server = (await phases[phase]?.start(() => begin())) as Stall;
  stall = server;
  const { env, lookup } = server;
  const { signal } = new AbortController();
  const opening = routeTo(env.ATLAS_PE_BASE_URL ?? '', { clock, signal, env, lookup }).connect();
  await begun;
  clock.advance(10_000);
  await expect(opening).rejects.toMatchObject({ name: 'Error', cause: { name: 'TimeoutError' } });
  await expect.poll(server.open, { interval: 5 }).toBe(0);
});

test('the signal destroys a connection that no request has taken', async () => {
  const server = await listenInTest(createServer());
  const controller = new AbortController();
  const { signal } = controller;
  await routeTo(`http://${server.host}`, { clock: fakeClock(), signal }).connect();
  await expect.poll(server.open, { interval: 5 }).toBe(1);
  controller.abort();
  await expect.poll(server.open, { interval: 5 }).toBe(0);
});
