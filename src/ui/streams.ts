import { CliError, codeOf, reasonOf } from '../errors.js';
import type { Env, Output } from '../system.js';

/**
 * Text from elsewhere made safe to show: control characters, which could move the cursor, recolour or retitle the
 * terminal, and those that reorder text become visible escapes. Line breaks and tabs stay. The escapes are JSON's, so
 * JSON stays the same data.
 */
export function printable(text: string): string {
  return text.replace(
    /(?![\n\t])[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
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
      reject(new CliError('unexpected', `The output can't be written: ${reasonOf(error)}.`, { cause: error }));
    });
  });
}
