import { UsageError } from '../base/errors.js';
import { oneOf } from '../base/listed.js';
import { longName } from '../base/shell.js';
import { value } from '../command.js';
import { allKinds, kinds, kindWords } from '../kinds/all.js';
import type { Kind } from '../kinds/kind.js';
import { type KindOptions, kindFlags } from '../kinds/options.js';

const flagFor = (words: readonly string[]) => ({
  kind: value('<kind>', `${oneOf(words)} (default: ${words[0]})`, words),
});

/** The option of the commands that work on one kind, and of those that can show all. */
export const [kindFlag, kindsFlag] = [flagFor(kindWords), flagFor([...kindWords, allKinds])];

/** Throws a usage error for an option that only other kinds have. Without a kind, the endpoint is a cluster's. */
export function checkKindOptions(options: KindOptions, kind?: Kind): void {
  const names = Object.keys(kindFlags) as (keyof KindOptions)[];
  const foreign = names.find((name) => options[name] !== undefined && !kind?.create.options.includes(name));
  if (foreign === undefined) return;
  const owners = kinds.filter(({ create }) => create.options.includes(foreign)).map(({ name }) => name);
  throw new UsageError(`${longName(foreign)} is only for --kind ${oneOf(owners)}.`, 'Remove it, or check --kind.');
}
