import { once } from 'node:events';
import type { Readable } from 'node:stream';
import spawn from 'cross-spawn';
import { readAll } from './files.js';
import type { Env } from './host.js';

/** What a program prints on stdout (at most 100 kB), and its exit code or signal. Undefined if it can't start, or on an abort. */
export async function outputOf(
  command: string,
  args: readonly string[],
  { env, signal, platform = process.platform }: { env: Env; signal: AbortSignal; platform?: NodeJS.Platform },
): Promise<{ printed: string; exit: unknown } | undefined> {
  // A process group, which can be killed as a whole.
  const detached = platform !== 'win32';
  // Windows looks for programs in the current folder first, where somebody else may have put one.
  const folder = detached ? {} : { cwd: env.SystemRoot || 'C:\\Windows' };
  const child = spawn(command, args, { env: { ...env }, stdio: ['ignore', 'pipe', 'ignore'], detached, ...folder });
  // It may fail to start after an interruption, when nothing waits for it any more.
  child.once('error', () => undefined);
  try {
    const closed = once(child, 'close', { signal });
    const reading = readAll(child.stdout as Readable, signal, 100_000);
    const [printed, [code, killedBy]] = await Promise.all([reading, closed]);
    return { printed, exit: code ?? killedBy };
  } catch {
    if (child.pid === undefined) return undefined;
    try {
      process.kill(detached ? -child.pid : child.pid, 'SIGKILL');
    } catch {
      // It has just ended.
    }
    return signal.aborted ? undefined : { printed: '', exit: 'SIGKILL' };
  }
}
