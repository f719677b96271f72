import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { probeScript, runScript } from '../../../src/connections/via/script.js';
import { temporaryFolder } from '../../helpers/temporary-folder.js';

/*
 * Both blocks, in each sh that this machine has. The executable is a script here: it shows its words and stdin. That of
 * busybox may have all programs inside, so stand-ins are only for the others.
 */

const shells = ['dash', 'bash', 'busybox', 'ksh', 'mksh'].filter((name) => !spawnSync(name, ['true']).error);
const words = (shell: string) => (shell === 'busybox' ? ['busybox', 'sh'] : [shell]);
const program = Buffer.from('#!/bin/sh\necho "w0rd ran $*"\nread line\necho "w0rd read $line"\n');

/** Each part is sent when this was answered. The first one is the first block. */
const waits = [/probed|no/, /ready/, /got/];

/** Runs the blocks. Stdin ends behind the last part. Returns the answers. */
async function converse(
  shell: string,
  parts: readonly (string | Buffer)[],
  env: Record<string, string>,
  limit = '-n 1024',
) {
  const child = spawn('sh', ['-c', `ulimit ${limit}; exec "$@"`, 'sh', ...words(shell)], {
    env: { PATH: process.env.PATH, ...env },
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stdin.on('error', () => undefined);
  const ended = once(child, 'close');
  const answers: string[] = [];
  const read = async () => {
    const { value, done } = await lines.next();
    if (!done) answers.push(value);
    return !done;
  };
  for (const [index, part] of [probeScript('w0rd'), ...parts].entries()) {
    if (index === parts.length) child.stdin.end(part);
    else {
      child.stdin.write(part);
      while ((await read()) && !waits[index]?.test(answers.at(-1) ?? ''));
    }
  }
  while (await read());
  const [exitCode] = await ended;
  return { answers, exitCode };
}

/** A folder with stand-ins for programs. */
function programs(files: Record<string, string>): string {
  const folder = temporaryFolder();
  for (const [name, script] of Object.entries(files))
    writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return `${folder}:${process.env.PATH}`;
}

const linux = process.platform === 'linux' && existsSync('/lib64/ld-linux-x86-64.so.2');

test.runIf(linux && process.env.CI === 'true')('dash and bash are there', () => {
  expect(shells).toEqual(expect.arrayContaining(['dash', 'bash']));
});

describe.runIf(linux).each(shells)('%s', (shell) => {
  test.each([
    ['compressed', gzipSync(program)],
    ['as it is', program],
  ])('runs what was sent %s, and leaves nothing', async (_, sent) => {
    const folder = join(temporaryFolder(), 'a folder');
    mkdirSync(folder);
    const parts = [runScript(sent.length, program.length), sent, '{"a":1}\n'];
    const { answers, exitCode } = await converse(shell, parts, { TMPDIR: folder });
    expect(answers).toEqual([
      expect.stringMatching(/^w0rd probed Linux x86_64 gzip \S+ \d+ \S+ \S+ \d+$/),
      ...['w0rd ready', 'w0rd got', 'w0rd ran examine --', 'w0rd read {"a":1}', 'w0rd end 0'],
    ]);
    expect([exitCode, readdirSync(folder)]).toEqual([0, []]);
  });

  test('runs nothing of half a file, and leaves nothing', async () => {
    const folder = temporaryFolder();
    const sent = gzipSync(program);
    const parts = [runScript(sent.length, program.length), sent.subarray(0, sent.length >> 1)];
    const { answers } = await converse(shell, parts, { TMPDIR: folder });
    expect(answers.slice(1)).toEqual(['w0rd ready']);
    expect(readdirSync(folder)).toEqual([]);
  });

  const standIns = test.runIf(shell !== 'busybox');

  standIns.each<[string, Record<string, string>, RegExp]>([
    ['another system', { uname: 'echo Darwin arm64' }, /^w0rd no it is Darwin arm64/],
    ['another processor', { uname: 'echo Linux riscv64' }, /^w0rd no it is Linux riscv64/],
    [
      'no libstdc++',
      { uname: '[ "$1" ] && echo Linux x86_64 || echo "object from LD_PRELOAD" >&2' },
      /^w0rd no .*lib/,
    ],
  ])('says what keeps the executable from running: %s', async (_, files, answer) => {
    const { answers, exitCode } = await converse(shell, [], { PATH: programs(files) });
    expect(answers).toEqual([expect.stringMatching(answer)]);
    expect(exitCode).toBe(0);
  });

  standIns('passes by folders that are full or that do not let files run', async () => {
    const [full, good] = [temporaryFolder(), temporaryFolder()];
    mkdirSync(join(good, 'tmp'));
    const df = `case "$2" in ${good}) free=200000;; *) free=1000;; esac
echo Filesystem 1024-blocks Used Available Capacity Mounted on; echo disk 1 1 $free 1% /`;
    const env = { PATH: programs({ df }), TMPDIR: full, HOME: good };
    const { answers } = await converse(shell, [], env);
    expect(answers).toEqual([expect.stringMatching(/^w0rd probed /)]);
    const none = await converse(shell, [], { ...env, HOME: full });
    expect(none.answers).toEqual([expect.stringMatching(/^w0rd no no folder has 145 MB free/)]);
    expect([readdirSync(full), readdirSync(good)]).toEqual([[], ['tmp']]);
  });

  test.each([
    ['-n 20', /^w0rd limit 20 open files \(ulimit -n\), and needs 160$/],
    ['-v 400000', /^w0rd limit 400000 kB of memory \(ulimit -v\), and needs 1500000$/],
  ])('says which limit is too low: ulimit %s', async (limit, answer) => {
    const { answers } = await converse(shell, [], {}, limit);
    expect(answers).toEqual([expect.stringMatching(answer)]);
  });

  test('needs neither gzip nor df', async () => {
    const folder = temporaryFolder();
    for (const name of ['uname', 'chmod', 'rm', 'sh']) {
      const found = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
      symlinkSync(found, join(folder, name));
    }
    const [file = ''] = words(shell);
    symlinkSync(
      spawnSync('sh', ['-c', `command -v ${file}`], { encoding: 'utf8' }).stdout.trim(),
      join(folder, file),
    );
    const { answers } = await converse(shell, [], { PATH: folder });
    // That of busybox has both inside.
    const gzip = shell === 'busybox' ? expect.any(String) : '-';
    expect(answers[0]?.split(' ').slice(0, 5)).toEqual(['w0rd', 'probed', 'Linux', 'x86_64', gzip]);
  });
});
