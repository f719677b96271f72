import { parse, YAMLError } from 'yaml';
import { parseDuration } from '../base/duration.js';
import { codeOf, reasonOf, UsageError } from '../base/errors.js';
import { readText } from '../base/read-text.js';
import { closest, didYouMean } from '../base/suggest.js';
import type { Fault } from './faults.js';

/**
 * Reads a faults file: YAML with a list `faults:`, each with the keys below. Throws usage errors that say which fault
 * is wrong.
 */
export async function readFaults(file: string): Promise<Fault[]> {
  let document: unknown;
  try {
    document = parse(readText(file));
  } catch (error) {
    const [reason = ''] = reasonOf(error).split('\n');
    const hint =
      codeOf(error) === undefined || error instanceof YAMLError ? 'The file must be YAML.' : 'Check the path.';
    throw new UsageError(`Cannot read the faults file: ${file} (${reason.replace(/[.:]$/, '')}).`, hint);
  }
  const { faults, ...others } = Object(document) as Record<string, unknown>;
  if (!Array.isArray(faults) || Object.keys(others).length > 0) {
    throw new UsageError(
      `${file} does not contain a list of faults.`,
      `The file must start with the line 'faults:' and list the faults below it.`,
    );
  }
  return faults.map((fault, index) => {
    try {
      return readFault(fault);
    } catch (error) {
      if (error instanceof UsageError)
        throw new UsageError(`Fault ${index + 1} of ${file}: ${error.message}`, error.hint);
      throw error;
    }
  });
}

type Read = (value: unknown) => Partial<Fault>;

/** The keys of a fault, each with how to read it. */
const keys = {
  method: (value) => ({ method: oneOf('method', ['GET', 'POST', 'PATCH', 'DELETE'])(shown(value).toUpperCase()) }),
  path: (value) => ({ path: text('path', value) }),
  action: (value) => ({ action: text('action', value) }),
  nth: (value) => ({ nth: readRanges(value) }),
  status: (value) => ({ status: whole('status', value, 200, 599) }),
  code: (value) => ({ code: text('code', value) }),
  effect: (value) => ({ effect: yesOrNo('effect', value) }),
  headers: (value) => ({ headers: readHeaders(value) }),
  body: (value) => ({ body: shown(value) }),
  delay: (value) => ({ delayMs: parseDuration(shown(value)) }),
  drop: (value) => ({ drop: oneOf('drop', ['before', 'after'])(value) }),
  truncate: (value) => ({ truncate: whole('truncate', value, 0, 1_000_000) }),
  auth: (value) => ({ auth: oneOf('auth', ['stale-nonce', 'expired-token'])(value) }),
  endpoint: (value) => ({ fate: readFate(value) }),
} satisfies Record<string, Read>;

function readFault(value: unknown): Fault {
  if (typeof value !== 'object' || value === null) throw new UsageError('it has no keys.', known());
  const fault: Fault = {};
  for (const [key, given] of Object.entries(value)) {
    const read = Object.hasOwn(keys, key) ? (keys as Record<string, Read>)[key] : undefined;
    if (!read)
      throw new UsageError(
        `unknown key '${key}'.`,
        closest(key, Object.keys(keys)) ? didYouMean(key, Object.keys(keys)) : known(),
      );
    Object.assign(fault, read(given));
  }
  const { status, drop, truncate, auth, fate, delayMs } = fault;
  if (status === undefined && fault.effect !== undefined) throw new UsageError("'effect' requires 'status'.");
  if (status === undefined && fault.body !== undefined) throw new UsageError("'body' requires 'status'.");
  if (status === undefined && fault.code !== undefined) throw new UsageError("'code' requires 'status'.");
  if ([status, drop, auth].filter((each) => each !== undefined).length > 1) {
    throw new UsageError("use only one of 'status', 'drop' and 'auth'.");
  }
  if ([status, drop, truncate, auth, fate, delayMs].every((each) => each === undefined)) {
    throw new UsageError('it has no effect.', 'Add one of: status, drop, truncate, delay, auth, endpoint');
  }
  if (fate && (fault.method ?? 'POST') !== 'POST')
    throw new UsageError("'endpoint' requires a POST, because only a POST creates an endpoint.");
  return fate ? { ...fault, method: 'POST' } : fault;
}

function readRanges(value: unknown): NonNullable<Fault['nth']> {
  const ranges = [value].flat().map(readRange);
  if (ranges.length > 0) return ranges;
  throw new UsageError("'nth' is an empty list.", 'Remove it to match every request.');
}

/** `3`, `2-4` or `5+`. */
function readRange(value: unknown): { from: number; to: number } {
  const [, first = '', more, last] = /^([1-9]\d*)(?:(\+)|-([1-9]\d*))?$/.exec(shown(value)) ?? [];
  const from = Number(first);
  const to = more ? Number.POSITIVE_INFINITY : Number(last ?? first);
  if (first !== '' && to >= from) return { from, to };
  throw new UsageError(`'${shown(value)}' is not a valid request number.`, 'Examples: 1, 2-4, 5+, [1, 3]');
}

/** `never-ready`, `vanishes`, or `failed: REASON`. */
function readFate(value: unknown): NonNullable<Fault['fate']> {
  if (value === 'never-ready' || value === 'vanishes') return { kind: value };
  // In YAML, `failed: reason` in quotes is a string.
  const [, quoted] = /^failed: (.+)$/.exec(shown(value)) ?? [];
  const { failed = quoted } = Object(value) as { failed?: unknown };
  if (typeof failed === 'string') return { kind: 'failed', reason: failed };
  throw new UsageError(`'endpoint' is not valid.`, 'Valid values: never-ready, vanishes, failed: REASON');
}

function readHeaders(value: unknown): Record<string, string> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new UsageError("'headers' must map header names to values.");
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, its]) => {
      if (!/^[\w-]+$/.test(name)) throw new UsageError(`'${name}' is not a valid header name.`);
      if (!/^[\t\x20-\x7e]*$/.test(shown(its))) throw new UsageError(`The value of the header '${name}' is not valid.`);
      return [name, shown(its)];
    }),
  );
}

function oneOf<T extends string>(key: string, accepted: readonly T[]): (value: unknown) => T {
  return (value) => {
    const found = accepted.find((each) => each === value);
    if (found !== undefined) return found;
    throw new UsageError(`'${shown(value)}' is not a valid ${key}.`, `Valid values: ${accepted.join(', ')}`);
  };
}

/** A text as it is, anything else as JSON: what a file holds may be of any shape. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    throw new UsageError('a value refers to itself.');
  }
}

function text(key: string, value: unknown): string {
  if (typeof value === 'string' && value !== '') return value;
  throw new UsageError(`'${key}' must be a string that is not empty.`);
}

function yesOrNo(key: string, value: unknown): boolean {
  if (typeof value === 'boolean') return value;
  throw new UsageError(`'${key}' must be true or false.`);
}

function whole(key: string, value: unknown, least: number, most: number): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
  throw new UsageError(`'${shown(value)}' is not a valid ${key}.`, `Use a number from ${least} to ${most}.`);
}

function known(): string {
  return `Valid keys: ${Object.keys(keys).join(', ')}`;
}
