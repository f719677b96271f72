import type { Env, Streams } from '../system.js';

/**
 * Text from elsewhere made safe to show: control characters, which could move the cursor, recolour or retitle the
 * terminal, and those that reorder text become visible escapes. Line breaks and tabs stay.
 */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: finding control characters is the point
  return text.replace(/[\0-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escaped);
}

/** JSON escapes most control characters by itself; the rest are escaped here, where it is still valid JSON. */
export function printableJson(json: string): string {
  return json.replace(/[\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
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

/** A reader that went away (`| head -1`) is no error of ours: what it no longer takes is dropped. */
export function ignoreClosedPipe({ stdout, stderr }: Streams): void {
  for (const stream of [stdout, stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}
