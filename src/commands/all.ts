import type { CommandGroup, Definition, OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { config, login, logout, profile, projects, whoami } from './account.js';
import { connect, connectionStrings, convert, disconnect, doctor } from './connections.js';
import { interfaces, regionalMode } from './interface.js';
import { sandbox } from './sandbox.js';
import { create, deleteCommand, get, list, regions, update, wait } from './services.js';

/** A definition that loads a function which takes what it declares. */
type Runs<D> = { run: () => Promise<(context: Context, options: OptionsOf<D>) => Promise<unknown>> };

/** Every command in a tree of commands. */
type Checked<B> = B extends { commands: readonly (infer Each)[] } ? { commands: readonly Checked<Each>[] } : Runs<B>;

/** Every command, by its heading in help. */
export const commands = {
  Connect: checked([connect, disconnect, doctor, connectionStrings, convert]),
  'Private endpoint services': checked([create, get, list, deleteCommand, wait, update, regions]),
  'Interface endpoints': checked([interfaces, regionalMode]),
  Account: checked([login, logout, whoami, projects, config, profile]),
  Sandbox: checked([sandbox]),
} satisfies Readonly<Record<string, readonly (Definition | CommandGroup)[]>>;

/** Makes the compiler check that the `run` of each command takes the options that its definition declares. */
function checked<const B extends readonly (Definition | CommandGroup)[]>(
  branches: B & { [At in keyof B]: Checked<B[At]> },
): B {
  return branches;
}
