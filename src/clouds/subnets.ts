import { NotFoundError, UsageError } from '../base/errors.js';
import { listed, oneOf } from '../base/lists.js';
import { hasId, isSameId, nameIn } from './shapes.js';

/** An option, what it names, its values, and the name or the id of that for a subnet. */
export type SubnetOption<T> = readonly [
  option: string,
  what: string,
  given: readonly string[],
  of: (subnet: T) => string,
];

/** The subnets that values name: by an id or, if no value is one, by a name. With an id, a name may be for another cloud. */
function namedBy<T>(given: readonly string[], all: readonly T[], of: (subnet: T) => string): T[] {
  // Google has several URLs for a path.
  const isId = (id: string) => given.some((value) => isSameId(value, id) || value.endsWith(`/${id}`));
  const withId = all.filter((each) => isId(of(each)));
  return withId.length > 0 ? withId : all.filter((each) => hasId(given, nameIn(of(each))));
}

/** Whether an option names one of the subnets. */
export function areUsed<T>(options: readonly SubnetOption<T>[], all: readonly T[]): boolean {
  return options.some(([, , given, of]) => namedBy(given, all, of).length > 0);
}

/** Which values of the options are for this subnet, as typed; all if it was not read. And what to note of the others. */
export function usedOptions<T>(options: readonly SubnetOption<T>[], region: string, subnet: T | null, unread = '') {
  if (unread !== '') return { chosen: options.flatMap(([, , given]) => given), defaults: [] };
  const here = subnet === null ? [] : [subnet];
  const rows = options.map(([option, , given, of]) => {
    return { option, isGiven: given.length > 0, used: given.filter((value) => namedBy([value], here, of).length > 0) };
  });
  const missing = rows.filter(({ isGiven, used }) => isGiven && used.length === 0).map(({ option }) => option);
  return { chosen: rows.flatMap(({ used }) => used), defaults: defaultNotes(region, missing) };
}

/** What a plan says of options that are for several regions, and name nothing in this one. */
export function defaultNotes(region: string, options: readonly string[]): string[] {
  if (options.length === 0) return [];
  return [
    `${oneOf(options, 'and')} ${options.length > 1 ? 'name' : 'names'} nothing in ${region}, so the default is used.`,
  ];
}

/** What errors say: where the subnets are, the options that choose one, and what to do if there is none to choose. */
type SubnetWords<T> = Record<'where' | 'flags' | 'otherwise', string> & { title(subnet: T): string };

/**
 * The only subnet that fits and can have an endpoint. `unusable`: why one can't. Throws errors with those to choose from.
 * If the options are those of several regions, the ones that name nothing here don't count.
 */
export function onlySubnet<T extends { unusable: string | undefined }>(
  all: readonly T[],
  options: readonly SubnetOption<T>[],
  { where, flags, otherwise, title }: SubnetWords<T>,
  isOneOfSeveral = false,
): T {
  let fitting = all;
  for (const [, what, given, of] of options) {
    if (given.length === 0) continue;
    const existing = listed([...new Set(fitting.map((each) => nameIn(of(each))))], 5);
    const named = namedBy(given, fitting, of);
    if (named.length === 0 && isOneOfSeveral) continue;
    fitting = named;
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
