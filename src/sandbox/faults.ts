import * as read from './read-keys.js';
import type { FaultOutcome } from './world.js';

const faultKeys = {
  /* Which requests. Default: all. */
  method: read.choice<string>(['GET', 'POST', 'PUT', 'PATCH', 'DELETE']),
  /** A path, in which `*` matches anything. A pattern that does not start with a slash matches the end of a path. */
  path: read.lineOfText,
  action: read.lineOfText,
  nth: read.several(readRange),
  /** Responds with this status. The request has no effect unless `effect` is true. */
  status: read.whole(200, 599),
  effect: read.yesOrNo,
  code: read.lineOfText,
  /** With a status. Default: an error in the format of the API. */
  body: read.shown,
  headers: read.textValues,
  delay: read.duration,
  /** Closes the connection before or after the effect, without a response. */
  drop: read.choice(['before', 'after']),
  truncate: read.whole(0, 1_000_000),
  /** Rejects the credentials like Atlas does when they have expired. */
  auth: read.choice(['stale-nonce', 'expired-token']),
  endpoint: readFate,
} satisfies read.Readers;

export type Fault = Partial<Omit<read.Values<typeof faultKeys>, 'delay' | 'endpoint'>> & {
  delayMs?: number;
  fate?: FaultOutcome;
};

const readFaultKeys = read.keysOf(faultKeys);

export function readFault(value: unknown, place: string): Fault {
  const { delay: delayMs, endpoint: fate, ...others } = readFaultKeys(value, place);
  return { ...others, ...(delayMs !== undefined && { delayMs }), ...(fate && { fate }) };
}

function readRange(value: unknown, key: string) {
  const [, first = '', more, last] = /^([1-9]\d*)(?:(\+)|-([1-9]\d*))?$/.exec(read.shown(value)) ?? [];
  const from = Number(first);
  const to = more ? Number.POSITIVE_INFINITY : Number(last ?? first);
  if (first !== '' && to >= from) return { from, to };
  throw read.invalidValue(value, key, 'Examples: 1, 2-4, 5+, [1, 3]');
}

function readFate(value: unknown, key: string): FaultOutcome {
  if (value === 'never-ready' || value === 'vanishes') return { kind: value };
  const { failed } = Object(value) as { failed?: unknown };
  if (typeof failed === 'string') return { kind: 'failed', reason: failed };
  throw read.invalidValue(value, key, 'Valid values: never-ready, vanishes, failed: REASON');
}

export type Faults = ReturnType<typeof createFaults>;

/** Faults that count requests. The first one that matches and is due happens. */
export function createFaults(faults: readonly Fault[]) {
  const rules = faults.map((fault) => ({ fault, seen: 0 }));
  return {
    next: (method: string, path: string, action?: string) => {
      let found: Fault | undefined;
      // Each fault counts all matching requests, including those that got another fault.
      for (const rule of rules) {
        if (!isFor(rule.fault, method, path, action)) continue;
        const count = ++rule.seen;
        const isDue = rule.fault.nth?.some(({ from, to }) => count >= from && count <= to) ?? true;
        if (isDue) found ??= rule.fault;
      }
      return found;
    },
  };
}

const creating: readonly string[] = ['POST', 'PUT'];

function isFor(fault: Fault, method: string, path: string, action?: string) {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const methods = fault.method === undefined ? fault.fate && creating : [fault.method];
  if (methods && !methods.includes(method)) return false;
  if (fault.action !== undefined && fault.action !== action) return false;
  return new RegExp(`(^|.)${(fault.path ?? '*').split('*').map(literal).join('.*')}$`).test(path);
}
