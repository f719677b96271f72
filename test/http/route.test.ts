import { afterEach, describe, expect, test } from 'vitest';
import { routeTo } from '../../src/http/route.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { phases, type Stall } from '../helpers/stalls.js';

/* A connection stalls while it is being opened. */

let stall: Stall | undefined;
afterEach(() => stall?.close());

describe.each(['look-up', 'TCP', 'CONNECT', 'TLS', 'TLS through a proxy'])('at %s', (phase) => {
  /** Opens a connection and waits until it stalls. */
  async function stalled() {
    const clock = fakeClock();
    const stop = new AbortController();
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    const server = (await phases[phase]?.start(() => begin())) as Stall;
    stall = server;
    const { env, lookup } = server;
    const options = { clock, signal: stop.signal, env, lookup };
    const opening = routeTo(env.ATLAS_PE_BASE_URL ?? '', options).connect();
    await begun;
    return { opening, clock, stop, server };
  }

  test('it is closed at the end', async () => {
    const { opening, stop, server } = await stalled();
    stop.abort();
    await expect(opening).rejects.toThrow();
    await expect.poll(server.open, { interval: 5 }).toBe(0);
  });

  test('it ends after ten seconds, counted from its start', async () => {
    const { opening, clock, server } = await stalled();
    clock.advance(10_000);
    await expect(opening).rejects.toMatchObject({ name: 'Error', cause: { name: 'TimeoutError' } });
    await expect.poll(server.open, { interval: 5 }).toBe(0);
  });
});
