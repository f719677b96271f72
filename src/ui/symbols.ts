import type { Env } from '../base/host.js';
import type { Tone } from './view.js';

/** The sign that stands beside each tone, so that colour is not the only one, and what else a terminal may lack. */
export interface Symbols extends Record<Exclude<Tone, 'plain'>, string> {
  isUnicode: boolean;
  /** A text of ours with the punctuation that can be shown. */
  spell(text: string): string;
}

const unicode: Symbols = { isUnicode: true, good: '✔', busy: '○', bad: '✖', spell: (text) => text };
const ascii: Symbols = {
  isUnicode: false,
  good: '+',
  busy: '~',
  bad: 'x',
  spell: (text) => text.replaceAll('…', '...').replaceAll('–', '-'),
};

export function symbolsOf(env: Env, platform: NodeJS.Platform): Symbols {
  return showsUnicode(env, platform) ? unicode : ascii;
}

/**
 * The console of Linux has few glyphs, and so have old ones of Windows; elsewhere the locale says it, where there is
 * one.
 */
function showsUnicode(env: Env, platform: NodeJS.Platform): boolean {
  if (env.TERM === 'linux') return false;
  // What is newer than those consoles names itself; a TERM is set only by what comes from Unix.
  if (platform === 'win32')
    return [env.WT_SESSION, env.TERM_PROGRAM, env.ConEmuTask, env.TERMINAL_EMULATOR, env.TERM].some(Boolean);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}
