import type { CommandGroup, Definition, OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { login, logout, projects, whoami } from './account.js';
import { config } from './config.js';
import { connect, connectionStrings, convert, disconnect, doctor } from './connections.js';
import { interfaces } from './interface.js';
import { profile } from './profile.js';
import { regionalMode } from './regional-mode.js';
import { sandbox } from './sandbox.js';
import { create, deleteCommand, get, list, update, wait } from './services.js';

/** A definition that loads a function which takes what it declares. */
type Runs<D> = { run: () => Promise<(context: Context, options: OptionsOf<D>) => Promise<unknown>> };

/** Every command in a tree of commands. */
type Checked<B> = B extends { commands: readonly (infer Each)[] } ? { commands: readonly Checked<Each>[] } : Runs<B>;

/** Every command, by its heading in help. */
export const commands = {
  'Private endpoints': checked([
    create,
    get,
    list,
    deleteCommand,
    update,
    wait,
    connect,
    disconnect,
    doctor,
    interfaces,
    connectionStrings,
    convert,
    regionalMode,
  ]),
  'Account and settings': checked([login, logout, whoami, projects, profile, config]),
  Sandbox: checked([sandbox]),
} satisfies Readonly<Record<string, readonly (Definition | CommandGroup)[]>>;

/** Makes the compiler check that the `run` of each command takes the options that its definition declares. */
function checked<const B extends readonly (Definition | CommandGroup)[]>(
  branches: B & { [At in keyof B]: Checked<B[At]> },
): B {
  return branches;
}
