import type { CommanderError } from 'commander';
import { asksForHelp, type CommandLine, commandFirst } from './command-first.js';
import type { Globals, Machine } from './context.js';
import { formatKept, formatSaid } from './cli/early-format.js';
import { CliError, codeOf, exitCodes, ReaderGoneError, reasonOf } from './base/errors.js';
import type { Format } from './ui/formats.js';
import { isTopic } from './cli/help/names.js';
import { helpWidth, writtenHelp } from './cli/help/written.js';
import type { Open } from './program/shared.js';
import { tree } from './program/tree.js';
import type { System } from './base/host.js';
import { type Messages, messagesOf, saysJson } from './ui/messages.js';
import { ignoreErrors, write } from './ui/streams.js';

/**
 * Runs one command line (without the program's name) and returns the exit code. Never throws. What help and mistyped
 * commands don't need is left alone until a command is under way: streams, signals, the context.
 */
export async function main(argv: readonly string[], system: System, machine?: Machine): Promise<number> {
  const { env, stderr } = system;
  const speakAs = (format: Format): Messages => {
    const chosen = messagesOf(stderr, format);
    if (saysJson(stderr, format)) takeWarnings(system, chosen);
    return chosen;
  };
  const said = formatSaid(argv, env);
  let messages = said && speakAs(said);
  let stopListening: (() => void) | undefined;
  const open = async (globals: Globals) => {
    ignoreErrors(system.stdout, stderr);
    const { listenToSignals } = await import('./base/signals.js');
    const interruption = listenToSignals(system);
    stopListening = interruption.end;
    const { createContext, thisMachine } = await import('./context.js');
    const context = await createContext(system, machine ?? thisMachine, interruption.signal, globals, argv);
    messages ??= speakAs(context.io.format);
    return context;
  };
  try {
    // A shell's own question, which is no command for people.
    if (argv[0] === 'complete' && argv[1] === '--') {
      const { complete } = await import('./cli/completion/complete.js');
      await complete(argv.slice(2), system, machine);
      return exitCodes.done;
    }
    const line = commandFirst(tree, argv);
    const help = await dispatch(line, system, open);
    if (help === '') return exitCodes.done;
    ignoreErrors(system.stdout);
    await write(system.stdout, help);
    return exitCodes.done;
  } catch (thrown) {
    if (thrown instanceof ReaderGoneError) return exitCodes.done;
    const error = asCliError(thrown);
    ignoreErrors(stderr);
    messages ??= speakAs(await formatKept(argv, env));
    messages.error(error);
    const isVerbose = argv.includes('--verbose') || argv.includes('-v') || env.ATLAS_PE_DEBUG === '1';
    if (isVerbose && thrown instanceof Error && !(thrown instanceof CliError)) messages.stack(String(thrown.stack));
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
      const { topicHelp } = await import('./cli/help/page.js');
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
  const program = createProgram(screen, open, line.path);
  try {
    await program.parseAsync(line.argv, { from: 'user' });
  } catch (thrown) {
    if (!isCommanders(thrown)) throw thrown;
    if (thrown.exitCode === 0) return help;
    const { usageError } = await import('./cli/usage-errors.js');
    throw await usageError(thrown, program, line);
  }
  return help;
}

/** Has Node's own warnings, such as those of its environment variables, said as ours are. */
function takeWarnings(system: System, messages: Messages): void {
  if (system.listenerCount('warning') === 0) return;
  system.removeAllListeners('warning');
  system.on('warning', (warning) => messages.warning(reasonOf(warning)));
}

/** Without loading commander to ask. */
function isCommanders(thrown: unknown): thrown is CommanderError {
  return codeOf(thrown)?.startsWith('commander.') === true;
}

function asCliError(thrown: unknown): CliError {
  if (thrown instanceof CliError) return thrown;
  return new CliError('unexpected', `Unexpected: ${reasonOf(thrown)}`, {
    hint: 'This is a bug in atlas-pe. Run it again with --verbose and report what it prints.',
    cause: thrown,
  });
}
