import { Chalk } from 'chalk';

/** Uses the 16 basic colours, which themes adapt to their background, but not yellow, which is hard to read on white. */
export function painter(color: boolean) {
  const chalk = new Chalk({ level: color ? 1 : 0 });
  return {
    good: chalk.green,
    busy: chalk.cyan,
    todo: chalk.magenta,
    bad: chalk.red,
    plain: (text: string) => text,
    strong: chalk.bold,
    faint: chalk.dim,
  };
}
