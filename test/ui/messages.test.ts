import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { CliError, UsageError } from '../../src/base/errors.js';
import { parseName } from '../../src/base/words.js';
import { earlyLogFormat, type LogFormat, logFormats, type Messages, messagesOf } from '../../src/ui/messages.js';

/** Returns what is written to a stderr that is a terminal or a pipe. */
function said(format: LogFormat, isTTY: boolean, say: (messages: Messages) => void): string {
  const stream = Object.assign(new PassThrough(), { isTTY });
  say(messagesOf(stream, format, {}));
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
    code: 'not_found',
    message: 'It is gone.',
    hint: 'Look:\n  atlas-pe list\n  atlas-pe get',
    exitCode: 3,
    status: null,
    errorCode: null,
  },
})}\n`;

describe.each([
  ['text', text, errorText],
  ['json', lines, errorLine],
] as const)('%s', (format, all, error) => {
  test.each([true, false])('if stderr is a terminal: %s', (isTTY) => {
    expect(said(format, isTTY, everything)).toBe(all);
    expect(said(format, isTTY, (messages) => messages.error(failure()))).toBe(error);
  });
});

test.each([
  ['lst --log-format json', {}, 'json'],
  ['--log-format=JSON lst', {}, 'json'],
  ['lst --log-format text --log-format json', {}, 'json'],
  ['lst', { ATLAS_PE_LOG_FORMAT: 'json' }, 'json'],
  ['lst --log-format text', { ATLAS_PE_LOG_FORMAT: 'json' }, 'text'],
  ['lst --json', {}, 'text'],
  ['lst', { ATLAS_PE_OUTPUT: 'json' }, 'text'],
  ['lst -- --log-format json', {}, 'text'],
  ['lst --log-format', {}, 'text'],
  ['lst --log-format yaml', {}, 'text'],
])('before the command line %s is parsed, with %j, errors are %s', (line, env, format) => {
  expect(earlyLogFormat(line.split(' '), env)).toBe(format);
});

test('a log format is text or json', () => {
  expect([' JSON', 'text'].map((text) => parseName('log format', text, logFormats))).toEqual(['json', 'text']);
  expect(() => parseName('log format', 'yaml', logFormats)).toThrow(UsageError);
});

test('long lines are not wrapped in JSON', () => {
  const stream = Object.assign(new PassThrough(), { columns: 20 });
  messagesOf(stream, 'json', {}).note('word '.repeat(50));
  expect(String(stream.read()).split('\n')).toHaveLength(2);
});

test.each([
  { npm_command: 'exec', npm_lifecycle_script: '"vitest" run' },
  { npm_command: 'exec', npm_lifecycle_script: 'sh -c "atlas-pe list"' },
  { npm_command: 'run-script', npm_lifecycle_script: 'atlas-pe list' },
  { npm_command: 'exec' },
  { npm_command: 'exec', npm_lifecycle_script: 'atlas-pe list', PATH: '/home/a/.npm/_npx/1f/node_modules/.bin' },
])('below another program of npm, hints have only the name of this one: %o', (env) => {
  const stream = Object.assign(new PassThrough(), { isTTY: true });
  messagesOf(stream, 'text', env).hint({ text: 'Next:', commands: ['atlas-pe list', 'atlas-pe get'] });
  expect(String(stream.read())).toBe('Hint: Next:\n  atlas-pe list\n  atlas-pe get\n');
});

test('a program that npx started is named so that its commands can be pasted', () => {
  const stream = Object.assign(new PassThrough(), { isTTY: true });
  const messages = messagesOf(stream, 'text', { npm_command: 'exec', npm_lifecycle_script: "'atlas-pe' list" });
  messages.hint({ text: 'Next:', commands: ['atlas-pe doctor us-east-1', 'mongosh atlas-pe'] });
  messages.error(failure());
  expect(String(stream.read())).toBe(
    'Hint: Next:\n  npx atlas-pe doctor us-east-1\n  mongosh atlas-pe\n' +
      'Error: It is gone.\nHint: Look:\n  npx atlas-pe list\n  npx atlas-pe get\n',
  );
});
