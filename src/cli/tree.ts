import { version as current } from '../../package.json';
import { type CommandGroup, command, type Definition, type OptionsOf, required, several } from '../command.js';
import { config, login, logout, profile, projects, whoami } from '../commands/account.js';
import { connect, connectionStrings, convert, disconnect, doctor } from '../commands/connections.js';
import { interfaces, regionalMode } from '../commands/interface.js';
import { sandbox } from '../commands/sandbox.js';
import { create, deleteCommand, get, list, regions, update, wait } from '../commands/services.js';
import type { CommandHost, Context } from '../context.js';

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
  run: () => Promise.reject<() => Promise<never>>(new Error('The parser answers this itself.')),
});

export const completion = command({
  name: 'completion',
  summary: 'Print a shell completion script',
  args: { shell: required('bash, zsh, fish or powershell', ['bash', 'zsh', 'fish', 'powershell']) },
  fields: ['shell', 'script'],
  // Shell start-up files run this command.
  configuration: 'ignored',
  examples: ['completion bash', 'completion fish | source'],
  run: async () => (await import('./completion/scripts.run.js')).run,
});

type Runs<D> = {
  run: () => Promise<(context: Context, options: OptionsOf<D>, host: CommandHost) => Promise<unknown>>;
};

type Checked<B> = B extends { commands: readonly (infer Each)[] } ? { commands: readonly Checked<Each>[] } : Runs<B>;

/** Makes the compiler check that the `run` of each command takes the options that its definition declares. */
function checked<const B extends readonly (Definition | CommandGroup)[]>(
  branches: B & { [At in keyof B]: Checked<B[At]> },
): B {
  return branches;
}

export const headings: Readonly<Record<string, readonly (Definition | CommandGroup)[]>> = {
  Connect: checked([connect, disconnect, doctor, connectionStrings, convert]),
  'Private endpoint services': checked([create, get, list, deleteCommand, wait, update, regions]),
  'Interface endpoints': checked([interfaces, regionalMode]),
  Account: checked([login, logout, whoami, projects, config, profile]),
  Sandbox: checked([sandbox]),
  Help: checked([help, completion, version]),
};

export const tree: readonly (Definition | CommandGroup)[] = Object.values(headings).flat();

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
