import { NotFoundError, UsageError } from '../base/errors.js';
import { listed } from '../base/lists.js';
import type { ServiceRef } from './cloud.js';
import type { Found } from './found.js';
import { hasId, isSameId, nameIn } from './shapes.js';

/** The endpoint to adopt. Throws if there is none, or if its target is another one. `what`: the cloud's word for it. */
export function checkAdopted<F extends Found>(
  found: F | null | undefined,
  { what, id, where }: { what: string; id: string; where: string },
  service: ServiceRef | undefined,
): F {
  if (!found) {
    const words = `interface add ${service?.region ?? 'REGION'} ${id}`;
    const hint = `To attach one of another account, without signing in to it, use ${words}.`;
    throw new NotFoundError(`There is no ${what} ${id} in this ${where}.`, hint);
  }
  const { name, target } = found;
  if (!service?.target || isSameId(target, service.target)) return found;
  const hint = `Choose a ${what} for this service, or remove --adopt to create one.`;
  throw new UsageError(`${name} connects to ${target || 'something else'}, not to ${service.target}.`, hint);
}

/** What an option names, its value, and the name or the id of that for a subnet. */
type Option<T> = readonly [what: string, given: string | undefined, of: (subnet: T) => string];

/** What errors say: where the subnets are, the options that choose one, and what to do if there is none to choose. */
type SubnetWords<T> = Record<'where' | 'flags' | 'otherwise', string> & { title(subnet: T): string };

/** The only subnet that fits and can have an endpoint. `unusable`: why one can't. Throws errors with those to choose from. */
export function onlySubnet<T extends { unusable: string | undefined }>(
  all: readonly T[],
  options: readonly Option<T>[],
  { where, flags, otherwise, title }: SubnetWords<T>,
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
