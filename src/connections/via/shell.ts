import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
// On Windows, it finds .cmd and .bat files, which command lines of clouds are.
import spawn from 'cross-spawn';
import { type Clock, orAbort } from '../../base/clock.js';
import type { Env } from '../../base/host.js';

/** Letters: no answer has more. */
const longest = 4_000_000;
/** Milliseconds to end by itself, and when it is told to. */
const [endMs, killMs] = [1000, 500];

/**
 * Starts a program, with pipes and in the terminal of this one, where ssh may ask for a password. Lines with `word` in
 * front are its answers. All others are a banner, or say why it ended.
 */
export function startShell(words: readonly string[], word: string, env: Env, clock: Clock) {
  const [program = '', ...args] = words;
  const child = spawn(program, args, { env: { ...env }, stdio: 'pipe' }) as ChildProcessWithoutNullStreams;
  const { stdin, stdout, stderr } = child;
  const last = { out: '', err: '', fault: undefined as unknown };
  const ended = new Promise<unknown>((resolve) => child.once('exit', resolve).once('error', resolve));
  child.on('error', (error) => Object.assign(last, { fault: error }));
  // Its answers say why it ended.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  stderr.setEncoding('utf8').on('data', (text: string) => {
    last.err = `${last.err}${text}`.slice(-1000);
  });
  const answers = answersIn(stdout.setEncoding('utf8'), word, last);
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  const endsWithin = (ms: number) => Promise.race([ended, clock.sleep(ms)]);
  return {
    /** The next answer, without the word. Undefined at the end. */
    next: async (signal: AbortSignal) => (await orAbort(answers.next(), signal)).value,
    /** Writes chunks. It returns early if the program has ended. */
    write: (chunks: Iterable<string | Buffer>, signal: AbortSignal) =>
      orAbort(
        pipeline(Readable.from(chunks), stdin, { end: false }).catch(() => undefined),
        signal,
      ),
    /** Why it could not start, its exit code, and its last words. */
    outcome: async () => {
      await endsWithin(endMs);
      const said = last.err.trim() || last.out.trim();
      return { fault: last.fault, exitCode: child.exitCode, said: said.split('\n').at(-1) ?? '' };
    },
    /** Ends it and what it has started, without waiting for its pipes. `isDone`: it is about to end by itself. */
    close: async (isDone: boolean) => {
      stdin.end();
      if (isDone && isRunning()) await endsWithin(endMs);
      if (isRunning()) {
        const tree = treeOf(child.pid ?? 0);
        end(tree, 'SIGTERM');
        await endsWithin(killMs);
        // What is stopped ends only so.
        end(tree, 'SIGKILL');
      }
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
      child.unref();
    },
  };
}

async function* answersIn(stdout: AsyncIterable<string>, word: string, last: { out: string }) {
  let rest = '';
  try {
    for await (const text of stdout) {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longest) return;
      for (const line of lines) {
        const [before = '', answer] = line.split(`${word} `);
        if (answer !== undefined) yield answer.trim();
        else last.out = before.trim().slice(0, 1000) || last.out;
      }
    }
  } catch {
    // A broken pipe is an end like any other.
  }
}

/** A process and all that it has started. Where there is no ps, only the process. */
function treeOf(pid: number) {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' });
  const pairs = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [pid];
  for (const each of tree) tree.push(...pairs.flatMap(([parent, own = 0]) => (parent === each ? own : [])));
  return tree;
}

function end(pids: readonly number[], signal: 'SIGTERM' | 'SIGKILL') {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended, or it runs as another user.
    }
  }
}
