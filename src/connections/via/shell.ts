import { type ChildProcessWithoutNullStreams, execFileSync } from 'node:child_process';
// On Windows, it finds .cmd and .bat files, which command lines of clouds are.
import spawn from 'cross-spawn';
import { type Clock, orAbort } from '../../base/clock.js';
import type { Env } from '../../base/host.js';

/** Letters of the longest line that is an answer, and of what the other side says besides that is kept. */
const [longestLine, mostSaid] = [4_000_000, 2000];
/** Bytes that are written at once. */
const chunkBytes = 256 * 1024;
/** Milliseconds to end by itself, and after a request to end. */
const [endMs, killMs] = [1000, 500];

export type Shell = ReturnType<typeof startShell>;

/**
 * Starts a program, with pipes and in the terminal of this one: ssh may ask there for a password. Its answers are the
 * lines with `word` in front. All others are a banner, or say why it ended.
 */
export function startShell(words: readonly string[], word: string, env: Env, clock: Pick<Clock, 'sleep'>) {
  const [program = '', ...args] = words;
  const child = spawn(program, args, { env: { ...env }, stdio: 'pipe' }) as ChildProcessWithoutNullStreams;
  const { stdin, stdout, stderr } = child;
  let [printed, complained] = ['', ''];
  let fault: unknown;
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', (error) => {
      fault = error;
      resolve();
    });
  });
  const closed = new Promise((resolve) => stdin.once('close', resolve));
  // It may end before it has read everything, and its answers say why.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  stderr.setEncoding('utf8').on('data', (text: string) => {
    complained = `${complained}${text}`.slice(-mostSaid);
  });
  const answers = answersIn(stdout.setEncoding('utf8'), word, (line) => {
    printed = line.trim() === '' ? printed : line.slice(0, mostSaid);
  });
  const isRunning = () => fault === undefined && child.exitCode === null && child.signalCode === null;

  return {
    /** The next answer, without the word. Undefined when there is none any more. */
    next: async (signal: AbortSignal) => (await orAbort(answers.next(), signal)).value,
    /** Writes, and returns early if the program has ended. */
    write: async (bytes: Buffer, signal: AbortSignal, onWritten: (count: number) => void = () => undefined) => {
      for (let at = 0; at < bytes.length && stdin.writable; at += chunkBytes) {
        const isTaken = stdin.write(bytes.subarray(at, at + chunkBytes));
        const drained = new Promise((resolve) => stdin.once('drain', resolve));
        if (!isTaken) await orAbort(Promise.race([drained, closed]), signal);
        onWritten(Math.min(at + chunkBytes, bytes.length));
      }
    },
    /** How it ended: why it could not start, its exit code, and its last words. Waits a little for the end. */
    outcome: async () => {
      await Promise.race([ended, clock.sleep(endMs)]);
      const said = complained.trim().split('\n').at(-1)?.trim() || printed.trim();
      return { fault, exitCode: child.exitCode, said };
    },
    /** Ends it with all programs that it has started, without waiting for its pipes. `isOver`: it is about to end by itself. */
    close: async (isOver: boolean) => {
      stdin.end();
      if (isOver && isRunning()) await Promise.race([ended, clock.sleep(endMs)]);
      if (isRunning() && child.pid !== undefined) {
        const tree = treeOf(child.pid);
        end(tree, 'SIGTERM');
        await Promise.race([ended, clock.sleep(killMs)]);
        // What is stopped (SIGSTOP) ends only so.
        end(tree, 'SIGKILL');
      }
      for (const stream of [stdin, stdout, stderr]) stream.destroy();
      child.unref();
    },
  };
}

async function* answersIn(stdout: AsyncIterable<string>, word: string, onOther: (line: string) => void) {
  let rest = '';
  try {
    for await (const text of stdout) {
      const lines = `${rest}${text}`.split('\n');
      rest = lines.pop() ?? '';
      if (rest.length > longestLine) return;
      for (const line of lines) {
        const at = line.indexOf(`${word} `);
        if (at < 0) onOther(line);
        else yield line.slice(at + word.length + 1).trim();
      }
    }
  } catch {
    // A pipe that breaks is an end like any other.
  }
}

/** A process and those that it has started, the last ones first. */
function treeOf(pid: number): number[] {
  const children = new Map<number, number[]>();
  try {
    const printed = execFileSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8', timeout: 1000 });
    for (const line of printed.trim().split('\n')) {
      const [own = 0, parent = 0] = line.trim().split(/\s+/).map(Number);
      children.set(parent, [...(children.get(parent) ?? []), own]);
    }
  } catch {
    // Without ps, its pipes end the others.
  }
  const under = (each: number): number[] => [...(children.get(each) ?? []).flatMap(under), each];
  return under(pid);
}

function end(pids: readonly number[], signal: 'SIGTERM' | 'SIGKILL') {
  for (const pid of pids) {
    try {
      if (process.platform === 'win32')
        execFileSync('taskkill', ['/pid', String(pid), '/T', '/F'], { stdio: 'ignore' });
      else process.kill(pid, signal);
    } catch {
      // It has just ended, or it runs as another user.
    }
  }
}
