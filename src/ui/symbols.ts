import type { Env } from '../base/host.js';
import type { Tone } from './view.js';

/** The sign for each tone, so that colour is not the only difference. */
export interface Symbols extends Record<Exclude<Tone, 'plain'> | 'warning', string> {
  isUnicode: boolean;
  /** Replaces punctuation in our own texts that can't be shown. */
  spell(text: string): string;
}

const unicode: Symbols = {
  isUnicode: true,
  good: '✔',
  busy: '○',
  todo: '→',
  bad: '✖',
  warning: '‼',
  spell: (text) => text,
};
const ascii: Symbols = {
  isUnicode: false,
  good: '+',
  busy: '~',
  todo: '>',
  bad: 'x',
  warning: '!',
  spell: (text) => text.replaceAll('…', '...').replaceAll('–', '-'),
};

export function symbolsOf(env: Env, platform: NodeJS.Platform): Symbols {
  return showsUnicode(env, platform) ? unicode : ascii;
}

/** The Linux console and old Windows consoles have few glyphs. Elsewhere the locale decides, if it is set. */
function showsUnicode(env: Env, platform: NodeJS.Platform): boolean {
  if (env.TERM === 'linux') return false;
  // Newer consoles set one of these variables. Only programs from Unix set TERM.
  if (platform === 'win32')
    return [env.WT_SESSION, env.TERM_PROGRAM, env.ConEmuTask, env.TERMINAL_EMULATOR, env.TERM].some(Boolean);
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG;
  return !locale || /utf-?8/i.test(locale);
}
