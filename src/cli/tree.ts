import { version as current } from '../../package.json';
import { type CommandGroup, command, type Definition, required, several } from '../command.js';
import { commands } from '../commands/all.js';
import type { Context } from '../context.js';

/** Without any other argument, bin/atlas-pe.js prints the version itself. */
export const version = command({
  name: 'version',
  summary: 'Print the version',
  fields: ['version'],
  // Scripts check the version before anything is set up.
  configuration: 'ignored',
  examples: ['version', 'version --json'],
  run: async () => async (context: Context) => {
    await context.io.print({ single: true, rows: [{ version: current }], id: 'version', only: 'version' });
  },
});

/** The parser answers this itself, without settings or credentials. */
export const help = command({
  name: 'help',
  summary: 'Show help for a command or topic',
  args: { topic: several('command or topic', 'commands') },
  flags: { man: { kind: 'flag', help: 'print the man page, which has all commands and topics' } },
  examples: ['help list', 'help waiting', 'help --man | man -l -'],
  run: () => Promise.reject(new Error('The parser answers this itself.')),
});

/** The shells that have a completion script. */
const shells = ['bash', 'zsh', 'fish', 'powershell'] as const;
export type Shell = (typeof shells)[number];

export const completion = command({
  name: 'completion',
  summary: 'Print a shell completion script',
  args: { shell: required('bash, zsh, fish or powershell', shells) },
  fields: ['shell', 'script'],
  // Shell start-up files run this command.
  configuration: 'ignored',
  examples: ['completion bash', 'completion fish | source'],
  run: async () => (await import('./completion/scripts.run.js')).run,
});

/** All commands, by their heading in help. */
export const headings: Readonly<Record<string, readonly (Definition | CommandGroup)[]>> = {
  ...commands,
  Help: [help, completion, version],
};

/** All commands, without headings. */
export const tree: readonly (Definition | CommandGroup)[] = Object.values(headings).flat();

/** The help topics: `atlas-pe help waiting`. */
export const topicNames = {
  'exit-codes': 'Exit codes',
  environment: 'Environment variables, and where settings come from',
  statuses: 'Statuses of endpoints',
  output: 'Output formats, fields and color',
  waiting: 'How wait works, and how it ends',
} as const;

export type TopicName = keyof typeof topicNames;

export function isTopic(name: string): name is TopicName {
  return Object.hasOwn(topicNames, name);
}
