import { isIP } from 'node:net';
import { parse, YAMLError } from 'yaml';
import { parseDuration } from '../base/duration.js';
import { codeOf, reasonOf, UsageError } from '../base/errors.js';
import { readText } from '../base/read-text.js';
import { isCidr6, parseCidr } from './aws/cidr.js';
import { azureKeys } from './azure/setup.js';
import { creating, type Fault, type FaultOutcome } from './faults.js';
import type { RequestsPerWindow } from './gate.js';
import { gcpKeys } from './gcp/network.js';
import { roleNames } from './key.js';
import {
  asciiText,
  choice,
  keysOf,
  type Readers,
  readKeys,
  several,
  shown,
  type Values,
  whole,
  withPlace,
  yesOrNo,
} from './read-keys.js';

/** What a faults file says. Everything is optional. */
export type FaultsFile = Partial<Values<typeof fileKeys>>;

/**
 * Reads a faults file: YAML with the keys below. Throws usage errors that name the file and the key, and say what is
 * allowed.
 */
export function readFaultsFile(file: string): FaultsFile {
  let document: unknown;
  try {
    document = parse(readText(file, { mayBePipe: true }));
  } catch (error) {
    const [reason = ''] = reasonOf(error).split('\n');
    const hint =
      codeOf(error) === undefined || error instanceof YAMLError ? 'The file must be YAML.' : 'Check the path.';
    throw new UsageError(`Cannot read the faults file: ${file} (${reason.replace(/[.:]$/, '')}).`, hint);
  }
  return withPlace(file, () => readKeys(fileKeys, document));
}

/** What a fault says. Everything is optional. */
export const faultKeys = {
  /* Which requests. Default: all. */
  method: choice<string>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** A path, in which `*` matches anything. A pattern that does not start with a slash matches the end of a path. */
  path: asciiText,
  /** An action of AWS, such as `CreateVpcEndpoint`, or a permission of Azure or GCP. */
  action: asciiText,
  /** Which of the matching requests, counted from 1. */
  nth: readRanges,
  /** Responds with this status. The request has no effect unless `effect` is true. */
  status: whole(200, 599),
  effect: yesOrNo,
  /** With a status: the code of the default error. */
  code: asciiText,
  /** With a status. Default: an error in the format of the API. */
  body: shown,
  headers: readHeaders,
  delay: readDuration,
  /** Closes the connection before or after the effect, without a response. */
  drop: choice(['before', 'after']),
  /** Cuts the body after this many characters. */
  truncate: whole(0, 1_000_000),
  /** Rejects the credentials like Atlas does when they have expired. */
  auth: choice(['stale-nonce', 'expired-token']),
  endpoint: readFate,
} satisfies Readers;

const fileKeys = {
  faults: readFaults,
  awsLag: readDuration,
  azureLag: readDuration,
  azure: keysOf(azureKeys),
  gcpLag: readDuration,
  gcp: keysOf(gcpKeys),
  projects: whole(0, 2000),
  keyRole: several(choice(roleNames)),
  keyAccessList: several(readAccessEntry),
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
  if (fate && fault.method !== undefined && !creating.includes(fault.method))
    throw new UsageError("'endpoint' requires a POST, or a PUT of Azure, because only these create an endpoint.");
  return fault;
}

function readRanges(value: unknown): readonly ReturnType<typeof readRange>[] {
  const ranges = [value].flat().map(readRange);
  if (ranges.length > 0) return ranges;
  throw new UsageError("'nth' is an empty list.", 'Remove it to match every request.');
}

/** `3`, `2-4` or `5+`. */
function readRange(value: unknown) {
  const [, first = '', more, last] = /^([1-9]\d*)(?:(\+)|-([1-9]\d*))?$/.exec(shown(value)) ?? [];
  const from = Number(first);
  const to = more ? Number.POSITIVE_INFINITY : Number(last ?? first);
  if (first !== '' && to >= from) return { from, to };
  throw new UsageError(`'${shown(value)}' is not a valid request number.`, 'Examples: 1, 2-4, 5+, [1, 3]');
}

/** `never-ready`, `vanishes`, or `failed: REASON`. */
function readFate(value: unknown): FaultOutcome {
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
