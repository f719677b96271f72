import tab from '@bomb.sh/tab/commander';
import type { CommandUnknownOpts } from '@commander-js/extra-typings';
import type { Command } from 'commander';
import type { Context } from '../../context.js';
import { allCommands, isEverywhere, isList } from '../../program/shared.js';
import { argumentSources, type Candidate, type Candidates, files, optionSources, type Source } from './sources.js';
import { nameOf, type Typed } from './typed.js';

/** What the word that is being typed may become; some of it need not begin as it does. */
export async function candidates(
  program: CommandUnknownOpts,
  typed: Typed,
  context: () => Promise<Context>,
  online: () => Promise<Context>,
): Promise<Candidates> {
  const { path, args, option, current } = typed;
  // tab declares a command of its own, which nobody is offered.
  const commands = [...program.commands];
  const ask = async (source: Source | undefined) =>
    (await source?.({
      ...typed,
      context,
      online,
      commands: (group) => candidatesOf(group === '' ? commands : commandsBelow(commands, group)),
    })) ?? [];
  if (option !== undefined) {
    const all = await ask(optionSources[option]);
    const taken = typed.given.get(option) ?? [];
    return all === files ? files : all.filter(({ value }) => !taken.includes(value));
  }

  const root = tab(program as unknown as Command);
  root.commands.delete('complete');
  let source: Source | undefined;
  for (const [name, command] of root.commands) {
    // commander's own, of each group: `help interface` says the same.
    if (name.endsWith(' help')) root.commands.delete(name);
    for (const argument of command.arguments.values()) {
      argument.handler = () => {
        source = argumentSources[name];
      };
    }
  }
  // Instead of printing what it found.
  Object.assign(root, { complete: () => undefined });
  // By a single dash tab means only those options that have a short name. It is told of no option that is complete.
  root.parse([...path.split(' ').filter(Boolean), ...args, current === '-' ? '--' : current]);
  const found = root.completions.map(({ value, description = '' }) => ({ value, note: description }));
  if (current.startsWith('-')) return [...found, ...early(program, typed)].filter(({ value }) => isFree(value, typed));
  const more = await ask(source);
  return more === files ? files : [...found, ...more];
}

/** The options of every command, which may stand before it. */
function early(program: CommandUnknownOpts, { command }: Typed): Candidate[] {
  if (command.commands.length === 0) return [];
  const options = allCommands(program).flatMap((each) => each.options.filter(isEverywhere));
  return [
    ...new Map(options.map(({ long, description }) => [long, { value: long ?? '', note: description }])).values(),
  ];
}

/** Whether an option is yet to be given, or may be given again. */
function isFree(long: string, { command, given }: Typed): boolean {
  const name = long.slice(2);
  return !given.has(name) || command.options.some((each) => nameOf(each) === name && isList(each));
}

function commandsBelow(all: readonly CommandUnknownOpts[], group: string): readonly CommandUnknownOpts[] {
  return all.find((each) => each.name() === group)?.commands ?? [];
}

function candidatesOf(commands: readonly CommandUnknownOpts[]): Candidate[] {
  return commands.map((each) => ({ value: each.name(), note: each.description() }));
}
