import { CliError, codeOf, exitCodes, ReaderGoneError, reasonOf } from './base/errors.js';
import type { Host } from './base/host.js';
import { helpWidth, writtenFile, writtenHelp } from './cli/help/written.js';
import type { ParsedLine } from './cli/parser.js';
import type { CommandHost, HostParts } from './context.js';
import { earlyLogFormat, type Messages, messagesOf } from './ui/messages.js';
import { ignoreErrors, write } from './ui/streams.js';

/** `argv`: without the program's name. Returns the exit code, never throws. Sets up streams and signals only for a command. */
export async function main(argv: readonly string[], host: Host, parts?: HostParts): Promise<number> {
  const { env } = host;
  const logFormat = earlyLogFormat(argv, env);
  if (logFormat === 'json') takeWarnings(host, messagesOf(host.stderr, logFormat, env));
  const widthNow = () => Math.min(host.stdout.columns || helpWidth, helpWidth);
  // Node creates each stream on first access, which takes some milliseconds.
  let isStarted = false;
  let parsed: ParsedLine | string | undefined;
  let stopListening: (() => void) | undefined;
  try {
    // Called by shell completion, not by users.
    if (argv[0] === 'complete' && argv[1] === '--') {
      await (await import('./cli/completion/complete.js')).complete(argv.slice(2), host, parts);
      return exitCodes.done;
    }
    // Called on the other side of doctor --via, not by users.
    if (argv[0] === 'examine' && argv[1] === '--') {
      const { examine } = await import('./connections/via/errand.js');
      return await examine(host, parts ?? (await import('./context/host-parts.js')).hostParts);
    }
    const written = writtenHelp(argv);
    parsed = written === undefined || widthNow() < helpWidth ? await read(argv) : written;
    if (typeof parsed === 'string' || parsed.kind !== 'run') {
      ignoreErrors(host.stdout);
      await write(host.stdout, typeof parsed === 'string' ? parsed : await helpText(parsed, widthNow()));
      return exitCodes.done;
    }
    ignoreErrors(host.stdout, host.stderr);
    isStarted = true;
    const { listenToSignals } = await import('./base/host.js');
    const { signal, takeSignals, end } = listenToSignals(host);
    stopListening = end;
    const { createContext, hostParts } = await import('./context.js');
    const { definition, options } = parsed;
    const used = parts ?? hostParts;
    const context = await createContext(host, used, signal, { argv, definition, options });
    let error: unknown;
    try {
      const run = (await definition.run()) as Run;
      return (await run(context, options, { addresses: used.addresses, takeSignals })) ?? exitCodes.done;
    } catch (thrown) {
      error = thrown;
      throw thrown;
    } finally {
      await context.close(error);
    }
  } catch (thrown) {
    if (thrown instanceof ReaderGoneError) return exitCodes.done;
    const error = await withName(asCliError(thrown), parsed);
    if (!isStarted) ignoreErrors(host.stderr);
    const messages = messagesOf(host.stderr, logFormat, env);
    messages.error(error);
    const isVerbose = argv.includes('--verbose') || argv.includes('-v');
    if (isVerbose && thrown instanceof Error && !(thrown instanceof CliError)) messages.stack(String(thrown.stack));
    return error.exitCode;
  } finally {
    stopListening?.();
  }
}

/** What a command does. `cli/tree.ts` checks its options against the definition. */
type Run = (context: unknown, options: unknown, host: CommandHost) => Promise<number | undefined>;

async function read(argv: readonly string[]): Promise<ParsedLine> {
  const [{ LineError }, { parse }] = await Promise.all([import('./cli/line.js'), import('./cli/parser.js')]);
  try {
    return parse(argv);
  } catch (thrown) {
    if (!(thrown instanceof LineError)) throw thrown;
    const { usageError } = await import('./cli/usage-errors.js');
    throw usageError(thrown, argv);
  }
}

async function withName(error: CliError, parsed: ParsedLine | string | undefined) {
  if (error.reason !== 'otherWord' || typeof parsed !== 'object' || parsed.kind !== 'run') return error;
  return (await import('./cli/usage-errors.js')).otherWord(error, parsed.line);
}

async function helpText(parsed: Exclude<ParsedLine, { kind: 'run' }>, width: number) {
  if (parsed.kind === 'man') return writtenFile('atlas-pe.1');
  const { commandHelp, topicHelp } = await import('./cli/help/page.js');
  return parsed.kind === 'topic' ? topicHelp(parsed.topic, width) : commandHelp(parsed.line, width);
}

function takeWarnings(host: Host, messages: Messages) {
  if (host.listenerCount('warning') === 0) return;
  host.removeAllListeners('warning');
  host.on('warning', (warning) => messages.warning(reasonOf(warning)));
}

function asCliError(thrown: unknown) {
  if (thrown instanceof CliError) return thrown;
  if (['EMFILE', 'ENFILE'].includes(codeOf(thrown) ?? '')) {
    const hint = 'Raise the limit, for example with ulimit -n 1024.';
    return new CliError('unexpected', 'Too many files are open.', { hint, cause: thrown });
  }
  return new CliError('unexpected', `Unexpected error: ${reasonOf(thrown)}`, {
    hint: 'This is a bug in atlas-pe. Run the command again with --verbose and report the output.',
    cause: thrown,
  });
}
