import { PassThrough } from 'node:stream';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { InterruptedError } from '../../src/base/errors.js';
import { createQuestions } from '../../src/ui/prompt.js';
import { Screen } from '../helpers/screen.js';

/** Questions in a terminal with a keyboard. */
function start(report?: (question: string) => void) {
  const screen = new Screen({ columns: 60, rows: 24, convertEol: true });
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (isRaw: boolean) => raw.push(isRaw) });
  const stop = new AbortController();
  const streams = { stdin, stdout: screen.stream, stderr: screen.stream };
  return {
    questions: createQuestions(streams, stop.signal, report),
    type: (keys: string) => void stdin.write(keys),
    stop,
    stdin,
    /** The values that raw mode was set to, in order. */
    raw,
    isListening: () => stdin.listenerCount('data') > 0 || !stdin.isPaused(),
    /** How many times a question for a name was written. */
    asked: async () => {
      await screen.written();
      return screen.raw.split('Name:').length - 1;
    },
    shown: async () => {
      await screen.written();
      return screen.lines();
    },
  };
}

afterEach(() => void vi.restoreAllMocks());

test('the answer to a question as wide as the terminal stands on its last line', async () => {
  for (const length of [49, 50, 53]) {
    const { questions, type, shown } = start();
    const answer = questions.confirm('word '.repeat(11).slice(-length));
    type('yes\r');
    expect([await answer, (await shown()).join('\n')]).toEqual([true, expect.stringMatching(/\[y\/N\] yes/)]);
  }
});

test.each([
  ['an answer is echoed, and trimmed', 'text', ['  ab', 'c \r'], 'abc', 'Name:   abc'],
  ['a secret is not echoed, and not trimmed', 'secret', [' hunter2 \r'], ' hunter2 ', 'Name:'],
] as const)('%s', async (_, kind, typed, answered, line) => {
  const { questions, type, shown } = start();
  const answer = questions[kind]('Name');
  for (const text of typed) type(text);
  expect(await answer).toBe(answered);
  expect((await shown()).map((each) => each.trimEnd())).toEqual([line]);
});

describe('the terminal is restored', () => {
  test('after several questions together, which stay in raw mode', async () => {
    const { questions, type, raw, isListening } = start();
    await questions.together(async () => {
      const first = questions.text('Name');
      type('a\r');
      await first;
      expect([raw.includes(false), isListening()]).toEqual([false, true]);
      const second = questions.secret('Secret');
      type('b\r');
      await second;
      expect([raw.includes(false), isListening()]).toEqual([false, true]);
    });
    expect([raw.at(-1), isListening()]).toEqual([false, false]);
  });

  test('after work that throws', async () => {
    const { questions, raw, isListening } = start();
    await expect(questions.together(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect([raw, isListening()]).toEqual([[true, false], false]);
  });
});

describe('text typed ahead', () => {
  test.each(['a\rb\rc', 'a\nb\nc', 'a\r\nb\r\nc'])('%j answers one question after the other', async (typed) => {
    const { questions, type, shown } = start();
    const answers = questions.together(async () => [
      await questions.text('One'),
      await questions.secret('Two'),
      await questions.text('Three'),
    ]);
    type(typed);
    type('d\r');
    expect(await answers).toEqual(['a', 'b', 'cd']);
    expect((await shown()).map((line) => line.trimEnd())).toEqual(['One: a', 'Two:', 'Three: cd']);
  });

  test('does not answer a question that is repeated', async () => {
    const { questions, type } = start();
    const answers = questions.together(async () => {
      const first = await questions.text('Name');
      const again = questions.text('Name', { isAgain: true });
      type('right\r');
      return [first, await again];
    });
    type('wrong\rnext\r');
    expect(await answers).toEqual(['wrong', 'right']);
  });

  test('is discarded by Ctrl-C, which ends the question', async () => {
    const { questions, type } = start();
    const work = questions.together(async () => {
      await questions.text('One');
      return questions.text('Two');
    });
    type('a\r');
    type('b\r\x03');
    await expect(work).rejects.toThrow(InterruptedError);
  });
});

test("an abort ends a question with the signal's reason, and later questions fail too", async () => {
  const { questions, stop, raw, isListening } = start();
  const answer = questions.text('Name');
  stop.abort(new Error('enough'));
  await expect(answer).rejects.toThrow('enough');
  await expect(questions.text('Name')).rejects.toThrow('enough');
  expect([raw.at(-1), isListening()]).toEqual([false, false]);
});

test('if the terminal is closed, this and later answers are empty', async () => {
  const { questions, stdin } = start();
  const answer = questions.text('Name');
  stdin.end();
  expect(await answer).toBe('');
  expect(await questions.text('Again')).toBe('');
});

test('with `report`, questions are not written to stderr', async () => {
  const reported: string[] = [];
  const { questions, type, shown } = start((question) => reported.push(question));
  const answers = questions.together(async () => [await questions.text('Name'), await questions.secret('Secret')]);
  type('a\rb\r');
  expect([await answers, reported, await shown()]).toEqual([['a', 'b'], ['Name:', 'Secret:'], []]);
});

test('a question of several lines is shown once, with all lines', async () => {
  const { questions, type, shown } = start();
  const long = 'Delete this private endpoint, all that is attached to it and what depends on it?';
  const answer = questions.confirm(long);
  type('y\r');
  expect(await answer).toBe(true);
  expect((await shown()).join(' ').trimEnd()).toBe(`${long} [y/N] y`);
});

describe.skipIf(process.platform === 'win32')('a suspension (Ctrl-Z)', () => {
  /** Records the signals that would stop this process. */
  function stops(): unknown[] {
    const sent: unknown[] = [];
    vi.spyOn(process, 'kill').mockImplementation((_, signal) => {
      sent.push(signal);
      return true;
    });
    return sent;
  }
  const turn = () => new Promise((resolve) => setImmediate(() => setImmediate(resolve)));

  test.each(['text', 'secret'] as const)('leaves raw mode; afterwards the %s continues', async (kind) => {
    const sent = stops();
    const { questions, type, raw, asked } = start();
    const answer = questions[kind]('Name');
    type('ab');
    type('\x1a');
    await turn();
    expect([sent, raw.at(-1)]).toEqual([['SIGTSTP'], false]);
    const before = await asked();
    process.emit('SIGCONT', 'SIGCONT');
    await turn();
    expect(raw.at(-1)).toBe(true);
    // Other programs may have written to the terminal, so the question is shown again.
    expect(await asked()).toBeGreaterThan(before);
    type('c\r');
    expect(await answer).toBe('abc');
    expect([raw.at(-1), process.listenerCount('SIGCONT')]).toEqual([false, 0]);
  });
});
