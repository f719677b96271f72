import { expect, test } from 'vitest';
import { parseChallenge } from '../../src/atlas/digest.js';
import { createSandbox } from '../../src/sandbox/server.js';
import { memoryStore } from '../../src/sandbox/store.js';
import { emptyWorld } from '../../src/sandbox/world.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { ask, digest, type Given, services } from '../helpers/wire.js';

test('a rate limit is told in each answer; past it come 429 and Retry-After, until the window is over', async () => {
  const own = fakeClock();
  const limited = createSandbox({
    store: memoryStore(emptyWorld()),
    clock: own,
    rateLimit: { requests: 2, perMs: 10_000 },
  });
  const host = await limited.listen(0);
  try {
    const limits = [];
    let given: Given | undefined;
    for (const count of [0, 1, 2]) {
      const { status, headers } = await ask(host, services, given && { headers: digest(given, services, { count }) });
      limits.push([status, headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')]);
      given ??= parseChallenge(headers.get('www-authenticate') ?? '');
    }
    expect(limits).toEqual([
      // A challenge doesn't count, and tells no limit.
      [401, null, null],
      [200, '2', '1'],
      [200, '2', '0'],
    ]);
    own.advance(4500);
    const over = await ask(host, '/api/oauth/token', { method: 'POST', body: 'x' });
    expect([over.status, over.body.errorCode, over.headers.get('retry-after')]).toEqual([429, 'RATE_LIMITED', '6']);
    own.advance(5500);
    expect((await ask(host, services)).status).toBe(401);
  } finally {
    await limited.close();
  }
});

test('the limit that nobody asked for is one that nobody meets', async () => {
  const own = fakeClock();
  const sandbox = createSandbox({ store: memoryStore(emptyWorld()), clock: own });
  const host = await sandbox.listen(0);
  try {
    const token = async () => {
      const { headers } = await ask(host, '/api/oauth/token', { method: 'POST', body: 'x' });
      return [headers.get('ratelimit-limit'), headers.get('ratelimit-remaining')];
    };
    expect([await token(), await token()]).toEqual([
      ['100000', '99999'],
      ['100000', '99998'],
    ]);
    own.advance(59_999);
    expect(await token()).toEqual(['100000', '99997']);
    own.advance(1);
    expect(await token()).toEqual(['100000', '99999']);
  } finally {
    await sandbox.close();
  }
});
