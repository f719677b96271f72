import { isIP } from 'node:net';
import { parse, YAMLError } from 'yaml';
import { parseDuration } from '../base/duration.js';
import { codeOf, reasonOf, UsageError } from '../base/errors.js';
import { readText } from '../base/read-text.js';
import { closest, guessed, parseName } from '../base/suggest.js';
import { knownRegions } from '../clouds/regions.js';
import { isCidr6, parseCidr } from './aws/cidr.js';
import type { Fault } from './faults.js';
import type { RequestsPerWindow } from './gate.js';
import { roleNames } from './key.js';

/** What a faults file says. Everything is optional. */
export type FaultsFile = Partial<Values<typeof fileKeys>>;

/**
 * Reads a faults file: YAML with the keys below. Throws usage errors that name the file and the key, and say what is
 * allowed.
 */
export function readFaultsFile(file: string): FaultsFile {
  let document: unknown;
  try {
    document = parse(readText(file));
  } catch (error) {
    const [reason = ''] = reasonOf(error).split('\n');
    const hint =
      codeOf(error) === undefined || error instanceof YAMLError ? 'The file must be YAML.' : 'Check the path.';
    throw new UsageError(`Cannot read the faults file: ${file} (${reason.replace(/[.:]$/, '')}).`, hint);
  }
  return withPlace(file, () => readKeys(fileKeys, document));
}

type Read<T> = (value: unknown, key: string) => T;
type Readers = Readonly<Record<string, Read<unknown>>>;
type Values<R extends Readers> = { [K in keyof R]: ReturnType<R[K]> };

/** Reads an object that has only these keys. */
function readKeys<R extends Readers>(readers: R, value: unknown): Partial<Values<R>> {
  const names = Object.keys(readers);
  const hint = `Valid keys: ${names.join(', ')}`;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new UsageError('it has no keys.', hint);
  const entries = Object.entries(value).map(([key, given]) => {
    if (Object.hasOwn(readers, key)) return [key, readers[key]?.(given, key)];
    const near = closest(key, names);
    throw new UsageError(`unknown key '${key}'.`, near ? guessed(near) : hint);
  });
  return Object.fromEntries(entries) as Partial<Values<R>>;
}

/** Reads an object with these keys, of which some are required. */
function keysOf<R extends Readers, K extends keyof R & string = never>(readers: R, ...required: readonly K[]) {
  return (value: unknown, key: string) =>
    withPlace(`'${key}'`, () => {
      const read = readKeys(readers, value);
      for (const name of required) if (read[name] === undefined) throw new UsageError(`'${name}' is missing.`);
      return read as Partial<Values<R>> & Pick<Values<R>, K>;
    });
}

/** A list, or its only item. */
function listOf<T>(read: Read<T>): Read<T[]> {
  return (value, key) => [value].flat().map((each) => read(each, key));
}

function anyKeys(value: unknown, key: string): Record<string, unknown> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new UsageError(`'${key}' has no keys.`);
}

function mapValues<T>(object: Record<string, unknown>, read: Read<T>): Record<string, T> {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, read(value, key)]));
}

/** Adds to a usage error where in the file it is. */
function withPlace<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${place}: ${error.message}`, error.hint);
    throw error;
  }
}

const faultKeys = {
  method: oneOf(['GET', 'POST', 'PATCH', 'DELETE']),
  path: text,
  action: text,
  nth: readRanges,
  status: whole(200, 599),
  code: text,
  effect: yesOrNo,
  headers: readHeaders,
  body: shown,
  delay: readDuration,
  drop: oneOf(['before', 'after']),
  truncate: whole(0, 1_000_000),
  auth: oneOf(['stale-nonce', 'expired-token']),
  endpoint: readFate,
} satisfies Readers;

const gcpSubnetKeys = {
  name: text,
  region: oneOf(knownRegions('GCP')),
  range: readRange4,
  purpose: text,
  stackType: text,
} satisfies Readers;

/** Without `subnets`, a network has a subnet in each region, with its own name. */
const gcpNetworkKeys = { name: text, subnets: listOf(keysOf(gcpSubnetKeys, 'name', 'region')) } satisfies Readers;

/** The user's Google Cloud, where it is not the usual one. */
const gcpKeys = {
  /** The project of a shared VPC. It has the networks, and the other projects have none. */
  hostProject: text,
  projects: listOf(text),
  networks: listOf(keysOf(gcpNetworkKeys, 'name')),
  /* Of all networks, as Google describes them. */
  firewalls: listOf(anyKeys),
  firewallPolicies: listOf(anyKeys),
  /** The permissions that the user does not have. */
  without: listOf(text),
  /** Their limits, by metric: `INTERNAL_ADDRESSES`. */
  quotas: (value, key) => mapValues(anyKeys(value, key), whole(0, 1_000_000)),
  /** The APIs that are not enabled: `compute`. */
  disabledApis: listOf(oneOf(['compute', 'cloudresourcemanager', 'servicedirectory'])),
} satisfies Readers;

export type GcpSetup = Partial<Values<typeof gcpKeys>>;

const fileKeys = {
  faults: readFaults,
  awsLag: readDuration,
  gcpLag: readDuration,
  gcp: keysOf(gcpKeys),
  projects: whole(0, 2000),
  keyRole: (value, key) => [value].flat().map((role) => oneOf(roleNames)(role, key)),
  keyAccessList: (value) => [value].flat().map(readAccessEntry),
  lastTakesService: yesOrNo,
  rateLimit: readRateLimit,
} satisfies Readers;

function readFaults(value: unknown): Fault[] {
  if (!Array.isArray(value)) throw new UsageError("'faults' must be a list.", 'Example: faults: [{ status: 503 }]');
  return value.map((fault, index) => withPlace(`fault ${index + 1}`, () => readFault(fault)));
}

function readFault(value: unknown): Fault {
  const { delay: delayMs, endpoint: fate, ...others } = readKeys(faultKeys, value);
  const fault = { ...others, ...(delayMs !== undefined && { delayMs }), ...(fate && { fate }) };
  const { status, drop, truncate, auth } = fault;
  for (const key of ['effect', 'body', 'code'] as const) {
    if (status === undefined && fault[key] !== undefined) throw new UsageError(`'${key}' requires 'status'.`);
  }
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
  const { failed } = Object(value) as { failed?: unknown };
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

/** An IP address or a CIDR block. */
function readAccessEntry(value: unknown): string {
  const entry = shown(value).trim();
  if (isIP(entry) !== 0 || parseCidr(entry) || isCidr6(entry)) return entry;
  throw new UsageError(`'${entry}' is not valid in 'keyAccessList'.`, 'Examples: 203.0.113.7 or 203.0.113.0/24');
}

function readRange4(value: unknown, key: string): string {
  if (parseCidr(shown(value))) return shown(value);
  throw new UsageError(`'${shown(value)}' is not a valid value of '${key}'.`, 'Example: 10.0.0.0/24');
}

/** `100` is 100 requests per minute, `5/10s` is 5 requests per 10 seconds. */
function readRateLimit(value: unknown): RequestsPerWindow {
  const [, count, window = '1m'] = /^(\d+)(?:\/(.+))?$/.exec(shown(value)) ?? [];
  const [requests, perMs] = [Number(count), readDuration(window, 'rateLimit')];
  if (requests > 0 && perMs > 0) return { requests, perMs };
  throw new UsageError(`'${shown(value)}' is not a valid value of 'rateLimit'.`, 'Examples: 100 (per minute), 5/10s');
}

function readDuration(value: unknown, key: string): number {
  return withPlace(`'${key}'`, () => parseDuration(shown(value)));
}

function oneOf<const T extends string>(accepted: readonly T[]): Read<T> {
  return (value, key) => parseName(`value of '${key}'`, shown(value), accepted);
}

/** A text as it is, anything else as JSON: a file can contain values of any type. */
function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    throw new UsageError('a value refers to itself.');
  }
}

function text(value: unknown, key: string): string {
  if (typeof value === 'string' && /^[\x20-\x7e]+$/.test(value)) return value;
  throw new UsageError(`'${key}' must be a string of ASCII characters.`);
}

function yesOrNo(value: unknown, key: string): boolean {
  if (typeof value === 'boolean') return value;
  throw new UsageError(`'${key}' must be true or false.`);
}

function whole(least: number, most: number): Read<number> {
  return (value, key) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    const hint = `Use a number from ${least} to ${most}.`;
    throw new UsageError(`'${shown(value)}' is not a valid value of '${key}'.`, hint);
  };
}
