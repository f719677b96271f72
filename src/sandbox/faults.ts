/** What becomes of something, at the time when it would get ready, instead of getting ready. */
export type Fate = { kind: 'never-ready' } | { kind: 'vanishes' } | { kind: 'failed'; reason: string };

/** Something that goes wrong with some of the requests. What isn't said goes as usual. */
export interface Fault {
  /** Every one where it isn't given. */
  method?: string;
  /** A path, in which `*` stands for anything; without one at its start it may end any path. Default: every path. */
  path?: string;
  /** An action of AWS, such as `CreateVpcEndpoint`: only requests of that. */
  action?: string;
  /** Which of the requests that fit, counted from 1: the ranges from–to. Default: all. */
  nth?: readonly { from: number; to: number }[];
  /** Answers this status; the request takes no effect unless `effect` says so. */
  status?: number;
  effect?: boolean;
  headers?: Record<string, string>;
  /** Beside a status: the code of the error, where there is no body. */
  code?: string;
  /** Beside a status; by default the error as Atlas, or AWS, writes it. */
  body?: string;
  /** Milliseconds before the answer, after the effect. */
  delayMs?: number;
  /** Breaks the connection off before or after the effect, without an answer. */
  drop?: 'before' | 'after';
  /** Leaves only this many characters of the body. */
  truncate?: number;
  /** Refuses the credentials as Atlas does when they have aged. */
  auth?: 'stale-nonce' | 'expired-token';
  /** What becomes of the service, or the interface endpoint, that this request creates. */
  fate?: Fate;
}

/** Faults that count requests: the first one that fits and is due is the one that happens. */
export interface Faults {
  next(method: string, path: string, action?: string): Fault | undefined;
}

export function createFaults(faults: readonly Fault[]): Faults {
  const rules = faults.map((fault) => ({ fault, fits: matcher(fault), seen: 0 }));
  return {
    next: (method, path, action) => {
      let found: Fault | undefined;
      // Each counts all requests that fit, also those that another one got hold of.
      for (const rule of rules) {
        if (!rule.fits(method, path, action)) continue;
        const count = ++rule.seen;
        const isDue = rule.fault.nth?.some(({ from, to }) => count >= from && count <= to) ?? true;
        if (isDue) found ??= rule.fault;
      }
      return found;
    },
  };
}

function matcher({ method, path, action }: Fault): (method: string, path: string, action?: string) => boolean {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = path === undefined ? undefined : new RegExp(`(^|.)${path.split('*').map(literal).join('.*')}$`);
  return (its, at, does) =>
    (method === undefined || method === its) &&
    (pattern === undefined || pattern.test(at)) &&
    (action === undefined || action === does);
}
