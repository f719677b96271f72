import type { CommanderError } from 'commander';
import { asksForHelp, type CommandLine, commandFirst } from './command-first.js';
import type { Globals, Machine } from './context.js';
import { CliError, codeOf, exitCodes, InterruptedError, ReaderGoneError, reasonOf, UsageError } from './errors.js';
import { isTopic } from './help/names.js';
import { helpWidth, writtenHelp } from './help/written.js';
import type { Open } from './program/shared.js';
import { tree } from './program/tree.js';
import type { System } from './system.js';
import { ignoreErrors, printable, write } from './ui/streams.js';

/**
 * Runs one command line (without the program's name) and returns the exit code. Never throws. What help and mistyped
 * commands don't need is left alone until a command is under way: streams, signals, the context.
 */
export async function main(argv: readonly string[], system: System, machine?: Machine): Promise<number> {
  const { env } = system;
  let asJson = asksForJson(argv, env.ATLAS_PE_OUTPUT);
  let seeHelp = 'See atlas-pe --help';
  let stopListening: (() => void) | undefined;
  const open = async (globals: Globals) => {
    ignoreErrors(system.stdout, system.stderr);
    const { listenToSignals } = await import('./signals.js');
    const interruption = listenToSignals(system);
    stopListening = interruption.end;
    const { createContext, thisMachine } = await import('./context.js');
    const context = await createContext(system, machine ?? thisMachine, interruption.signal, globals);
    asJson = context.io.format === 'json' || context.io.format === 'jsonl';
    return context;
  };
  try {
    // A shell's own question, which is no command for people.
    if (argv[0] === 'complete' && argv[1] === '--') {
      const { complete } = await import('./completion/complete.js');
      await complete(argv.slice(2), system, machine);
      return exitCodes.done;
    }
    const line = commandFirst(tree, argv);
    seeHelp = `See ${line.help}`;
    const help = await dispatch(line, system, open);
    if (help === '') return exitCodes.done;
    ignoreErrors(system.stdout);
    await write(system.stdout, help);
    return exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof ReaderGoneError) return exitCodes.done;
    const error = asCliError(thrown, seeHelp);
    const { stderr } = system;
    ignoreErrors(stderr);
    stderr.write(asJson ? jsonOf(error) : textOf(error));
    const isVerbose = argv.includes('--verbose') || argv.includes('-v') || env.ATLAS_PE_DEBUG === '1';
    if (isVerbose && thrown instanceof Error && !(thrown instanceof CliError)) stderr.write(`${thrown.stack}\n`);
    return error.exitCode;
  } finally {
    stopListening?.();
  }
}

/** Runs the command; returns the help, or the version, that was asked for instead. */
async function dispatch(line: CommandLine, system: System, open: Open): Promise<string> {
  const width = () => Math.min(system.stdout.columns || helpWidth, helpWidth);
  if (asksForHelp(line)) {
    const written = width() === helpWidth ? writtenHelp(line.path) : undefined;
    if (written !== undefined) return written;
    const [topic = ''] = line.path;
    if (isTopic(topic)) {
      const { topicHelp } = await import('./help/page.js');
      return topicHelp(topic, width());
    }
  }
  let help = '';
  const screen = {
    get width() {
      return width();
    },
    write: (text: string) => {
      help += text;
    },
  };
  const { createProgram } = await import('./program.js');
  try {
    await createProgram(screen, open, line.path).parseAsync(line.argv, { from: 'user' });
  } catch (thrown) {
    if (!isCommanders(thrown) || thrown.exitCode !== 0) throw thrown;
  }
  return help;
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
