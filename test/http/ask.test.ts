import { expect, test } from 'vitest';
import { InterruptedError } from '../../src/base/errors.js';
import { type AskedRequest, type Asking, type Attempt, ask } from '../../src/http/ask.js';
import { RequestError } from '../../src/http/request-error.js';
import { fakeClock } from '../helpers/fake-clock.js';

const failed = (details: ConstructorParameters<typeof RequestError>[1]) => new RequestError('No.', details);
const busy = failed({ status: 429, errorCode: 'Busy' });
const broken = failed({ status: 500 });
const unsent = failed({ mayPass: true, mayHaveArrived: false });
const lost = failed({ mayPass: true });

/** Asks for what each of these answers in turn; the last one repeats. An error is thrown. */
function start(answers: readonly unknown[], by: Partial<Asking> = {}) {
  const clock = { ...fakeClock(), random: () => 1 };
  const interruption = new AbortController();
  const lines: string[] = [];
  let sent = 0;
  const asking: Asking = {
    clock,
    signal: interruption.signal,
    trace: (text: string) => lines.push(text),
    ...by,
  };
  const send = async (attempt: Attempt) => {
    attempt.limit();
    attempt.hasLeft = true;
    const answer = answers[Math.min(sent++, answers.length - 1)];
    if (answer instanceof Error) throw answer;
    return answer;
  };
  return {
    clock,
    lines,
    sent: () => sent,
    ask: (request: Partial<AskedRequest<unknown>>) => ask(asking, { ...read, send, ...request }),
    interrupt: () => interruption.abort(new InterruptedError('SIGINT')),
  };
}

const read = { title: 'Read', isHarmless: true, isChange: false };
const create = { title: 'Create', isHarmless: false, isChange: true };
const remove = { title: 'Remove', isHarmless: true, isChange: true };
const growing = [300, 600, 1200, 2400];
const later = failed({ status: 503, retryAfterMs: 120_000 });

test.each<[string, Partial<AskedRequest<unknown>>, unknown[], Partial<Asking>, number[]]>([
  ['a read after any fault that may pass', read, [broken], {}, growing],
  ['a change that does no harm twice, after it was lost', remove, [lost, 'fine'], {}, [300]],
  ['a create that the server had no time for', create, [busy], {}, growing],
  ['a create that never arrived', create, [unsent], {}, growing],
  ['no create that may have arrived', create, [broken], {}, []],
  ['nothing that the server refuses', read, [failed({ status: 501 })], {}, []],
  ['nothing if signing in failed', read, [failed({ status: 503, isSignIn: true })], {}, []],
  ['within the limits of the request', { ...read, limits: { tries: 2, timeoutMs: 1000 } }, [broken], {}, [300]],
  ['as often as the command says', read, [broken], { tries: 3 }, [300, 600]],
  ['if there is time left after the pause', create, [busy], { remainingMs: () => 301 }, [300]],
  ['not if the deadline comes first', create, [busy], { remainingMs: () => 300 }, []],
  ['after Retry-After, if it is before the deadline', read, [later, 'fine'], { remainingMs: () => 6e5 }, [120_000]],
  ['not if Retry-After is after the deadline', read, [later], { remainingMs: () => 5000 }, []],
  ['not if Retry-After exceeds a minute, without a deadline', read, [later], {}, []],
  ['not if it exceeds its limits', { ...read, limits: { tries: 3, timeoutMs: 10_000 } }, [later], {}, []],
])('is sent again: %s', async (_, request, answers, by, sleeps) => {
  const { ask, sent, clock } = start(answers, by);
  const last = answers.at(-1);
  if (last instanceof Error) await expect(ask(request)).rejects.toThrow('No.');
  else expect(await ask(request)).toBe(last);
  expect([clock.sleeps, sent()]).toEqual([sleeps, sleeps.length + 1]);
});

test.each<[string, RequestError, boolean]>([
  ['did not arrive', unsent, true],
  ['was refused for now', busy, true],
  ['was refused', failed({ status: 404 }), false],
])('a change that was lost once may have arrived although its last try %s', async (_, last, mayHaveArrived) => {
  await expect(start([lost, last]).ask(remove)).rejects.toMatchObject({ message: 'No.', mayHaveArrived });
});

test('after the deadline, a change is not sent, but a read is', async () => {
  const { ask, sent } = start(['fine'], { remainingMs: () => 0 });
  await expect(ask(create)).rejects.toMatchObject({ exit: 'timedOut', mayHaveArrived: false });
  expect([sent(), await ask(read)]).toEqual([0, 'fine']);
});

test.each([
  [undefined, undefined, 30_000],
  [20_000, undefined, 20_000],
  [10, undefined, 1000],
  [20_000, { tries: 1, timeoutMs: 5000 }, 5000],
])('with %s ms left and the limits %j, a try has %i ms', async (remaining, limits, ms) => {
  const { ask, clock, lines } = start([], remaining === undefined ? {} : { remainingMs: () => remaining });
  const send = (attempt: Attempt) =>
    new Promise<never>((_, reject) => {
      const { signal } = attempt.limit();
      signal.addEventListener('abort', () => reject(signal.reason));
      clock.advance(ms - 1);
      expect(signal.aborted).toBe(false);
      clock.advance(1);
    });
  const message = `Read did not respond within ${ms / 1000}s.`;
  await expect(ask({ send, limits: limits ?? { tries: 1, timeoutMs: ms } })).rejects.toMatchObject({ message });
  expect(lines).toEqual([`Read - ${ms} ms (${message})`]);
});

test.each([
  ['before a change', create, 'before', false],
  ['during a change', create, 'during', true],
  ['after a try that did not arrive', create, unsent, false],
  ['after a try that was refused for now', create, busy, false],
  ['after a try that was lost', remove, lost, true],
] as const)('an interruption %s says whether it may have arrived', async (_, request, when, mayHaveArrived) => {
  const { ask, clock, interrupt } = start([when]);
  clock.sleep = async (_ms, signal) => {
    interrupt();
    signal?.throwIfAborted();
  };
  const send = async (attempt: Attempt) => {
    attempt.hasLeft = true;
    interrupt();
    throw broken;
  };
  if (when === 'before') interrupt();
  const asked = ask({ ...request, ...(when === 'during' && { send }) });
  await expect(asked).rejects.toMatchObject({ constructor: InterruptedError, mayHaveArrived });
});

test('each try and each pause is traced, and the caller gets to know when all of it begins and ends', async () => {
  const told: string[] = [];
  const onCall = () => {
    told.push('start');
    return () => void told.push('end');
  };
  const { ask, clock, lines } = start([], { onCall });
  const answers = [busy, undefined];
  const send = async (attempt: Attempt) => {
    attempt.limit();
    clock.advance(12.4);
    const error = answers.shift();
    attempt.trace(error?.status ?? 200, error?.errorCode ?? undefined);
    if (error) throw error;
  };
  await ask({ send });
  expect(lines).toEqual(['Read 429 12 ms (Busy)', 'Read - 300 ms (waiting before attempt 2)', 'Read 200 12 ms']);
  expect(told).toEqual(['start', 'end']);
});
