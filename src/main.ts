import { CommanderError } from 'commander';
import { type Clock, systemClock } from './clock.js';
import { commandFirst } from './command-first.js';
import { createContext } from './context.js';
import { CliError, exitCodes, InterruptedError, reasonOf, UsageError } from './errors.js';
import { createProgram } from './program.js';
import type { System } from './system.js';
import { ignoreClosedPipe, printable } from './ui/streams.js';

/** Runs one command line (without the program's name) and returns the exit code. Never throws. */
export async function main(argv: readonly string[], system: System, clock: Clock = systemClock): Promise<number> {
  const { stdout, stderr, env } = system;
  ignoreClosedPipe(system);

  const interruption = new AbortController();
  const stop = (signal: 'SIGINT' | 'SIGTERM') => () => {
    // A second signal is for what hangs: from then on signals do what they do by default.
    if (interruption.signal.aborted) ignoreSignals();
    interruption.abort(new InterruptedError(signal));
  };
  const [onInterrupt, onTerminate] = [stop('SIGINT'), stop('SIGTERM')];
  const ignoreSignals = () => {
    system.off('SIGINT', onInterrupt);
    system.off('SIGTERM', onTerminate);
  };
  system.on('SIGINT', onInterrupt);
  system.on('SIGTERM', onTerminate);

  let asJson = asksForJson(argv, env.ATLAS_PE_OUTPUT);
  const program = createProgram(stdout, async (globals) => {
    const context = await createContext(system, clock, interruption.signal, globals);
    asJson = context.io.format === 'json' || context.io.format === 'jsonl';
    return context;
  });
  try {
    await program.parseAsync(commandFirst(program, argv), { from: 'user' });
    return exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof CommanderError && thrown.exitCode === 0) return exitCodes.done;
    const error = asCliError(thrown);
    stderr.write(asJson ? jsonOf(error) : textOf(error));
    const isVerbose = argv.includes('--verbose') || argv.includes('-v') || env.ATLAS_PE_DEBUG === '1';
    if (isVerbose && thrown instanceof Error && !(thrown instanceof CliError)) stderr.write(`${thrown.stack}\n`);
    return error.exitCode;
  } finally {
    ignoreSignals();
  }
}

/** Whether errors are to be JSON, as far as that shows before the command line could be read. */
function asksForJson(argv: readonly string[], fromEnv: string | undefined): boolean {
  const value = argv.flatMap((word, index) => {
    if (word === '--json') return ['json'];
    if (word === '--output' || word === '-o') return [argv[index + 1] ?? ''];
    return word.startsWith('--output=') ? [word.slice('--output='.length)] : [];
  });
  return ['json', 'jsonl'].includes(value[0] ?? fromEnv ?? '');
}

function asCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  if (thrown instanceof CommanderError) return usageOf(thrown.message);
  return new CliError('unexpected', `Unexpected: ${reasonOf(thrown)}`, {
    hint: 'This is a bug in atlas-pe. Run it again with --verbose and report what it prints.',
    cause: thrown,
  });
}

/** commander's message is `error: …`, with a suggestion in brackets on a second line. */
function usageOf(message: string): UsageError {
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  return new UsageError(
    sentence.endsWith('.') ? sentence : `${sentence}.`,
    suggestion?.replace(/^\((.*)\)$/, '$1') ?? 'See atlas-pe --help',
  );
}

function textOf(error: CliError): string {
  const head = error instanceof InterruptedError ? '' : 'Error: ';
  const hint = error.hint === undefined ? '' : `Hint: ${error.hint}\n`;
  return printable(`${head}${error.message}\n${hint}`);
}

function jsonOf(error: CliError): string {
  const { code, message, hint = null, exitCode } = error;
  const { status = null, errorCode = null } = error as { status?: number; errorCode?: string | null };
  return `${printable(JSON.stringify({ error: { code, message, hint, exitCode, status, errorCode } }))}\n`;
}
