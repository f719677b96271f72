import { describe, expect, test } from 'vitest';
import { digestAuth, serviceAccountAuth } from '../../src/atlas/auth.js';
import type { Nonce } from '../../src/atlas/digest.js';
import { unusable } from '../../src/atlas/errors.js';
import type { Answer } from '../../src/http/dispatcher.js';
import { RequestError } from '../../src/http/request-error.js';
import { defaultProject } from '../../src/sandbox/world.js';
import { digestFront, digestRules } from '../helpers/digest-front.js';
import { fakeClock } from '../helpers/fake-clock.js';
import { runCli } from '../helpers/run-cli.js';
import { runProgram, startProgram } from '../helpers/run-program.js';
import { testSandbox } from '../helpers/sandbox.js';

const request = { method: 'GET', uri: '/x' };
const ok: Answer = { status: 200, headers: {}, body: '' };
const refused = (challenge: string): Answer => ({
  status: 401,
  headers: { 'www-authenticate': challenge },
  body: '',
});
const challenge = (nonce: string, stale = false) =>
  refused(`Digest realm="MMS Public API", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${stale}`);

/** Returns these responses one after the other, and records the Authorization header of each request. */
function script(...answers: Answer[]) {
  const seen: (string | undefined)[] = [];
  const exchange = async (authorization: string | undefined): Promise<Answer> => {
    seen.push(authorization);
    return answers[seen.length - 1] ?? ok;
  };
  return { seen, exchange };
}

const nonceOf = (header = '') => /nonce="([^"]+)"/.exec(header)?.[1];
const countOf = (header = '') => /nc=(\w+)/.exec(header)?.[1];

describe('digest', () => {
  test.each([
    ['nonces that are stale at once', ['one', 'two', 'three', 'four'].map((nonce) => challenge(nonce, true)), 4],
    ['a second 401', ['one', 'two', 'three'].map((nonce) => challenge(nonce)), 2],
    ['a 401 without a supported challenge', [refused('Bearer')], 1],
  ])('ends after %s', async (_, answers, requests) => {
    const { seen, exchange } = script(...answers);
    expect((await digestAuth('key', 'secret')(request, exchange)).status).toBe(401);
    expect(seen.map(nonceOf)).toEqual([undefined, 'one', 'two', 'three'].slice(0, requests));
  });

  test.each([true, false])('a nonce that served before is never why a run fails (stale=%s)', async (stale) => {
    const idle = [{ challenge: { realm: 'r', nonce: 'kept' }, count: 7 }];
    const { seen, exchange } = script(ok, challenge('one', stale));
    const auth = digestAuth('key', 'secret', idle);
    expect([(await auth(request, exchange)).status, (await auth(request, exchange)).status]).toEqual([200, 200]);
    expect(seen.map(nonceOf)).toEqual(['kept', 'kept', 'one']);
    expect(seen.map(countOf)).toEqual(['00000008', '00000009', '00000001']);
    expect(idle).toMatchObject([{ challenge: { nonce: 'one' }, count: 1 }]);
  });

  test('requests at the same time have a nonce each, and a lost request loses its nonce', async () => {
    const idle: Nonce[] = [];
    const auth = digestAuth('key', 'secret', idle);
    const [first, second] = [script(challenge('one')), script(challenge('two'))];
    await Promise.all([auth(request, first.exchange), auth(request, second.exchange)]);
    expect([first, second].map(({ seen }) => seen.map(nonceOf))).toEqual([
      [undefined, 'one'],
      [undefined, 'two'],
    ]);
    await expect(auth(request, () => Promise.reject(new Error('reset')))).rejects.toThrow('reset');
    expect(idle).toHaveLength(1);
  });
});

describe.each(Object.entries(digestRules))('a server with %s', (_, rule) => {
  /** A sandbox with three projects and one service behind such a server. Each command uses the cache of those before. */
  async function world({ now, readyAfter = 0 }: { now?: () => number; readyAfter?: number } = {}) {
    const projects = [defaultProject, 'a'.repeat(24), 'b'.repeat(24)];
    const sandbox = await testSandbox({ world: { projects, readyAfter } });
    const front = await digestFront(sandbox, rule, now ?? sandbox.clock.now);
    const run = (line: string, more = {}) =>
      runCli(line.split(' '), { env: { ...front.env, ...more }, clock: sandbox.clock });
    return { ...front, sandbox, run };
  }
  const isUsedOnce = (used: string[]) => expect(new Set(used).size).toBe(used.length);

  test('accepts 20 of 20 commands, also with eight requests at once', async () => {
    const { run, used } = await world({ now: Date.now });
    for (let count = 0; count < 10; count++) {
      for (const line of ['list', 'list --all-projects --quiet'])
        expect(await run(line), line).toMatchObject({ exitCode: 0, stderr: '' });
    }
    isUsedOnce(used);
  });

  test('accepts each request of a wait for minutes', async () => {
    const { run, used, sandbox } = await world({ readyAfter: 200_000 });
    const before = sandbox.clock.now();
    expect(await run('create us-east-1 --wait --quiet')).toMatchObject({ exitCode: 0 });
    expect(sandbox.clock.now() - before).toBeGreaterThan(190_000);
    isUsedOnce(used);
  });

  test('refuses a wrong key at once, and the right one works after it', async () => {
    const { run, used } = await world();
    expect(await run('list')).toMatchObject({ exitCode: 0 });
    const before = used.length;
    expect(await run('list --provider aws', { ATLAS_PE_PRIVATE_KEY: 'wrong' })).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('does not accept the API key'),
    });
    expect(used.length - before).toBe(1);
    expect(await run('list')).toMatchObject({ exitCode: 0 });
  });

  test('accepts processes at the same time, and one after another is killed; no count comes twice', async () => {
    const { env, used } = await world({ now: Date.now });
    const line = ['list', '--json'];
    const runs = await Promise.all(Array.from({ length: 10 }, () => runProgram(line, env)));
    for (const run of runs) expect(run).toEqual({ exitCode: 0, stdout: '[]\n', stderr: '' });
    for (const ms of [60, 100, 140]) {
      const { child, ended } = startProgram(line, env);
      setTimeout(() => child.kill('SIGKILL'), ms);
      await ended;
      expect(await runProgram(line, env)).toMatchObject({ exitCode: 0 });
    }
    isUsedOnce(used);
  });
});

describe('a service account', () => {
  /** Signs in at a token endpoint with these responses. The last one repeats. */
  function account(answers: unknown[]) {
    const clock = fakeClock();
    let asked = 0;
    const auth = serviceAccountAuth(clock, async () => {
      const answer = answers[Math.min(asked++, answers.length - 1)];
      if (answer instanceof Error) throw answer;
      return answer;
    });
    return { clock, asked: () => asked, auth };
  }
  const [one, _two, _three] = ['t1', 't2', 't3'].map((value) => ({ access_token: value, expires_in: 3600 }));

  test('requests a token again after a failed request, whose error says that sign-in failed', async () => {
    const { auth } = account([unusable('Down.'), new Error('a bug'), one]);
    const { exchange } = script();
    await expect(auth(request, exchange)).rejects.toThrow(/^Sign-in failed: Down\.$/);
    await expect(auth(request, exchange)).rejects.toThrow(/^a bug$/);
    expect((await auth(request, exchange)).status).toBe(200);
  });

  test.each([undefined, '', 7, 'a\nb', 'a b', 'é'])('does not send an invalid token: %j', async (value) => {
    const { auth } = account([{ access_token: value, expires_in: 3600 }]);
    const { seen, exchange } = script();
    const message = 'Sign-in failed: Atlas did not return a valid access token.';
    await expect(auth(request, exchange)).rejects.toMatchObject({ constructor: RequestError, message });
    expect(seen).toEqual([]);
  });

  test.each([
    [undefined, 60],
    [0, 60],
    [-5, 60],
    ['soon', 60],
    [null, 60],
    [{ toString: 1, valueOf: [] }, 60],
    [[{ toString: 1 }], 60],
    [100, 60],
    [3600, 3480],
    ['3600', 3480],
  ])('keeps a token with expires_in %j for %i s', async (expires_in, seconds) => {
    const { auth, asked, clock } = account([{ access_token: 't', ...(expires_in !== undefined && { expires_in }) }]);
    const { exchange } = script();
    await auth(request, exchange);
    for (const [ms, count] of [[seconds * 1000 - 1, 1] as const, [1, 2] as const]) {
      clock.advance(ms);
      await auth(request, exchange);
      expect(asked()).toBe(count);
    }
  });
});
