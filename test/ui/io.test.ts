import { PassThrough, Writable } from 'node:stream';
import { expect, test } from 'vitest';
import type { Host } from '../../src/base/host.js';
import type { Json } from '../../src/base/json.js';
import { createIo, type IoOptions } from '../../src/ui/io.js';
import type { View } from '../../src/ui/view.js';
import { fakeClock } from '../helpers/fake-clock.js';

/** Creates an Io, on pipes unless `streams` has a terminal. */
function start(options: Partial<IoOptions> = {}, streams: Partial<Pick<Host, 'stdin' | 'stdout' | 'stderr'>> = {}) {
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const host: Host = {
    env: {},
    stdin: new PassThrough(),
    stdout,
    stderr,
    ...streams,
    on: () => undefined,
    off: () => undefined,
    kill: () => undefined,
    pid: 0,
    platform: 'linux',
    listenerCount: () => 0,
    removeAllListeners: () => undefined,
  };
  const clock = fakeClock();
  const io = createIo(host, clock, new AbortController().signal, {
    format: 'table',
    logFormat: 'text',
    keys: ['id', 'status'],
    foreground: async () => () => true,
    ...options,
  });
  return { io, clock, out: () => String(stdout.read() ?? ''), err: () => String(stderr.read() ?? '') };
}

const view = (...ids: readonly string[]): View => ({
  single: false,
  id: 'id',
  rows: ids.map((id) => ({ id, status: 'AVAILABLE' })),
});

test('a failing write to stdout is an error that names what was changed', async () => {
  const failure = Object.assign(new Error('EIO'), { code: 'EIO' });
  const stdout = () =>
    new Writable({ write: (_chunk, _encoding, done) => done(failure) }).on('error', () => undefined);
  const print = (shown: View) => start({}, { stdout: stdout() }).io.print(shown, { isDone: true });
  await expect(print(view('a', '', 'b'))).rejects.toMatchObject({ hint: { text: 'The change was made: a, b' } });
  const hint = { text: expect.not.stringContaining('change was made') };
  await expect(print(view())).rejects.toMatchObject({ exitCode: 1, cause: failure, hint });
});

test.each([
  ['in a pipe', false, 'text', ''],
  ['in a terminal', true, 'text', 'Hint: a hint\n'],
  ['as JSON in a pipe', false, 'json', '{"hint":{"message":"a hint","commands":[]}}\n'],
] as const)('hints %s', (_, isTTY, logFormat, shown) => {
  const stderr = Object.assign(new PassThrough(), { isTTY });
  const { io } = start({ logFormat }, { stderr });
  io.hint('a hint');
  expect([io.givesHints, String(stderr.read() ?? '')]).toEqual([shown !== '', shown]);
});

test.each([
  ['json', '[\n  "a\\u001b"\n]\n'],
  ['jsonl', '"a\\u001b"\n'],
  ['yaml', '- "a\\e"\n'],
  ['tsv', 'a\\u001b\n'],
  ['id', 'a\\u001b\n'],
])('the result of --query is printed as %s, without control codes', async (format, expected) => {
  const given: unknown[] = [];
  const query = (data: Json) => {
    given.push(data);
    return ['a\u001b'];
  };
  const { io, out } = start({ format, query });
  await io.print(view('a'));
  expect([out(), given]).toEqual([expected, [[{ id: 'a', status: 'AVAILABLE' }]]]);
});

test.each([
  [true, true, true],
  [true, false, false],
  [false, true, false],
])('stdin a terminal: %s, stderr a terminal: %s; can ask questions: %s', (isIn, isErr, isInteractive) => {
  const tty = (isTTY: boolean) => Object.assign(new PassThrough(), { isTTY });
  expect(start({}, { stdin: tty(isIn), stderr: tty(isErr) }).io.isInteractive).toBe(isInteractive);
});

test.each([true, false])('stdout a terminal: %s; the data is on a screen', (isTTY) => {
  expect(start({}, { stdout: Object.assign(new PassThrough(), { isTTY }) }).io.isOnScreen).toBe(isTTY);
});

test('a terminal without a width has 80 columns', async () => {
  const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 0 });
  const { io } = start({}, { stdout });
  const wide = (length: number): View => ({ ...view(), rows: [{ id: 'x'.repeat(length), status: 'y'.repeat(20) }] });
  await io.print(wide(59));
  expect(String(stdout.read()).split('\n')).toHaveLength(3);
  // The wider column moves below.
  await io.print(wide(60));
  expect(String(stdout.read()).split('\n')).toHaveLength(5);
});

test('a message is shown once a minute for each cause (default: its text)', () => {
  const { io, clock, err } = start();
  const { warn } = io;
  warn('Busy. Again in 3 s.', 'Busy.');
  warn('Busy. Again in 4 s.', 'Busy.');
  warn('Old.');
  warn('Old.');
  expect(err()).toBe('Warning: Busy. Again in 3 s.\nWarning: Old.\n');
  clock.advance(59_999);
  warn('Busy. Again in 5 s.', 'Busy.');
  warn('New.');
  expect(err()).toBe('Warning: New.\n');
  clock.advance(1);
  warn('Busy. Again in 6 s.', 'Busy.');
  warn('New.');
  expect(err()).toBe('Warning: Busy. Again in 6 s.\n');
});

test('Ctrl-C ends its line in a terminal', () => {
  for (const isTTY of [true, false]) {
    const stderr = Object.assign(new PassThrough(), { isTTY });
    start({}, { stderr }).io.endLine();
    expect(stderr.read()?.toString() ?? '').toBe(isTTY ? '\n' : '');
  }
});

test('a secret from a pipe is read whole, except its last line break', async () => {
  const stdin = new PassThrough();
  stdin.end('two\nlines\r\n');
  expect(await start({}, { stdin }).io.readSecret('Secret')).toBe('two\nlines');
  const long = new PassThrough();
  long.end('x'.repeat(65_537));
  await expect(start({}, { stdin: long }).io.readPiped()).rejects.toMatchObject({
    exitCode: 2,
    message: 'Cannot read stdin (it is larger than 65,536 bytes).',
  });
  const longest = new PassThrough();
  longest.end('x'.repeat(65_536));
  expect((await start({}, { stdin: longest }).io.readPiped()).length).toBe(65_536);
});
