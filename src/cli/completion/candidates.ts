import { longName } from '../../base/shell.js';
import type { Context } from '../../context.js';
import { type Candidate, type Completions, files, inCaseOf, sources } from './sources.js';
import { optionsOf, sourceOf, type Typed } from './typed.js';

/** The completions of the current word. They may include words that don't start like it. */
export async function completionsFor(
  typed: Typed,
  context: () => Promise<Context>,
  online: () => Promise<Context>,
): Promise<Completions> {
  const { option, line, current } = typed;
  if (option === undefined && current.startsWith('-')) return optionsFor(typed);
  const isCommand = option === undefined && line.definition === undefined;
  const below = !isCommand ? [] : line.commands.map((each) => ({ value: each.name(), note: each.description() }));
  const source = sourceOf(typed);
  if (source === undefined) return below;
  const found =
    typeof source === 'string'
      ? await sources[source]({ ...typed, context, online })
      : source.map((value) => ({ value: inCaseOf(current, value) }));
  if (found === files) return files;
  return unnamed([...below, ...found], typed);
}

/** Removes values that the same option already has: --fields id,… or --fields id --fields … */
function unnamed(found: readonly Candidate[], { option, head, given }: Typed): Candidate[] {
  if (option?.spec.kind !== 'values') return [...found];
  const named = [...(given.get(option.name) ?? []), head.slice(head.indexOf('=') + 1)].join().split(',');
  return found.filter(({ value }) => !named.includes(value));
}

/** The options that are not given yet or can be repeated. */
function optionsFor({ line, given }: Typed): Candidate[] {
  const known = Object.entries(optionsOf(line))
    .filter(([name, { kind }]) => kind === 'values' || !given.has(name))
    .map(([name, { help }]) => ({ value: longName(name), note: help }));
  const version = line.branch === undefined ? [{ value: '--version', note: 'print the version' }] : [];
  return [...known, { value: '--help', note: 'show help' }, ...version];
}
