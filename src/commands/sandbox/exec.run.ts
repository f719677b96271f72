import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { delimiter, dirname, join, resolve } from 'node:path';
import { isSea } from 'node:sea';
// On Windows, it finds .cmd and .bat files, runs them with cmd.exe as they need, and quotes their arguments for it.
import spawn from 'cross-spawn';
import { CliError, codeOf, reasonOf, UsageError } from '../../base/errors.js';
import { isInForeground } from '../../base/foreground.js';
import type { Env, Signal } from '../../base/host.js';
import type { OptionsOf } from '../../command.js';
import type { CommandHost, Context } from '../../context.js';
import type { exec } from '../sandbox.js';
import { withSandbox } from './serve.run.js';

/** Runs a command with a sandbox. Resolves to its exit code: 128 + n if signal n ended it. */
export async function run(
  context: Context,
  { command, arg, ...options }: OptionsOf<typeof exec>,
  { takeSignals }: CommandHost,
): Promise<number> {
  if (command === '') throw new UsageError('The command is empty.', 'Check for an unset variable.');
  return withSandbox(context, options, async ({ environment }) => {
    const env = { ...context.settings.env };
    // Node leaves out a variable that is undefined: on Windows, in upper and lower case.
    for (const { values } of environment) for (const name in values) env[name] = values[name] ?? undefined;
    Object.assign(env, withoutProxy(env.NO_PROXY, env.no_proxy));
    // Without a terminal, the command gets a process group: signals reach all programs of a script, and each only once.
    const detached = isInForeground() !== isInForeground(false);
    let child: ChildProcess | undefined;
    takeSignals(['SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGHUP'], (signal) => {
      if (child?.pid !== undefined) passOn(signal, detached ? -child.pid : child.pid);
    });
    context.signal.throwIfAborted();
    const program = programFolder();
    Object.assign(env, withFolder(env, program.folder));
    try {
      child = spawn(command, arg, { env, stdio: 'inherit', detached });
      const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals];
      return code ?? 128 + constants.signals[signal];
    } catch (error) {
      throw cannotRun(command, error);
    } finally {
      program.remove?.();
    }
  });
}

/** Requests to the sandbox go to it directly, even if the environment has a proxy. Programs read one of the two names. */
function withoutProxy(upper?: string, lower?: string) {
  const extended = (hosts?: string) =>
    hosts === '*' ? hosts : [hosts || [], '127.0.0.1', 'localhost'].flat().join();
  return { NO_PROXY: extended(upper || lower), no_proxy: extended(lower || upper) };
}

/** A folder from which the command can run the commands of hints: that of this program, or a new one with a script. */
function programFolder() {
  const words = isSea() ? [process.execPath] : [process.execPath, resolve(process.argv[1] ?? '')];
  const own = dirname(words.at(-1) ?? '');
  if (process.platform === 'win32' || existsSync(join(own, 'atlas-pe'))) return { folder: own };
  // It has another name, as in `node bin/atlas-pe.js`.
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  try {
    const folder = mkdtempSync(join(tmpdir(), 'atlas-pe-sandbox-'));
    writeFileSync(join(folder, 'atlas-pe'), `#!/bin/sh\nexec ${quoted} "$@"\n`, { mode: 0o700 });
    return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
  } catch {
    return { folder: own };
  }
}

function withFolder(env: Env, folder: string) {
  // On Windows, it is often Path.
  const name = Object.keys(env).find((each) => each.toUpperCase() === 'PATH');
  return name !== undefined && env[name] ? { [name]: `${folder}${delimiter}${env[name]}` } : {};
}

/** Sends a signal to a process, or to a process group if the number is negative. */
function passOn(signal: Signal, pid: number) {
  // Ctrl-C in a terminal reaches the command too. A second SIGINT could end it in the middle of its cleanup.
  const isTyped = (signal === 'SIGINT' || signal === 'SIGQUIT') && isInForeground(false);
  // On Windows, the console sends signals to all its processes, and process.kill ends a process at once.
  if (isTyped || process.platform === 'win32') return;
  try {
    process.kill(pid, signal);
  } catch {
    // It has just ended, or it runs as another user.
  }
}

function cannotRun(command: string, error: unknown) {
  if (codeOf(error) !== 'ENOENT') {
    const hint = 'Check that it is a file that you can execute (chmod +x).';
    return new CliError('cannotExecute', `Cannot run ${command}: ${reasonOf(error)}.`, { hint, cause: error });
  }
  const hint = /\s/.test(command)
    ? 'Separate the arguments from the command: -- npm test. For a shell command line, use -- sh -c.'
    : 'Check the spelling and PATH. For a script, also check the program in its first line.';
  return new CliError('commandNotFound', `Command not found: ${command}`, { hint, cause: error });
}
