import { Chalk } from 'chalk';
import type { Tone } from './view.js';

type Style = Tone | 'strong' | 'faint';

/**
 * Colours of the basic sixteen, which themes make readable on their own background; but not yellow, which is hardest to
 * read on white in almost every one of them.
 */
export function painter(color: boolean): Record<Style, (text: string) => string> {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    good: chalk.green,
    busy: chalk.cyan,
    bad: chalk.red,
    plain: (text: string) => text,
    strong: chalk.bold,
    faint: chalk.dim,
  };
}
