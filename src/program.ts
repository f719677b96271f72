import { Command } from '@commander-js/extra-typings';
import { version } from '../package.json';
import { items, layout, layoutOf } from './cli/help/layout.js';
import { topicNames } from './cli/help/names.js';
import { aliasesOf, type Branch, type Open, readValue } from './program/shared.js';
import { headings, tree } from './program/tree.js';

/** Where help is shown. */
export interface Screen {
  width: number;
  write(text: string): void;
}

/** Of the longest command in the list above the topics. */
const commandWidth = 'connection-strings'.length;

const everyCommand =
  'Every command also takes --project, --profile, --sandbox, --output, --json, --fields, --quiet, --verbose and ' +
  '--no-color: see atlas-pe help list';

/**
 * The command tree, or with a path (`interface`, `add`) only what leads to that command and what stands below it, so that
 * none pays for the others. A command's module is loaded when it is dispatched.
 */
export function createProgram(screen: Screen, open: Open, path: readonly string[] = []) {
  const program = new Command('atlas-pe')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => screen.write(text),
      // What is wrong is thrown, and printed once by main.
      writeErr: () => undefined,
      getOutHelpWidth: () => screen.width,
    })
    .configureHelp({
      ...layout,
      // Every command has options.
      subcommandTerm: (command) =>
        [command.name(), ...command.registeredArguments.map((each) => termOf(each))].join(' '),
    })
    .description('MongoDB Atlas private endpoints from the terminal and from scripts.')
    .version(version, '--version', 'Print the version')
    .helpOption('-h, --help', 'Show help')
    .addHelpText('after', () => {
      const help = layoutOf(screen.width);
      return `\nHelp topics:\n${items(Object.entries(topicNames), help, commandWidth)}\n
${help.boxWrap(everyCommand, screen.width)}

${help.boxWrap(`Aliases: ${otherNames().join('; ')}`, screen.width)}
${examples(['--sandbox create --region us-east-1 --wait', 'list --json', 'wait us-east-1 --timeout 20m'])}`;
    });
  for (const [heading, branches] of Object.entries(headings)) {
    program.commandsGroup(heading);
    add(program, branches, open, path);
  }
  // In the last group.
  program.helpCommand('help [command...]', 'Show help for a command, or for a topic');
  return program;
}

function add(parent: Command, branches: readonly Branch[], open: Open, [next, ...path]: readonly string[]): void {
  for (const branch of branches) {
    if (next !== undefined && branch.name !== next) continue;
    const command = parent.command(branch.name).description(branch.summary).helpOption('-h, --help', 'Show help');
    const others = aliasesOf(branch);
    if (others.length > 0) command.addHelpText('after', `\nAliases: ${others.join(', ')}`);
    command.addHelpText('after', examples(branch.examples));
    if ('verbs' in branch)
      add(command.helpCommand('help [command]', 'Show help for a command'), branch.verbs, open, path);
    else {
      command.version(version, '--version', 'Print the version');
      branch.declare(command, open);
      for (const option of command.options)
        if (option.required) option.argParser<string | string[]>((value, before) => readValue(option, value, before));
    }
  }
}

/** `ls (list)`, … */
function otherNames(): string[] {
  const named = tree.filter((branch) => aliasesOf(branch).length > 0);
  return [...named.map((branch) => `${aliasesOf(branch).join(', ')} (${branch.name})`), 'version (--version)'];
}

/** `[endpoint...]` or `<name>`, as in the line on usage. */
function termOf(argument: Command['registeredArguments'][number]): string {
  const term = `${argument.name()}${argument.variadic ? '...' : ''}`;
  return argument.required ? `<${term}>` : `[${term}]`;
}

/** Command lines at the end of a help text. */
function examples(lines: readonly string[]): string {
  return `\nExamples:\n${lines.map((line) => `  $ atlas-pe ${line}`).join('\n')}`;
}
