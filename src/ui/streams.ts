import { codeOf, type Hint, unwritable } from '../base/errors.js';
import type { Env, Output } from '../base/host.js';

export type Width = Pick<Output, 'isTTY' | 'columns'>;

export interface MessageStream extends Width {
  write(text: string): unknown;
}

/**
 * Characters that move the cursor, reorder or join others, or are invisible, and those that YAML can't contain. Joiners too: a
 * name must show exactly what is compared. A string, because Node 20 takes half a millisecond at each start for such a literal.
 */
const unseen = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{NChar}](?<![\n\t])`;

/** Makes text from outside safe to show: unsafe characters become escapes, which are valid in JSON. */
export function printable(text: string, written = jsonEscape) {
  // V8 takes a millisecond to compile the expression. Most texts don't need it.
  if (/^[\n\t -~]*$/.test(text)) return text;
  return text.replace(new RegExp(unseen, 'gu'), written);
}

/** A character beyond U+FFFF becomes two escapes, because JSON has no longer ones. */
function jsonEscape(character: string) {
  return character.split('').map(codeEscape).join('');
}

/** `\uNNNN` or `\UNNNNNNNN`, as in YAML and HCL. */
export function codeEscape(character: string) {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** In UTF-16 units. Enough for ten Azure ids. A `detail` from Atlas or an argument may be megabytes. */
const longest = 2000;

/** Cuts a text in the middle if it is far too long to read. Keeps its end, which may be a command. */
export function shortened(text: string) {
  if (text.length <= longest) return text;
  const [start, end] = [text.slice(0, longest / 2), text.slice(-longest / 2)];
  // Don't split a surrogate pair.
  return `${start.replace(/[\ud800-\udbff]$/, '')} … ${end.replace(/^[\udc00-\udfff]/, '')}`;
}

/** Puts a text on one line, so that text from Atlas can't look like a separate message, and shortens it. */
export function oneLine(text: string) {
  return shortened(text.trim()).replaceAll(/\s*[\r\n\t]+\s*/g, ' ');
}

/** One line, wrapped at spaces in a terminal. The lines of `own`, such as commands, follow as they are. */
export function prose(text: string, stream: Width, own: readonly string[] = []) {
  const lines = [...wrapped(printable(oneLine(text)), widthOf(stream)), ...own.map(indented)];
  return lines.map((line) => `${line}\n`).join('');
}

/** Formats a hint. A single command ends the sentence if both fit on one line. Otherwise each has its own line. */
export function hintProse({ text, commands }: Hint, stream: Width) {
  // A server's words may be nothing that can be shown.
  if (printable(text).trim() === '' && commands.length === 0) return '';
  const width = widthOf(stream);
  const sentence = `Hint: ${text} ${commands[0]}`;
  if (commands.length === 1 && printable(oneLine(sentence)).length <= width) return prose(sentence, stream);
  const lines = commands.flatMap((line) => brokenAtOptions(line, width));
  return prose(`Hint: ${text}`, stream, lines);
}

/** Splits a command that is too long for the screen with backslashes, so that it can still be copied. */
export function brokenAtOptions(line: string, width: number): string[] {
  // PowerShell does not read a backslash as a continuation.
  if (line.length + 2 <= width || process.platform === 'win32') return [line];
  // An option stays with its values. Quoted text is never an option.
  const parts = line.match(/(?:'[^']*'|"[^"]*"|(?! --)[^'"])+/g) ?? [];
  const lines = wrapped(parts.map((part) => part.trim().replaceAll(' ', '\0')).join(' '), width - 6);
  const end = lines.length - 1;
  return lines.map((each, index) => {
    return `${index > 0 ? '  ' : ''}${each.replaceAll('\0', ' ')}${index < end ? ' \\' : ''}`;
  });
}

function widthOf({ isTTY, columns }: Width) {
  return (isTTY && columns) || Number.POSITIVE_INFINITY;
}

function indented(line: string) {
  return `  ${/^ */.exec(line)?.[0]}${printable(oneLine(line))}`.trimEnd();
}

/** Wraps text into lines of at most `width`, measured by `lengthOf` (default: characters). A longer word stays whole. */
export function wrapped(
  text: string,
  width: number,
  lengthOf = (line: string) => line.length,
  breaks = /(?<= )/,
): string[] {
  const [first = '', ...pieces] = text.split(breaks);
  const lines = [first];
  for (const piece of pieces) {
    const longer = `${lines.at(-1)}${piece}`;
    if (lengthOf(longer.trimEnd()) <= width) lines[lines.length - 1] = longer;
    else lines.push(piece);
  }
  return lines.map((line) => line.trimEnd());
}

/** Also breaks a word that doesn't fit: behind slashes and commas, for the ids of Azure. A URL stays whole. */
export function wrappedValue(text: string, width: number, lengthOf?: (line: string) => number) {
  return wrapped(text, width, lengthOf).flatMap((line) =>
    line.includes('://') ? [line] : wrapped(line, width, lengthOf, /(?<=[^,]\/|,|%2f)/i),
  );
}

export function isTerminal(stream: { isTTY?: boolean }, env: Env) {
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Whether to colour this output: --no-color first, then NO_COLOR, FORCE_COLOR, and whether it is a terminal. */
export function wantsColor(stream: { isTTY?: boolean }, env: Env, flag: boolean | undefined) {
  if (flag === false || env.NO_COLOR) return false;
  if (env.FORCE_COLOR) return !['0', 'false'].includes(env.FORCE_COLOR);
  return isTerminal(stream, env);
}

/** `write` handles errors of stdout itself. Errors of stderr can't be reported anywhere. */
export function ignoreErrors(...streams: Output[]) {
  for (const stream of streams) stream.on('error', () => undefined);
}

/** False if the reader is gone (`| head -1`): the rest is dropped. Throws if writing fails, as on a full disk. */
export function write(stdout: Output, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => {
      if (!error || codeOf(error) === 'EPIPE') return resolve(!error);
      reject(unwritable('the output', error, 'Redirect the output to another file or disk.'));
    });
  });
}
