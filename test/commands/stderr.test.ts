import { describe, expect, test } from 'vitest';
import { LineError } from '../../src/cli/line.js';
import { parse } from '../../src/cli/parser.js';
import { type Line, linesIn, messagesIn, ownFolders, ownSandbox, type Run, runCli } from '../helpers/run-cli.js';
import { sharded } from '../helpers/sandbox.js';
import { closed } from '../helpers/schema.js';
import { caseOf, names } from './cases.js';

/* With --log-format json, every line on stderr is JSON. */

const own = ownSandbox({ world: sharded });

/** Returns the lines on stderr, validated against output.schema.json. */
function checked({ stderr }: Run, line: string): Line[] {
  const lines = linesIn(stderr);
  for (const { kind, value } of lines) {
    expect(closed(`#/$defs/${kind}`, value), line).toEqual([]);
    expect(closed('#/$defs/stderr-line', value), line).toEqual([]);
  }
  return lines;
}

function commandOf(line: string): string {
  try {
    const asked = parse(line.split(' '));
    return asked.kind === 'run' ? asked.line.path.join(' ') : asked.kind;
  } catch (thrown) {
    if (thrown instanceof LineError) return thrown.line.path.join(' ');
    throw thrown;
  }
}

test.each(names)('%s', async (command) => {
  const { before = [], good, bad, options } = caseOf(command, own.sandbox.env);
  expect([good, bad].map(commandOf)).toEqual([command, command]);

  for (const line of before) await own.ends(line, 0);
  for (const [line, isGood, isByOption] of [
    [good, true, true],
    [bad, false, false],
    // These errors occur before the command runs, and before the format is certain.
    [`${command} --nope`, false, true],
    [`${command} --nope`, false, false],
  ] as const) {
    const env = { ...own.sandbox.env, ATLAS_PE_LOG_FORMAT: 'json' };
    const run = isByOption
      ? await own.atlas(`${line} --log-format json --verbose`, options)
      : await own.atlas(`${line} --json`, { env, ...options });
    const lines = checked(run, line);
    const errors = lines.filter(({ kind }) => kind === 'error');
    expect([run.exitCode === 0, errors.length], `${line}\n${run.stderr}`).toEqual([isGood, isGood ? 0 : 1]);
    if (!isGood) expect(lines.at(-1)).toMatchObject({ kind: 'error', said: { exitCode: run.exitCode } });
  }
});

describe('the content of each kind', () => {
  const sandbox = async (line: string) => checked(await own.atlas(`${line} --log-format json`), line);

  test('a hint has its commands', async () => {
    const [connect, wait] = await sandbox('create --region us-east-1');
    const easiest = { message: expect.stringMatching(/:$/), commands: ['atlas-pe connect us-east-1'] };
    expect(connect?.value).toEqual({ hint: easiest });
    expect(wait?.value).toMatchObject({
      hint: {
        commands: [expect.stringMatching(/^atlas-pe wait \w{24}$/), expect.stringMatching(/^atlas-pe get /)],
      },
    });
    await sandbox('wait us-east-1');
    const [ready, other] = await sandbox('get us-east-1');
    expect(ready?.value).toEqual({ hint: easiest });
    expect(other?.value).toMatchObject({
      hint: {
        message: expect.stringMatching(/:$/),
        commands: ['atlas-pe connect us-east-1 --dry-run', expect.stringMatching(/^atlas-pe interface add /)],
      },
    });
  });

  test('--quiet hides progress, notes and hints, but not warnings', async () => {
    expect(await sandbox('create --region us-east-1 --wait --quiet')).toEqual([]);
    const lines = await sandbox('regional-mode enable --yes --quiet');
    expect(lines.map(({ kind }) => kind)).toEqual(['warning']);
    expect(await sandbox('regional-mode enable --yes --quiet')).toEqual([]);
  });

  test('--verbose writes a note for each request', async () => {
    const run = await own.atlas('list --provider aws --status failed --log-format json --verbose');
    expect(checked(run, 'list').map(({ said }) => said.message)).toEqual([
      expect.stringMatching(/^GET http:\S+ 401 \d+ ms/),
      expect.stringMatching(/^GET http:\S+ 200 \d+ ms/),
    ]);
    const quiet = await own.atlas('list --provider aws --log-format json --verbose --quiet');
    expect(messagesIn(quiet.stderr, 'note')).toEqual([expect.stringMatching(/^GET http:\S+ 200 \d+ ms/)]);
  });

  test('--verbose writes the stack trace of a bug on one line after the error', async () => {
    const keychain = {
      get: async () => null,
      set: async () => {
        throw new TypeError('no\n\x1b[2Jway');
      },
      remove: async () => undefined,
    };
    const options = { env: ownFolders(), keychain, stdin: 'secret' };
    const line = 'config set private-key --log-format json';
    const [error, ...others] = checked(await runCli(line.split(' '), options), line);
    expect([error?.said.code, others]).toEqual(['unexpected', []]);
    const verbose = await runCli(`${line} --verbose`.split(' '), options);
    expect(verbose.stderr).not.toContain('\x1b');
    expect(checked(verbose, line).map(({ kind, said }) => [kind, said.message])).toEqual([
      ['error', expect.stringContaining('way')],
      ['note', expect.stringMatching(/^TypeError: no\n[^\n]+way\n {4}at /)],
    ]);
  });

  test("control characters in a response are escaped, and it can't start a line", async () => {
    const body = JSON.stringify({ detail: 'a\x1b[2J\u202e\n{"error":{}}', errorCode: 'X' });
    own.faults = [{ path: '/AWS/endpointService', status: 403, body }];
    const { stderr } = await own.atlas('list --log-format json');
    expect(stderr).toMatch(/^[\x20-\x7e]+\n$/);
    expect(linesIn(stderr)[0]?.said.message).toContain('\x1b');
  });
});

test.each([
  ['lst --log-format json', {}, true],
  ['list --log-format nope', {}, false],
])('the error of %s with %j: JSON %s', async (line, env, isJson) => {
  const { exitCode, stderr } = await runCli(line.split(' '), { env: { ...ownFolders(), ...env } });
  expect([exitCode, stderr.startsWith('{"error":')]).toEqual([2, isJson]);
});
