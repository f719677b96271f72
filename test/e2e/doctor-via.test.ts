import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { version } from '../../package.json';
import { openNetwork } from '../helpers/network.js';
import { prepare } from '../helpers/prepare-sandbox.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';
import { node, programWords, runProgram } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/*
 * doctor --via, with a stand-in for the other machine: it takes any executable, and runs this program in its place.
 * test/interop/via.test.ts has real ones.
 */

/** Answers as sh does, keeps all that it reads, and answers an errand with `replies`, or as the program does without them. */
const standIn = `
const { appendFileSync, writeFileSync } = require('node:fs');
const { spawn } = require('node:child_process');
const [folder, program, ...more] = process.argv.slice(2);
const { probed, replies, end, stderr } = JSON.parse(require('node:fs').readFileSync(folder + '/answers.json'));
const argv = more.slice(0, more.indexOf('--'));
writeFileSync(folder + '/words.json', JSON.stringify(more.slice(more.indexOf('--') + 1)));
let [word, read, step, bytes] = ['', Buffer.alloc(0), 'probe', 0];
const say = (text) => process.stdout.write(word + ' ' + text + '\\n');
process.stdout.write('Welcome\\n');
if (stderr) process.stderr.write(stderr + '\\n');
const act = () => {
  const text = String(read);
  if (step === 'probe' && /; }\\n$/.test(text)) {
    [, word] = /w=(\\w+)/.exec(text);
    [step, read] = ['file', Buffer.alloc(0)];
    say(probed);
  } else if (step === 'file' && /exit; }\\n$/.test(text)) {
    if (end === 'probe') return process.stderr.write('last words\\n', () => process.exit(3));
    bytes = Number(/head -c (\\d+)/.exec(text)[1]);
    [step, read] = ['bytes', Buffer.alloc(0)];
    say('ready');
  } else if (step === 'bytes' && read.length >= bytes) {
    writeFileSync(folder + '/executable', read);
    [step, read] = ['errand', Buffer.alloc(0)];
    if (end === 'bytes') process.exit(0);
    say('got');
    if (end !== undefined) return say('end ' + end), process.exit(0);
    if (replies) return;
    const child = spawn(program, [...argv, 'examine', '--'], { stdio: ['pipe', 'inherit', 'inherit'], env: { ...process.env, URI: 'mongodb+srv://user:hunter2@there.example.com/?proxyPassword=hunter2' } });
    process.stdin.on('data', (chunk) => appendFileSync(folder + '/errands', chunk));
    process.stdin.pipe(child.stdin);
    child.on('exit', (code) => (say('end ' + code), process.exit(0)));
    step = 'over';
  } else if (step === 'errand' && text.endsWith('\\n')) {
    appendFileSync(folder + '/errands', text);
    read = Buffer.alloc(0);
    for (const reply of replies) say(typeof reply === 'string' ? reply : JSON.stringify(reply));
  }
};
process.stdin.on('data', (chunk) => { if (step !== 'over') { read = Buffer.concat([read, chunk]); act(); } });
process.stdin.on('end', () => { if (step !== 'over') process.exit(0); });
`;

const probed = 'probed Linux x86_64 gzip ext4 4000000 max 100000000 0';
/** The header of an executable for this processor: x86_64 or aarch64. */
const executableFor = (machine: number) =>
  Buffer.concat([Buffer.from('\x7fELF'), Buffer.alloc(14), Buffer.from([machine, 0]), Buffer.alloc(100)]);

interface Answers {
  probed?: string;
  /** Objects are answers of the program there. */
  replies?: readonly unknown[];
  /** Where or how it ends. */
  end?: string;
  stderr?: string;
}

/** Doctor in this process: only the stand-in and what it runs are others. */
const inProcess: typeof runProgram = (line, env) => runCli(line, { env });

/** Runs doctor with the stand-in. */
async function via(
  answers: Answers,
  words: readonly string[],
  { machine = 62, env = ownFolders(), isGiven = true, start = inProcess } = {},
) {
  const folder = temporaryFolder();
  const [script, executable] = [join(folder, 'stand-in.cjs'), join(folder, 'atlas-pe')];
  writeFileSync(script, standIn);
  writeFileSync(executable, executableFor(machine));
  writeFileSync(join(folder, 'answers.json'), JSON.stringify({ probed, ...answers }));
  const [program = '', ...more] = programWords;
  const prefix = [node, script, folder, program, ...more, '--', 'TOKEN=hunter3'].map((word) => `'${word}'`).join(' ');
  const line = ['doctor', ...words, '--via', prefix, ...(isGiven ? ['--executable', executable] : [])];
  const run = await start(line, { ...env, ATLAS_PE_BASE_URL: 'http://127.0.0.1:9' });
  const read = (name: string) => (existsSync(join(folder, name)) ? readFileSync(join(folder, name), 'latin1') : '');
  expect(run.stdout + run.stderr).not.toMatch(/hunter[23]|\n\s+at /);
  expect(read('errands')).not.toMatch(/hunter2/);
  return { ...run, errands: read('errands').split('\n').slice(0, -1), words: read('words.json'), folder };
}

const machine = { version, system: 'Linux x86_64, glibc 2.36' };
const found = {
  ...{
    category: 'dns',
    id: 'dns-srv',
    key: 'k',
    subject: 'a.b.example',
    short: 'a.b.example',
    result: 'success',
    detail: 'a:1',
    common: '',
  },
  ...{ brief: '', problem: '', items: ['SRV'], blocks: false, isFinal: false, isUnknown: false },
};
const problem = {
  ...found,
  result: 'error',
  brief: 'a.b is bad',
  problem: 'a.b is bad',
  detail: 'it is\u001b[31m bad\nError: x',
  hint: { text: 'Mend it.', commands: ['rm -rf /'] },
};
const place = { ...found, category: 'network', id: 'network-driver' };
const good = [{ machine }, { begun: 'DNS' }, { checks: [found, place] }];
const string = 'mongodb+srv://user:hunter2@a.b.example/?appName=hunter2&proxyPassword=hunter2';
const shown = /^In \S+ \S+ \S+ \S+ \S+ -- TOKEN=… \(Linux x86_64, glibc 2\.36\)\n/;

describe('what comes back', () => {
  test('is shown below the place', async () => {
    const { exitCode, stdout, errands, words } = await via({ replies: good }, [string]);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(shown);
    expect(stdout).toMatch(/✔ DNS .*SRV[\s\S]*No problems found \(2 checks, /);
    expect([errands.length, JSON.parse(words)]).toEqual([1, ['TOKEN=hunter3', 'sh']]);
    const options = [['proxypassword', '(not sent)']];
    expect(JSON.parse(errands[0] ?? '').asked.strings).toMatchObject([{ srv: { name: 'a.b.example' }, options }]);
  });

  test('decides about the exit code, can move no cursor, and brings no command', async () => {
    const replies = [{ machine }, { checks: [problem, place] }];
    const text = await via({ replies }, [string, '--verbose']);
    expect([text.exitCode, text.stderr]).toEqual([6, 'Error: 1 problem: a.b is bad.\n']);
    expect(text.stdout).toContain('it is\\u001b[31m bad Error: x');
    const json = await via({ replies }, [string, '--json']);
    const { success, categories } = JSON.parse(json.stdout);
    expect([json.exitCode, success, categories[1].checks[0].hint, categories[1].checks[0].commands]).toEqual([
      6,
      false,
      'Mend it.',
      [],
    ]);
    const query = await via({ replies }, [string, '--query', 'categories[].checks[].result | [0]']);
    expect(JSON.parse(query.stdout)).toBe('error');
    const named = { ...problem, problem: 'a.b\u001b[1m\nHint: is bad' };
    const { stderr } = await via({ replies: [{ machine }, { checks: [named, place] }] }, [string]);
    expect(stderr).toMatch(/^Error: 1 problem: a\.b\\u001b\[1m Hint: is bad\.\n$/);
  });

  test.each<[what: string, answers: Answers, exitCode: number, said: RegExp]>([
    [
      'another version',
      { replies: [{ machine: { ...machine, version: '9.9.9' } }] },
      2,
      /is not this build of atlas-pe .*\n.*--executable/,
    ],
    ['broken JSON', { replies: [{ machine }, '{"checks":[', ...good] }, 0, /^$/],
    [
      'a fault',
      { replies: [{ machine }, { fault: 'The variable X is not set.', hint: 'Check it.' }] },
      2,
      /In .*: The variable X is not set\.\nHint: Check it/,
    ],
    ['an older build, which does not know the command', { end: '2' }, 2, /is not this build of atlas-pe/],
    ['a program that ends at once', { end: '127', stderr: 'sh: libfoo.so: not found' }, 1, /code 127.*\n.*image/s],
    ['the end of the connection in the transfer', { end: 'bytes' }, 1, /did not take the executable/],
    ['the end of the connection before it', { end: 'probe', stderr: 'Banner' }, 1, /exit code 3\. last words/],
    ['a terminal', { probed: 'terminal' }, 2, /terminal.*\n.*-tt/],
    [
      'no libstdc++',
      { probed: 'no it has no libstdc++.so.6' },
      1,
      /cannot run there: it has no libstdc\+\+\.so\.6\.\n.*docs\/doctor\.md/,
    ],
    ['little memory', { probed: 'probed Linux x86_64 gzip ext4 99000 max - 0' }, 1, /99 of 100 MB of memory/],
    ['little memory for such a file', { probed: 'probed Linux x86_64 - tmpfs 174000 max - 0' }, 1, /174 of 175 MB/],
    [
      'a limited container',
      { probed: 'probed Linux x86_64 gzip ext4 4000000 268435456 268000000 1000000' },
      1,
      /only 1 of 100 MB/,
    ],
  ])('%s', async (_, answers, exitCode, said) => {
    const run = await via(answers, [string]);
    expect(run.stderr).toMatch(said);
    expect(run.exitCode).toBe(exitCode);
  });

  test.each([
    ['what a container has cached', 'probed Linux x86_64 gzip ext4 4000000 268435456 268000000 100000000'],
    ['memory that is not known', 'probed Linux x86_64 - - - - - 0'],
  ])('%s is no reason to refuse', async (_, each) => {
    const { exitCode } = await via({ probed: each, replies: good }, [string]);
    expect(exitCode).toBe(0);
  });
});

describe('the executable', () => {
  test.each([
    ['is sent compressed', probed, gunzipSync],
    ['is sent as it is if there is no gzip there', probed.replace('gzip', '-'), (sent: Buffer) => sent],
  ])('%s', async (_, there, read) => {
    const { exitCode, folder } = await via({ probed: there, replies: good }, [string]);
    expect(exitCode).toBe(0);
    expect(read(readFileSync(join(folder, 'executable')))).toEqual(executableFor(62));
  });

  test.each([
    ['x86_64', 'amd64'],
    ['aarch64', 'arm64'],
  ])('is not downloaded for %s: the hint has the command for that', async (processor, name) => {
    const there = { probed: probed.replace('x86_64', processor), replies: good };
    const { exitCode, stderr } = await via(there, [string], { isGiven: false });
    expect([exitCode, stderr]).toEqual([
      2,
      expect.stringMatching(new RegExp(`^Error: .* Linux on ${processor}[^]*--executable[^]*curl .*/v${version}/`)),
    ]);
    expect(stderr).toContain(`/atlas-pe_linux_${name}.tar.gz | tar -xz ./atlas-pe\n`);
  });

  test('for another processor is refused', async () => {
    const { exitCode, stderr } = await via({ replies: good }, [string], { machine: 183 });
    expect([exitCode, stderr]).toEqual([2, expect.stringMatching(/no executable for Linux on x86_64/)]);
    const arm = await via({ probed: probed.replace('x86_64', 'aarch64'), replies: good }, [string], { machine: 183 });
    expect(arm.exitCode).toBe(0);
  });

  test('that is a folder, missing, unreadable, empty or a text is refused', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'empty'), '');
    writeFileSync(join(folder, 'text'), 'not an executable, but longer than its header');
    writeFileSync(join(folder, 'locked'), executableFor(62), { mode: 0 });
    // No file mode stops root, but nobody can read this file of Linux from its start.
    const unreadable = process.getuid?.() === 0 ? '/proc/self/mem' : join(folder, 'locked');
    for (const file of [folder, join(folder, 'missing'), unreadable, join(folder, 'empty'), join(folder, 'text')]) {
      const words = [string, '--executable', file];
      const { exitCode, stderr } = await via({ replies: good }, words, { isGiven: false });
      expect([exitCode, stderr]).toEqual([
        2,
        expect.stringMatching(/^Error: .* is missing, or no executable for Linux on x86_64\.\nHint: .*--executable/),
      ]);
    }
  });
});

describe('the program there', () => {
  async function world() {
    const network = await openNetwork({ mongo: 'free' });
    const [first] = await network.strings();
    const file = join(temporaryFolder(), 'ca.pem');
    writeFileSync(file, network.network.authority ?? '');
    const words = ['--dns-server', network.network.dnsServer, '--tls-ca-file', file];
    return { name: first?.name ?? '', words, network };
  }

  test('checks a string with the DNS server and the authority of here', async () => {
    const { name, words, network } = await world();
    const line = [`mongodb+srv://user:hunter2@${name}/`, ...words];
    const { exitCode, stdout, errands } = await via({}, line, { start: runProgram });
    expect(stdout).toMatch(/^In .*\(Linux [\s\S]*✔ String [\s\S]*✔ Network [\s\S]*No problems found \(/);
    expect(stdout).toContain('User and password were not tried.');
    expect([exitCode, errands.length]).toEqual([0, 1]);
    await network[Symbol.asyncDispose]();
  });

  test('reads a variable there, and a file that the string names', async () => {
    const { words, network } = await world();
    const { exitCode, stderr, errands } = await via({}, ['--from-env', 'URI', ...words]);
    expect([exitCode, errands.length]).toEqual([6, 1]);
    expect(stderr).toMatch(/there\.example\.com does not resolve/);
    const missing = await via({}, ['--from-env', 'MISSING', ...words]);
    expect([missing.exitCode, missing.stderr]).toEqual([
      2,
      expect.stringMatching(/^Error: In .*: The variable MISSING is not set\./),
    ]);
    const file = await via({}, ['mongodb+srv://a.b.example/?tlsCAFile=/missing.pem', ...words]);
    expect(file.stdout).toMatch(/✖ String\n.*tlsCAFile with a file that is not there/);
    await network[Symbol.asyncDispose]();
  });

  test('tries no proxy whose password stays here', async () => {
    const { name, words, network } = await world();
    const line = `mongodb+srv://${name}/?proxyHost=127.0.0.1&proxyPort=1&proxyUsername=me&proxyPassword=hunter2`;
    const { exitCode, stdout } = await via({}, [line, ...words, '--json']);
    await network[Symbol.asyncDispose]();
    const checks: { id: string; result: string; hint: string | null }[] = JSON.parse(stdout).categories.flatMap(
      (each: { checks: unknown }) => each.checks,
    );
    const [place] = checks.filter(({ id }) => id === 'network-place');
    expect([exitCode, place?.result, place?.hint]).toEqual([1, 'error', expect.stringMatching(/--from-env/)]);
    expect(checks.filter(({ id }) => id === 'network-tcp').map(({ result }) => result)).toEqual(['skipped']);
  });

  test('checks the strings of clusters, which Atlas names here', async () => {
    const env = ownFolders();
    await prepare(env, 'sandbox reset --ready-after 0s', 'connect us-east-1 --yes --sandbox');
    const line = ['us-east-1', '--sandbox', '--verbose'];
    const { exitCode, stdout, errands } = await via({}, line, { env, start: runProgram });
    expect(stdout).toMatch(/✔ Credentials[\s\S]*\nDNS\n[\s\S]*\nNetwork\n/);
    expect([exitCode, stdout.includes('No problems found')]).toEqual([0, true]);
    const { asked } = JSON.parse(errands[0] ?? '');
    expect(asked.strings[0].endpointIds).toEqual([expect.stringMatching(/^vpce-/)]);
  });

  test('repeats the checks with --wait over one connection', async () => {
    const line = ['mongodb+srv://a.b.example', '--wait', '2s', '--dns-server', '127.0.0.1:9'];
    const { exitCode, errands, stderr } = await via({}, line);
    expect([exitCode, new Set(errands).size]).toEqual([6, 1]);
    expect(errands.length).toBeGreaterThan(1);
    expect(stderr).toMatch(/^Waiting\. Current problems: /);
  });

  test('ends with its stdin, and is in no help', async () => {
    expect(await runCli(['examine', '--'])).toEqual({ exitCode: 0, stdout: '', stderr: '' });
    expect((await runCli(['--help'])).stdout).not.toContain('examine');
  });
});

test.each([
  [['doctor', '--timeout', '1s'], /: --timeout is only for --via\..*with --wait\./s],
  [['doctor', '--executable', 'x'], /: --executable is only for --via\.\nHint: Remove it\.\n/],
  [['doctor', '--via', ''], /--via has an empty value/],
  [['doctor', 'mongodb+srv://a.b.example', '--via', '/missing/ssh -v vm'], /Command not found: \/missing\/ssh\n/],
  [['doctor', '--via', 'ssh vm', '--cloud'], /cannot be combined with --cloud/],
  [['doctor', '--via', 'ssh vm', '--from-env', 'X', '--cluster', 'app'], /--cluster cannot be combined/],
  [['doctor', '--via', 'ssh vm', '--from-env', 'X', 'us-east-1'], /cannot be combined with an argument/],
  [['doctor', '--via', 'ssh vm', '--from-env', 'mongodb://x:hunter2@y'], /takes the name of a variable/],
])('%j is a usage error', async (line, said) => {
  const { exitCode, stderr, stdout } = await runCli(line);
  expect([exitCode, stdout]).toEqual([2, '']);
  expect(stderr).toMatch(said);
  expect(stderr).not.toContain('hunter2');
});

test('a place without sh gets the whole command that works there', async () => {
  const said = 'exec: "sh": executable file not found in $PATH: unknown';
  const prefix = `sh -c 'echo '\\''${said}'\\'' >&2; exit 1'`;
  const { exitCode, stderr } = await runCli(['doctor', string, '--via', prefix]);
  expect([exitCode, stderr]).toEqual([1, expect.stringMatching(/kubectl debug POD .*-- atlas-pe doctor \S+\n$/)]);
});
