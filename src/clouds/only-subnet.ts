import { NotFoundError, UsageError } from '../base/errors.js';
import { listed } from '../base/lists.js';
import { nameIn } from './rest.js';
import { hasId } from './shapes.js';

/** What an option names, its value, and the name or the id of that for a subnet. */
type Option<T> = readonly [what: string, given: string | undefined, of: (subnet: T) => string];

/** What errors say: where the subnets are, the options that choose one, and what to do if there is none to choose. */
type Words<T> = Record<'where' | 'flags' | 'otherwise', string> & { title(subnet: T): string };

/** The only subnet that fits and can have an endpoint. `unusable`: why one can't. Throws errors with those to choose from. */
export function onlySubnet<T extends { unusable: string | undefined }>(
  all: readonly T[],
  options: readonly Option<T>[],
  { where, flags, otherwise, title }: Words<T>,
): T {
  let fitting = all;
  for (const [what, given, of] of options) {
    if (given === undefined) continue;
    const existing = listed([...new Set(fitting.map((each) => nameIn(of(each))))], 5);
    fitting = fitting.filter((each) => hasId([of(each), nameIn(of(each))], given));
    const missing = what === 'subnet' ? given : `${given} with a subnet`;
    const hint = existing === '' ? otherwise : `Existing ${what}s: ${existing}`;
    if (fitting.length === 0) throw new NotFoundError(`There is no ${what} ${missing} ${where}.`, hint);
  }
  const isUsable = ({ unusable }: T) => unusable === undefined;
  const choice = (some: readonly T[]) => `Choose one with ${flags}: ${listed(some.filter(isUsable).map(title))}`;
  const [first, ...more] = fitting.filter(isUsable);
  if (first && more.length === 0) return first;
  if (first) throw new UsageError(`There are ${more.length + 1} usable subnets ${where}.`, choice(fitting));
  const [odd] = fitting;
  if (!odd) throw new NotFoundError(`There is no subnet ${where}.`, otherwise);
  throw new UsageError(`Subnet ${title(odd)} ${odd.unusable}.`, all.some(isUsable) ? choice(all) : otherwise);
}
