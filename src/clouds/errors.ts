import { CliError, type Hint, NotFoundError, UsageError } from '../base/errors.js';
import { listed } from '../base/words.js';
import { type RequestDetails, RequestError } from '../http/request-error.js';
import type { ServiceRef } from './cloud.js';
import type { Found } from './found.js';
import { hasId, isSameId, shortName } from './shapes.js';

/** Codes and HTTP statuses of errors, what they mean, what to do, and the exit code unless it is that of `notAllowed`. */
export type Meaning = readonly [
  codes: readonly (string | number)[],
  what: string,
  hint: string | Hint,
  exit?: CliError['exit'],
];

interface Refusal extends RequestDetails {
  errorCode: string;
  status: number | null;
  what: string;
  /** Whether the cloud has done nothing, and may do it a little later. */
  isEarly: boolean;
}

/** What an answer with an error means: what the first row with its code or its status says. A fault of a server may pass. */
export function explainBy(rows: readonly Meaning[], { what, isEarly, ...about }: Refusal): RequestError {
  const { errorCode } = about;
  const status = about.status ?? 0;
  const row = isEarly ? undefined : rows.find(([codes]) => codes.includes(errorCode) || codes.includes(status));
  if (row) {
    const [, meaning, hint, exit = 'notAllowed'] = row;
    return new RequestError(`${meaning} (${errorCode}).`, { ...about, hint, exit });
  }
  const hint = isEarly || status === 429 || status >= 500 ? 'Wait a moment, then try again.' : about.hint;
  const early = isEarly && { mayPass: true, mayHaveArrived: false };
  return new RequestError(`${what} (${errorCode}).`, { ...about, hint, ...early });
}

/** What a library says of credentials, without what may be a secret: it may repeat a file, or what a program prints. */
export function withoutSecrets(said: string) {
  const text = said.replace(/(?=[^\s\d]*\d)[\w+/=.-]{32,}/g, '…').replace(/\.?\s*$/, '');
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
}

/** The plan from what is there or, for a plan alone that may not read it, from nothing. `blind` gets the reason. */
export async function orBlind<P>(read: Promise<P>, isBlindAllowed: boolean, blind: (unread: string) => P) {
  try {
    return await read;
  } catch (error) {
    if (!isBlindAllowed || !isNotAllowed(error)) throw error;
    return blind(error.message);
  }
}

export function takenError(what: string, hint: string) {
  const message = `${what} already exists, and atlas-pe did not create it for this service.`;
  return new CliError('conflict', message, { hint });
}

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
    const existing = listed([...new Set(fitting.map((each) => shortName(of(each))))], 5);
    fitting = fitting.filter((each) => hasId([of(each), shortName(of(each))], given));
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

/** The answer to a request; undefined if the cloud refused it with one of these codes or HTTP statuses. */
export async function unlessRefused<T>(request: Promise<T>, ...codes: readonly (string | number)[]) {
  try {
    return await request;
  } catch (error) {
    if (!hasCode(error, ...codes)) throw error;
    return undefined;
  }
}

export function hasCode(error: unknown, ...codes: readonly (string | number)[]): error is RequestError {
  if (!(error instanceof RequestError)) return false;
  return [error.errorCode, error.status].some((each) => each !== null && codes.includes(each));
}

export function isNotAllowed(error: unknown): error is CliError {
  return error instanceof CliError && error.exit === 'notAllowed';
}
