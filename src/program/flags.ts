import type { Command } from '@commander-js/extra-typings';
import type { Branch } from './shared.js';

/** An option, as far as it takes to tell it from an argument. */
export interface Flag {
  short: string | undefined;
  /** With its dashes. */
  long: string;
  /** A value follows it. */
  takesValue: boolean;
}

/** The options of a command, or of all commands below a noun: read from what it declares, without loading commander. */
export function flagsOf(branch: Branch): Flag[] {
  if ('verbs' in branch) return branch.verbs.flatMap(flagsOf);
  const declared = ['-h, --help', '--version'];
  const listener = new Proxy({} as Command, {
    get: (_, method) => (text: string) => {
      if (method === 'option') declared.push(text);
      return listener;
    },
  });
  branch.declare(listener, () => Promise.reject(new Error('Only declared.')));
  return declared.map(readFlag);
}

/** The name of the option that a word is. A value, or more short options, may hang on to it: --output=json, -ojson, -qv. */
export function nameIn(word: string): string {
  const [name = ''] = word.startsWith('--') ? word.split('=') : [word.slice(0, 2)];
  return name;
}

/** Reads `-o, --output <format>`. */
function readFlag(text: string): Flag {
  const [, short, long = '', value] = /^(?:(-\w), )?(--[\w-]+)( [<[].+)?$/.exec(text) ?? [];
  return { short, long, takesValue: value !== undefined };
}
