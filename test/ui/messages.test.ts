import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CliError, InterruptedError } from '../../src/base/errors.js';
import { formatNames } from '../../src/ui/formats.js';
import { type Messages, messagesOf, saysJson } from '../../src/ui/messages.js';

/** Returns what is written to a stderr that is a terminal or a pipe. */
function said(format: string, isTTY: boolean, say: (messages: Messages) => void): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  say(messagesOf(stream, format));
  return String(stream.read() ?? '');
}

const failure = () =>
  new CliError('notFound', 'It is gone.', { hint: { text: 'Look:', commands: ['atlas-pe list', 'atlas-pe get'] } });

const everything = (messages: Messages) => {
  messages.warning('Look\n out');
  messages.note('Done', ['a', 'b']);
  messages.hint({ text: 'Go on:', commands: ['atlas-pe list'] });
  messages.hint({ text: 'Go on:', commands: ['atlas-pe list', "atlas-pe get 'a\nb'"] });
  messages.hint({ text: 'Go on.', commands: [] });
  messages.trace('GET\n/');
  messages.progress({ message: 'Half\x1b', facts: { status: 'AVAILABLE', elapsedSeconds: 1.5, cluster: null } });
  messages.stack('Error: x\n    at y');
};

const text = [
  'Warning: Look out\nDone\n  a\n  b\n',
  "Hint: Go on: atlas-pe list\nHint: Go on:\n  atlas-pe list\n  atlas-pe get 'a b'\nHint: Go on.\n",
  'GET /\nHalf\\u001b\nError: x\n    at y\n',
].join('');

const lines = String.raw`{"warning":{"message":"Look out"}}
{"note":{"message":"Done\n  a\n  b"}}
{"hint":{"message":"Go on:","commands":["atlas-pe list"]}}
{"hint":{"message":"Go on:","commands":["atlas-pe list","atlas-pe get 'a\nb'"]}}
{"hint":{"message":"Go on.","commands":[]}}
{"note":{"message":"GET /"}}
{"progress":{"message":"Half\u001b","status":"AVAILABLE","elapsedSeconds":1.5,"cluster":null}}
{"note":{"message":"Error: x\n    at y"}}
`;

const errorText = 'Error: It is gone.\nHint: Look:\n  atlas-pe list\n  atlas-pe get\n';
const errorLine = `${JSON.stringify({
  error: {
    ...{ code: 'not_found', message: 'It is gone.', hint: 'Look:\n  atlas-pe list\n  atlas-pe get' },
    ...{ exitCode: 3, status: null, errorCode: null },
  },
})}\n`;

describe.each(formatNames)('%s', (format) => {
  const isJson = format === 'json' || format === 'jsonl';

  test.each([true, false])('if stderr is a terminal: %s', (isTTY) => {
    expect(saysJson({ isTTY }, format)).toBe(isJson && !isTTY);
    expect(said(format, isTTY, everything)).toBe(isJson && !isTTY ? lines : text);
    expect(said(format, isTTY, (messages) => messages.error(failure()))).toBe(isJson ? errorLine : errorText);
  });
});

test('an interruption is an error in JSON, but not in text', () => {
  const interrupted = (format: string) =>
    said(format, false, (messages) => messages.error(new InterruptedError('SIGINT', { hint: 'Go on.' })));
  expect(interrupted('table')).toBe('Interrupted.\nHint: Go on.\n');
  expect(JSON.parse(interrupted('json')).error).toMatchObject({ code: 'interrupted', exitCode: 130 });
});

test('a stderr without isTTY is not a terminal', () => {
  expect(saysJson({}, 'json')).toBe(true);
});

test('an Atlas error has its status and code', () => {
  const error = Object.assign(failure(), { status: 404, errorCode: 'GROUP_NOT_FOUND' });
  const line = said('jsonl', false, (messages) => messages.error(error));
  expect(JSON.parse(line).error).toMatchObject({ status: 404, errorCode: 'GROUP_NOT_FOUND' });
});

test('long lines are not wrapped in JSON', () => {
  const stream = Object.assign(new PassThrough(), { columns: 20 });
  messagesOf(stream, 'json').note('word '.repeat(50));
  expect(String(stream.read()).split('\n')).toHaveLength(2);
});
