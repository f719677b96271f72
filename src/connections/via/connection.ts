import { type ChildProcessWithoutNullStreams, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createInterface } from 'node:readline';
// On Windows, it finds .cmd and .bat files, which command lines of clouds are.
import spawn from 'cross-spawn';
import { version } from '../../../package.json';
import { isTimeout, orAbort } from '../../base/clock.js';
import { CliError, codeOf, reasonOf, UsageError } from '../../base/errors.js';
import type { Context } from '../../endpoints/context.js';
import { within } from '../../http/network-fault.js';
import type { Prefix } from './prefix.js';

/** Milliseconds until the first answer at most (somebody may have to type a password), to end alone, and to end when told so. */
const [firstMs, endMs, killMs] = [120_000, 1000, 500];
const mostBytes = 4_000_000;

export type Connection = ReturnType<typeof openConnection>;

/**
 * Runs sh behind the prefix, with pipes and in the terminal of this program, where ssh may ask for a password. Lines with
 * `word` in front are its answers. `timeoutMs`: from the first answer on.
 */
export function openConnection(context: Context, prefix: Prefix, timeoutMs: number) {
  const { clock, settings, signal } = context;
  const { words, shown } = prefix;
  const [program = '', ...args] = words;
  const word = randomBytes(8).toString('hex');
  const child = spawn(program, [...args, 'sh'], {
    env: { ...settings.env },
    stdio: 'pipe',
  }) as ChildProcessWithoutNullStreams;
  const { stdin } = child;
  const ended = new Promise<unknown>((resolve) => child.once('exit', resolve).once('error', resolve));
  const endsWithin = (ms: number) => orAbort(ended, clock.timeout(ms)).catch(() => undefined);
  const closed = new Promise((resolve) => stdin.once('close', resolve));
  const output = readOutput(child, word);
  const startLimit = (ms: number) => ({ ms, signal: clock.timeout(ms) });
  const firstLimit = startLimit(firstMs);
  let limit = firstLimit;

  const inTime = async <T>(step: (until: AbortSignal) => Promise<T>, what = shown): Promise<T> => {
    const until = AbortSignal.any([signal, limit.signal]);
    try {
      return await orAbort(step(until), until);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      const hint = 'Check the connection, or allow more time with --timeout.';
      throw new CliError('timedOut', `${what} was not done ${within(limit.ms)}.`, { hint });
    }
  };
  return {
    word,
    shown,
    inTime,
    /** The next answer. `what` says what the other side did if it gives none. */
    next: async (what: string): Promise<string> => {
      const { value: answer = 'end' } = await inTime(() => output.answers.next());
      const [key, code] = answer.split(' ');
      if (key === 'end') throw await failureOf(context, prefix, { what, code, child, output, endsWithin });
      if (limit === firstLimit) limit = startLimit(timeoutMs);
      output.forget();
      return answer;
    },
    /** Returns early if the other side has ended. */
    write: async (chunks: Iterable<string | Buffer>) => {
      for (const chunk of chunks) {
        if (!stdin.writable) return;
        if (stdin.write(chunk)) continue;
        const drained = new Promise((resolve) => stdin.once('drain', resolve));
        await inTime(() => Promise.race([drained, closed]));
      }
    },
    /** Ends the prefix and what it has started, without waiting for pipes. `isDone`: it is about to end by itself. */
    close: (isDone: boolean) => endOf(child, isDone, endsWithin),
  };
}

type Output = ReturnType<typeof readOutput>;

/** The answers, which begin with the word. All other lines are a banner, or say why the other side ended. */
function readOutput({ stdin, stdout, stderr }: ChildProcessWithoutNullStreams, word: string) {
  let [printed, complained, readBytes] = ['', '', 0];
  // How it ended says more.
  for (const stream of [stdin, stdout, stderr]) stream.on('error', () => undefined);
  stderr.on('data', (chunk) => {
    complained = `${complained}${chunk}`.slice(-1000);
  });
  stdout.on('data', ({ length }) => {
    readBytes += length;
    if (readBytes > mostBytes) stdout.destroy();
  });
  const reader = createInterface({ input: stdout });
  // Otherwise it would wait for an end.
  stdout.once('close', () => reader.close());
  // From now on, or it may miss the end.
  const lines = reader[Symbol.asyncIterator]();
  const answers = (async function* () {
    for await (const line of lines) {
      const answer = line.split(`${word} `)[1]?.trim();
      if (answer === undefined) printed = line.trim().slice(0, 1000) || printed;
      else yield answer;
    }
  })();
  return {
    answers,
    /** Resolves when nothing more can come. */
    ended: new Promise((resolve) => stderr.once('close', resolve)),
    /** Its last words: those on stderr say more. */
    lastWords: () => complained.trim().split('\n').at(-1) || printed,
    /** What came before an answer was a banner. */
    forget: () => {
      [printed, complained, readBytes] = ['', '', 0];
    },
  };
}

interface Ended {
  what: string;
  /** The exit code of the program there, if it said so. */
  code: string | undefined;
  child: ChildProcessWithoutNullStreams;
  output: Output;
  endsWithin(ms: number): Promise<unknown>;
}

async function failureOf(
  { clock, signal }: Context,
  { words, program, shown, hide }: Prefix,
  { what, code, child, output, endsWithin }: Ended,
) {
  const fault = await endsWithin(endMs);
  if (fault instanceof Error) {
    const message = codeOf(fault) === 'ENOENT' ? 'Command not found' : `Cannot run it (${reasonOf(fault)})`;
    return new UsageError(`${message}: ${program}`, program === words[0] ? adviceOnPrefix : adviceOnVariable);
  }
  await orAbort(output.ended, clock.timeout(killMs)).catch(() => undefined);
  // At Ctrl-C, the prefix may end before this program does.
  await clock.sleep(100, signal);
  // So a program ends that does not know what it is asked for.
  if (code === '2') return otherVersion();
  const how = code ?? child.exitCode;
  const said = output.lastWords();
  const hasNoShell = /^12[67]$/.test(`${how}`) || noShell.test(said);
  const hint = hasNoShell ? adviceOnImage : adviceOnPrefix;
  // The end of its input ends the executable with 0.
  const end = how === null || code === '0' ? 'The connection was lost' : `It ended with exit code ${how}`;
  return new CliError('unexpected', `${shown} ${what}. ${end}. ${hide(said)}`, { hint });
}

async function endOf(child: ChildProcessWithoutNullStreams, isDone: boolean, endsWithin: Ended['endsWithin']) {
  const { stdin, stdout, stderr } = child;
  const isRunning = () => child.pid !== undefined && child.exitCode === null && child.signalCode === null;
  stdin.end();
  if (isDone && isRunning()) await endsWithin(endMs);
  if (isRunning()) {
    const tree = treeOf(child.pid ?? 0);
    signalAll(tree, 'SIGTERM');
    await endsWithin(killMs);
    // What is stopped ends only so.
    signalAll(tree, 'SIGKILL');
  }
  for (const stream of [stdin, stdout, stderr]) stream.destroy();
  child.unref();
}

const adviceOnPrefix = 'It must run a program there with stdin, like kubectl exec -i POD -- or docker exec -i NAME.';
/** Without a shell, kubectl and docker end with 1, and with words of runc or containerd. */
const noShell = /"sh".*(?:not found|no such file)|exec.*\bsh\b.*no such file/i;
const adviceOnVariable = "Put env before a variable: --via 'env NAME=VALUE ssh app-1'";
export const adviceOnImage = {
  text: 'Without sh, glibc or libstdc++, run the image of atlas-pe beside it (docs/doctor.md). In Kubernetes:',
  commands: [
    'kubectl debug POD -i --profile=restricted --image=ghcr.io/atlas-pe/atlas-pe ' +
      '--target=CONTAINER -- atlas-pe doctor CONNECTION-STRING',
  ],
};

export function otherVersion() {
  return new UsageError(
    `The executable is not this build of atlas-pe ${version}.`,
    'Pass another one with --executable.',
  );
}

/** A process and all that it has started. Where there is no ps, only the process. */
function treeOf(pid: number) {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'ppid=,pid='], { encoding: 'utf8' });
  const pairs = (stdout ?? '').split('\n').map((line) => line.trim().split(/\s+/).map(Number));
  const tree = [pid];
  for (const each of tree) tree.push(...pairs.flatMap(([parent, own = 0]) => (parent === each ? own : [])));
  return tree;
}

function signalAll(pids: readonly number[], signal: 'SIGTERM' | 'SIGKILL') {
  for (const pid of pids) {
    try {
      process.kill(pid, signal);
    } catch {
      // It has just ended, or it runs as another user.
    }
  }
}
