import type { Command, OptionValues } from '@commander-js/extra-typings';
import { version } from '../../package.json';
import type { Context, Globals } from '../context.js';
import { formats } from '../formats.js';

/** Makes the context of the one command that a command line names. */
export type Open = (globals: Globals) => Promise<Context>;

/** Command lines at the end of a help text. */
export function examples(...lines: string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ atlas-pe ${line}`).join('\n')}\n`;
}

/** A noun, below which its verbs stand. */
export function group(program: Command, name: string, summary: string) {
  return program.command(name).description(summary).helpOption('-h, --help', 'Show help');
}

/** A command that does something itself. */
export function leaf(parent: Command, name: string, summary: string) {
  return parent
    .command(name)
    .description(summary)
    .helpOption('-h, --help', 'Show help')
    .version(version, '--version', 'Print the version');
}

/** Adds the options that every command has. */
export function everywhere<Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) {
  return everywhereButProject(
    command.optionsGroup('Everywhere:').option('--project <id>', 'id or name of the Atlas project'),
  );
}

/** Adds the options of every command that picks some of the endpoints there are, and those that all have. */
export function ofEndpoints<Args extends unknown[], Options extends OptionValues>(command: Command<Args, Options>) {
  return everywhere(
    command
      .option('--provider <provider>', 'only endpoints of this cloud: aws, azure or gcp')
      .option('--region <region>', 'only endpoints in this region'),
  );
}

export function everywhereButProject<Args extends unknown[], Options extends OptionValues>(
  command: Command<Args, Options>,
) {
  return command
    .optionsGroup('Everywhere:')
    .option('--profile <name>', 'profile of the configuration')
    .option('--sandbox', 'use the built-in Atlas')
    .option(
      '-o, --output <format>',
      `${formats.filter((name) => name !== 'terraform').join(', ')}; get and list also terraform`,
    )
    .option('--json', 'the same as --output json')
    .option('--fields <names>', 'only these keys or columns, by commas')
    .option('-q, --quiet', 'no progress, no hints')
    .option('-v, --verbose', 'show each request on stderr')
    .option('--no-color', 'no colour');
}

/** Runs a command in its context, and ends that. */
export async function run<T extends Globals>(
  open: Open,
  options: T,
  command: (context: Context, options: T) => Promise<void>,
): Promise<void> {
  const context = await open(options);
  try {
    await command(context, options);
  } finally {
    await context.close();
  }
}
