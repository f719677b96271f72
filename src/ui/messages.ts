import { type CliError, type Hint, InterruptedError } from '../base/errors.js';
import type { Env } from '../base/host.js';
import type { StatusChange } from './io.js';
import { hintProse, type MessageStream, oneLine, printable, prose, shortened, type Width } from './streams.js';

/** Lines below a message, as they are, or as they fit into so many columns. */
export type Items = readonly string[] | ((columns?: number) => readonly string[]);

export const logFormats = ['text', 'json'] as const;
export type LogFormat = (typeof logFormats)[number];

/** The log format for errors before the command line is parsed. A value that is not valid is reported later. */
export function earlyLogFormat(argv: readonly string[], env: Env): LogFormat {
  const words = argv.includes('--') ? argv.slice(0, argv.indexOf('--')) : argv;
  const at = words.findLastIndex((word) => /^--log-format(?:=|$)/.test(word));
  const given = at < 0 ? env.ATLAS_PE_LOG_FORMAT : (words[at]?.split('=')[1] ?? words[at + 1]);
  return given?.trim().toLowerCase() === 'json' ? 'json' : 'text';
}

export type Messages = ReturnType<typeof textMessages>;

/** Also hides user and password of connection strings, which a message may repeat from a mistyped command line. */
export function messagesOf(stderr: MessageStream, format: LogFormat, env: Env): Messages {
  const write = (text: string) => stderr.write(withoutPasswords(text));
  // Started by npx in a clone, the program may not be on the PATH. Below another program that npx started, it is. From the
  // cache of npx, it may be a package that the registry does not have by this name.
  const isStarted = env.npm_command === 'exec' && /^\W?atlas-pe\b/.test(env.npm_lifecycle_script ?? '');
  const isByNpx = isStarted && !/[\\/]_npx[\\/]/.test(env.PATH ?? '');
  const program = isByNpx ? 'npx atlas-pe ' : 'atlas-pe ';
  return format === 'json' ? jsonMessages(write) : textMessages(stderr, write, program);
}

/** Up to the last `@` of the text: in a wrong string, a password may have one, a slash or a blank. Then the options that are secret. */
function withoutPasswords(text: string) {
  return text
    .replaceAll(/(mongo\w*(?:\+srv)?:\/*)[^\r\n'"`]*@/gi, '$1…@')
    .replaceAll(/((?:proxyPassword|FilePassword|AWS_SESSION_TOKEN)(?:=|:|%3A))[^\s&'"`,]+/gi, '$1…')
    .replaceAll(/[^\s'"`]{6,}/g, (word) => (codingsOf(word).some(hasPassword) ? '…' : word));
}

/** A connection string without its scheme is `USER:PASSWORD@HOST`. An ARN, or a member of a policy in Google Cloud, looks like one. */
function hasPassword(word: string) {
  return (
    /^[^\s:/@…]+:[^\s@…]+@[^\s@]+/.test(word) && !/^(?:arn|user|group|serviceAccount|domain|principal\w*):/.test(word)
  );
}

/** A word, and what it may stand for: a URL, HTML or a Kubernetes secret can have a string in another coding. */
function codingsOf(word: string): string[] {
  const ofUrl = /%(?:3A|40)/i.test(word) ? word.replaceAll(/%([\da-f]{2})/gi, (_, hex) => charOf(hex, 16)) : word;
  const ofHtml = word
    .replaceAll(/&#x([\da-f]+);?/gi, (_, hex) => charOf(hex, 16))
    .replaceAll(/&#(\d+);?/g, (_, number) => charOf(number, 10));
  const isBase64 = /^[\w+/-]{16,}={0,2}$/.test(word);
  const ofBase64 = isBase64 ? Buffer.from(word, 'base64').toString() : word;
  return [word, ofUrl, ofHtml, ofBase64].map((each) => each.replace(/^mongodb(?:\+srv)?:\/\//i, ''));
}

function charOf(number: string, base: number) {
  return String.fromCodePoint(Math.min(Number.parseInt(number, base), 0x10ffff));
}

function textMessages(stderr: Width, write: MessageStream['write'], program: string) {
  const say = (text: string, items: Items = []) => {
    const columns = stderr.isTTY && stderr.columns ? stderr.columns - 2 : undefined;
    write(prose(text, stderr, typeof items === 'function' ? items(columns) : items));
  };
  const hint = ({ text, commands }: Hint) =>
    write(hintProse({ text, commands: commands.map((each) => each.replace(/^atlas-pe /, program)) }, stderr));
  const sayLine = (line: string) => write(`${printable(oneLine(line))}\n`);
  return {
    error: (error: CliError) => {
      const head = error instanceof InterruptedError || error.exit === 'declined' ? '' : 'Error: ';
      say(`${head}${error.message}`);
      if (error.hint) hint(error.hint);
    },
    stack: (text: string) => write(`${printable(text)}\n`),
    warning: (message: string) => say(`Warning: ${message}`),
    note: say,
    hint,
    trace: sayLine,
    progress: ({ message }: StatusChange) => sayLine(message),
  };
}

function jsonMessages(write: MessageStream['write']): Messages {
  const say = (kind: string, what: object) => write(`${printable(JSON.stringify({ [kind]: what }))}\n`);
  const note = (message: string, items: Items = []) => {
    // Items that stand in columns are padded.
    const all = typeof items === 'function' ? items() : items;
    const lines = all.flatMap((item) => (item === '' ? [] : oneLine(item).replaceAll(/ {2,}/g, ' ')));
    say('note', { message: [oneLine(message), ...lines].join('\n  ') });
  };
  return {
    error: (error) => {
      const { code, exitCode } = error;
      const message = shortened(error.message);
      const hint = error.hint ? hintOnLines(error.hint) : null;
      const { status = null, errorCode: named } = error as { status?: number; errorCode?: string | null };
      const errorCode = typeof named === 'string' ? shortened(named) : null;
      say('error', { code, message, hint, exitCode, status, errorCode });
    },
    stack: (text) => say('note', { message: text }),
    warning: (message) => say('warning', { message: oneLine(message) }),
    note,
    hint: ({ text, commands }) => say('hint', { message: oneLine(text), commands }),
    trace: note,
    progress: ({ message, facts }) => say('progress', { message: oneLine(message), ...facts }),
  };
}

function hintOnLines({ text, commands }: Hint) {
  return [text, ...commands].map(oneLine).join(commands.length === 1 ? ' ' : '\n  ');
}
