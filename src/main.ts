import type { CommanderError } from 'commander';
import type { Globals, Machine } from './context.js';
import { CliError, codeOf, exitCodes, InterruptedError, ReaderGoneError, reasonOf, UsageError } from './errors.js';
import type { System } from './system.js';
import { ignoreStreamErrors, printable, write } from './ui/streams.js';

/** Runs one command line (without the program's name) and returns the exit code. Never throws. */
export async function main(argv: readonly string[], system: System, machine?: Machine): Promise<number> {
  const { stdout, stderr, env } = system;
  ignoreStreamErrors(system);

  const interruption = new AbortController();
  const stop = (signal: 'SIGINT' | 'SIGTERM') => () => {
    // A second signal is for what hangs: it does what it does by default.
    if (interruption.signal.aborted) {
      ignoreSignals();
      system.kill(system.pid, signal);
    }
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
  let help = '';
  let seeHelp = 'See atlas-pe --help';
  const screen = {
    width: stdout.columns ?? 80,
    write: (text: string) => {
      help += text;
    },
  };
  const open = async (globals: Globals) => {
    // Help, a version and a mistyped command need nothing of it.
    const { createContext, thisMachine } = await import('./context.js');
    const context = await createContext(system, machine ?? thisMachine, interruption.signal, globals);
    asJson = context.io.format === 'json' || context.io.format === 'jsonl';
    return context;
  };
  try {
    const [{ createProgram }, { commandFirst }] = await Promise.all([
      import('./program.js'),
      import('./command-first.js'),
    ]);
    const program = createProgram(screen, open);
    const line = commandFirst(program, argv);
    seeHelp = `See ${line.help}`;
    try {
      await program.parseAsync(line.argv, { from: 'user' });
    } catch (thrown) {
      if (!isCommanders(thrown) || thrown.exitCode !== 0) throw thrown;
      await write(stdout, help);
    }
    return exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof ReaderGoneError) return exitCodes.done;
    const error = asCliError(thrown, seeHelp);
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
  const values = argv.flatMap((word, index) => {
    if (word === '--json') return ['json'];
    if (word === '--output' || word === '-o') return [argv[index + 1] ?? ''];
    return word.startsWith('--output=') ? [word.slice('--output='.length)] : [];
  });
  return (values.length > 0 ? values : [fromEnv ?? '']).some((value) => ['json', 'jsonl'].includes(value));
}

/** Without loading commander to ask. */
function isCommanders(thrown: unknown): thrown is CommanderError {
  return codeOf(thrown)?.startsWith('commander.') === true;
}

function asCliError(thrown: unknown, seeHelp: string): CliError {
  if (thrown instanceof CliError) return thrown;
  if (isCommanders(thrown)) return usageOf(thrown.message, seeHelp);
  return new CliError('unexpected', `Unexpected: ${reasonOf(thrown)}`, {
    hint: 'This is a bug in atlas-pe. Run it again with --verbose and report what it prints.',
    cause: thrown,
  });
}

/** commander's message is `error: …`, with a suggestion in brackets on a second line. */
function usageOf(message: string, seeHelp: string): UsageError {
  const [what = '', suggestion] = message.replace(/^error: /, '').split('\n');
  const sentence = `${what.charAt(0).toUpperCase()}${what.slice(1)}`;
  return new UsageError(
    sentence.endsWith('.') ? sentence : `${sentence}.`,
    suggestion?.replace(/^\((.*)\)$/, '$1') ?? seeHelp,
  );
}

function textOf(error: CliError): string {
  const head = error instanceof InterruptedError ? '' : 'Error: ';
  const hint = error.hint === undefined ? '' : `Hint: ${oneLine(error.hint)}\n`;
  return printable(`${head}${oneLine(error.message)}\n${hint}`);
}

/** Text from Atlas must not look like another line of ours. */
function oneLine(text: string): string {
  return text.trim().replaceAll(/\s*[\r\n]+\s*/g, ' ');
}

function jsonOf(error: CliError): string {
  const { code, message, hint = null, exitCode } = error;
  const { status = null, errorCode = null } = error as { status?: number; errorCode?: string | null };
  return `${printable(JSON.stringify({ error: { code, message, hint, exitCode, status, errorCode } }))}\n`;
}
