import { NotFoundError, UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';

/** What errors say: what is missing where, the options that choose a subnet, and what to do if there is none to choose. */
type Words<T> = Record<'what' | 'where' | 'options' | 'otherwise', string> & { title(subnet: T): string };

/** The only subnet that fits and can have an endpoint. `unusable`: why one can't. Throws errors with those to choose from. */
export function onlySubnet<T extends { unusable: string | undefined }>(
  all: readonly T[],
  fits: (subnet: T) => boolean,
  { what, where, options, otherwise, title }: Words<T>,
): T {
  const isUsable = ({ unusable }: T) => unusable === undefined;
  const choice = (some: readonly T[]) => `Choose one with ${options}: ${listed(some.filter(isUsable).map(title))}`;
  const fitting = all.filter(fits);
  const [first, ...more] = fitting.filter(isUsable);
  if (first && more.length === 0) return first;
  if (first) throw new UsageError(`There are ${more.length + 1} usable subnets ${where}.`, choice(fitting));
  const hint = all.some(isUsable) ? choice(all) : otherwise;
  const [odd] = fitting;
  if (odd) throw new UsageError(`Subnet ${title(odd)} ${odd.unusable}.`, hint);
  throw new NotFoundError(`There is no ${what} ${where}.`, hint);
}
