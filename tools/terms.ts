import type { HelpItem } from '../src/cli/help/topics.js';
import {
  type Argument,
  argumentTerm,
  type Definition,
  type Option,
  type Options,
  optionTerm,
} from '../src/command.js';

/* How the man page and the reference show arguments and options. */

export function optionItems(options: Options): HelpItem[] {
  return Object.entries<Option>(options).map(([name, option]) => [optionTerm(name, option), option.help]);
}

export function argumentItems({ args = {} }: Definition): HelpItem[] {
  return Object.entries<Argument>(args).map(([name, argument]) => [argumentTerm(name, argument), argument.help]);
}

/** `atlas-pe get [options] [endpoint]`, with one line for each form of the command. */
export function usagesOf(definition: Definition, path: readonly string[]): string[] {
  const { usage, runsCommand } = definition;
  const terms = argumentItems(definition).map(([term]) => term);
  return [
    ['atlas-pe', ...path, '[options]', ...(runsCommand ? ['--'] : []), ...terms].join(' '),
    ...(usage === undefined ? [] : [usage]),
  ];
}
