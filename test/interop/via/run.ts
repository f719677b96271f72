import { spawn } from 'node:child_process';
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { constants } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Terminal } from '../../helpers/terminal.js';
import { project, writable } from './places.js';
import { type Process, processes, until } from './processes.js';
import { type Row, secrets } from './rows.js';

/* One row: runs atlas-pe, does what happens in the middle, and looks what it left. */

export interface Outcome {
  name: string;
  exitCode: number;
  stdout: string;
  stderr: string;
  ms: number;
  /** What is there afterwards, and was not before. */
  files: readonly string[];
  processes: readonly string[];
  /** Processes that showed a secret while it ran. */
  shown: readonly string[];
}

type Ran = Pick<Outcome, 'exitCode' | 'stdout' | 'stderr'>;

export interface Command {
  row: Row;
  /** What runs atlas-pe. */
  program: readonly string[];
  /** The words of its command line. */
  words: readonly string[];
  env: Record<string, string>;
  stdin: string;
  /** Whether the executable there has asked DNS. */
  hasAsked: () => boolean;
}

/** All files that somebody could have written. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (['/mnt/cache', '/mnt/held', project].includes(path) || entry.name === 'proc') return [];
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}
const filesNow = () => writable.flatMap(filesIn);

/** With pipes. */
function runPiped({ program: [program = '', ...own], words, env, stdin }: Command): Promise<Ran> {
  const child = spawn(program, [...own, ...words], { env, cwd: '/mnt/home' });
  child.stdin.on('error', () => undefined);
  child.stdin.end(stdin);
  const exit = new Promise<number>((resolve) =>
    child.on('close', (code, signal) => resolve(signal ? 128 + constants.signals[signal] : (code ?? 0))),
  );
  return Promise.all([exit, text(child.stdout), text(child.stderr)]).then(([exitCode, stdout, stderr]) => ({
    exitCode,
    stdout,
    stderr,
  }));
}

async function runInTerminal({ row, words, env }: Command): Promise<Ran> {
  const terminal = new Terminal(words, env, { columns: 200 });
  for (const [shown, keys] of row.typing ?? []) {
    await terminal.shows(shown);
    terminal.type(keys);
  }
  const exitCode = await terminal.exit;
  const screen = terminal.lines().join('\n');
  return { exitCode, stdout: screen, stderr: screen };
}

/** Makes happen what happens in the middle of a row. Returns whether it has. */
function happen({ row, hasAsked }: Command, all: readonly Process[]): boolean {
  const isReached = row.during === 'transfer' ? existsSync('/mnt/held') : hasAsked();
  if (!isReached) return false;
  for (const { signal, to } of row.events ?? []) {
    const found = all.find(({ line, file }) => to.test(`${line} ${file}`));
    if (!found) return false;
    process.kill(found.pid, signal);
  }
  if (row.fill !== undefined) fill(row.fill);
  return true;
}

function fill(folder: string): void {
  const file = join(folder, 'filling');
  const part = Buffer.alloc(2 ** 16);
  try {
    for (;;) writeFileSync(file, part, { flag: 'a' });
  } catch {
    // It is full.
  }
}

export async function run(command: Command): Promise<Outcome> {
  const { row } = command;
  const before = { files: new Set(filesNow()), pids: new Set(processes().map(({ pid }) => pid)) };
  const added = () => processes().filter(({ pid }) => !before.pids.has(pid));
  rmSync('/mnt/held', { force: true });
  const begun = performance.now();
  const shown = new Set<string>();
  let [hasHappened, isOver] = [row.during === undefined, false];
  const ending = (row.typing ? runInTerminal(command) : runPiped(command))
    .catch((error: unknown): Ran => ({ exitCode: -1, stdout: '', stderr: String(error) }))
    .finally(() => {
      isOver = true;
    });
  await until(() => {
    const all = added();
    for (const { line, environment } of all)
      if (secrets.some((secret) => `${line} ${environment}`.includes(secret))) shown.add(line);
    hasHappened ||= happen(command, all);
    return isOver ? true : undefined;
  }, 120_000);
  for (const { pid } of isOver ? [] : added()) process.kill(pid, 'SIGKILL');
  const ran = await ending;
  const ms = performance.now() - begun;
  if (!hasHappened) ran.stderr += 'There was nothing to end in the middle.';
  rmSync(join(row.fill ?? '/mnt', 'filling'), { force: true });
  // What has lost its connection needs a moment to end.
  await until(() => (added().length === 0 ? true : undefined), 5000);
  const left = added();
  const files = filesNow().filter((path) => !before.files.has(path));
  for (const { pid } of left) process.kill(pid, 'SIGKILL');
  for (const path of files) rmSync(path);
  return { name: row.name, ...ran, ms, files, processes: left.map(({ line }) => line), shown: [...shown] };
}
