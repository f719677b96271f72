import { fstatSync, writeSync } from 'node:fs';
import { CliError, codeOf, reasonOf, writingHint } from '../base/errors.js';
import type { Hint } from '../base/hint.js';
import type { Env, Output, Streams } from '../base/host.js';

/** As much of a stream as messages need. */
export interface Said {
  readonly isTTY?: boolean;
  readonly columns?: number;
  write(text: string): unknown;
}

/**
 * What moves the cursor or recolours, what reorders or joins characters, and what can't be seen: control and format
 * characters, half a surrogate pair, variation selectors, fillers. Line breaks and tabs are none of these. That an
 * emoji may need a joiner, and Persian too, makes no exception: a name has to show what it is, as it is compared and
 * copied. Node 20 reads a literal with properties of Unicode for half a millisecond at each start: this is made when it
 * is needed.
 */
const unseen = String.raw`[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}](?<![\n\t])`;

/**
 * Text from elsewhere made safe to show: what can't be seen becomes a visible escape. The escapes are JSON's, so JSON
 * stays the same data.
 */
export function printable(text: string, written = jsonEscape): string {
  return text.replace(new RegExp(unseen, 'gu'), written);
}

/** Of a character beyond U+FFFF two escapes: JSON knows no longer ones. */
function jsonEscape(character: string): string {
  return character.split('').map(codeEscape).join('');
}

/** `\uNNNN` or `\UNNNNNNNN`, as YAML and HCL have it. */
export function codeEscape(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16);
  return code.length > 4 ? `\\U${code.padStart(8, '0')}` : `\\u${code.padStart(4, '0')}`;
}

/** Room for what people say, ten ids of Azure included; a `detail` of Atlas, or an argument, may be megabytes. */
const longest = 2000;

/**
 * What is said, cut in the middle where it is far too long to be read. Its end may be a command line, which stays
 * whole.
 */
export function shortened(text: string): string {
  if (text.length <= longest) return text;
  const [start, end] = [text.slice(0, longest / 2), text.slice(-longest / 2)];
  // Not through a surrogate pair.
  return `${start.replace(/[\ud800-\udbff]$/, '')} … ${end.replace(/^[\udc00-\udfff]/, '')}`;
}

/** On one line, so that text from Atlas can't look like another line of ours, and no longer than people read. */
export function oneLine(text: string): string {
  return shortened(text.trim()).replaceAll(/\s*[\r\n\t]+\s*/g, ' ');
}

/**
 * What is said to a person on stderr: a line, which on a terminal breaks at spaces (after so many characters, wide or
 * not), and below it lines that stand by themselves, such as command lines to be copied.
 */
export function prose(text: string, stream: Pick<Said, 'isTTY' | 'columns'>, own: readonly string[] = []): string {
  const width = widthOf(stream);
  const lines = [...wrapped(printable(oneLine(text)), width), ...own.map(indented)];
  return lines.map((line) => `${line}\n`).join('');
}

/**
 * A hint. One command line ends the sentence where there is room for all of it; else each stands on a line by itself.
 */
export function hintProse({ text, commands }: Hint, stream: Pick<Said, 'isTTY' | 'columns'>): string {
  const width = widthOf(stream);
  const [command, ...others] = commands;
  const sentence = `Hint: ${text} ${command}`;
  const isOne = command !== undefined && others.length === 0 && printable(oneLine(sentence)).length <= width;
  if (isOne) return prose(sentence, stream);
  return prose(
    `Hint: ${text}`,
    stream,
    commands.flatMap((line) => brokenAtOptions(line, width)),
  );
}

/** A command line that is too long for the screen, continued with backslashes so that it can be copied as it is. */
function brokenAtOptions(line: string, width: number): string[] {
  if (line.length + 2 <= width) return [line];
  // An option and its values stay together; what is in quotes is no option.
  const parts = line.match(/(?:'[^']*'|"[^"]*"|(?! --)[^'"])+/g) ?? [];
  const lines = wrapped(parts.map((part) => part.trim().replaceAll(' ', '\0')).join(' '), width - 6);
  const end = lines.length - 1;
  return lines.map((each, index) => {
    return `${index > 0 ? '  ' : ''}${each.replaceAll('\0', ' ')}${index < end ? ' \\' : ''}`;
  });
}

/** Columns of a terminal; a pipe has no end of them. */
function widthOf({ isTTY, columns }: Pick<Said, 'isTTY' | 'columns'>): number {
  return isTTY ? columns || Number.POSITIVE_INFINITY : Number.POSITIVE_INFINITY;
}

function indented(line: string): string {
  return `  ${/^ */.exec(line)?.[0]}${printable(oneLine(line))}`;
}

/** Lines of so many characters at most, or columns; a word that is longer stays whole. */
export function wrapped(text: string, width: number, lengthOf = (line: string) => line.length): string[] {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (lengthOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(word);
  }
  return lines;
}

/** Whether a person looks at this stream, on a screen whose cursor can move. */
export function isTerminal(stream: { isTTY?: boolean }, env: Env): boolean {
  return stream.isTTY === true && env.TERM !== 'dumb';
}

/** Whether to colour what goes to this stream: --no-color, NO_COLOR, FORCE_COLOR, then whether it is a terminal. */
export function wantsColor(stream: { isTTY?: boolean }, env: Env, flag: boolean | undefined): boolean {
  if (flag === false || env.NO_COLOR) return false;
  if (env.FORCE_COLOR !== undefined && env.FORCE_COLOR !== '') return !['0', 'false'].includes(env.FORCE_COLOR);
  return isTerminal(stream, env);
}

/** Every write to stdout is answered for by `write`; what stderr no longer takes has nobody left to be told. */
export function ignoreErrors(...streams: Output[]): void {
  for (const stream of streams) stream.on('error', () => undefined);
}

/**
 * Writes data. A reader that went away (`| head -1`) is no error of ours: what it no longer takes is dropped, and false
 * comes back. Throws where it can't be written for another reason, such as a full disk.
 */
export function write(stdout: Output, text: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    stdout.write(text, (error) => {
      if (!error || codeOf(error) === 'EPIPE') return resolve(!error);
      const hint = writingHint(error, 'Redirect the output to another file or disk.');
      reject(new CliError('unexpected', `Cannot write the output: ${reasonOf(error)}.`, { hint, cause: error }));
    });
  });
}

/**
 * stderr for an error that is the first and last thing to be said. Node takes 5 ms to make a stream of a pipe or a
 * file, so these are written to without one.
 */
export function lastStderr(system: Streams): Said {
  if (system === process && !isCharacterDevice(2)) return { write: (text) => writeDirectly(text, system) };
  ignoreErrors(system.stderr);
  return system.stderr;
}

/** As a terminal is. */
function isCharacterDevice(fd: number): boolean {
  try {
    return fstatSync(fd).isCharacterDevice();
  } catch {
    return true;
  }
}

function writeDirectly(text: string, system: Streams): void {
  const bytes = Buffer.from(text);
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(2, bytes, written);
  } catch {
    // A full pipe that doesn't block, for one: the stream knows how to wait.
    ignoreErrors(system.stderr);
    system.stderr.write(bytes.subarray(written));
  }
}
