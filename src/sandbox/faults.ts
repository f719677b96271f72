/** What happens to a service or an interface endpoint at the time when it would become ready. */
export type FaultOutcome = { kind: 'never-ready' } | { kind: 'vanishes' } | { kind: 'failed'; reason: string };

/** A fault in some of the requests. Without an optional key, that part behaves as usual. */
export interface Fault {
  /** Default: every method. */
  method?: string;
  /**
   * A path, in which `*` matches anything. A pattern that does not start with a slash matches the end of a path.
   * Default: every path.
   */
  path?: string;
  /** An action of AWS, such as `CreateVpcEndpoint`, or a permission of Azure. Default: every request. */
  action?: string;
  /** Which of the matching requests, counted from 1, as ranges. Default: all. */
  nth?: readonly { from: number; to: number }[];
  /** Responds with this status. The request has no effect unless `effect` is true. */
  status?: number;
  effect?: boolean;
  headers?: Record<string, string>;
  /** With a status: the code of the default error. */
  code?: string;
  /** With a status. Default: an error in the format of Atlas or AWS. */
  body?: string;
  /** Milliseconds before the response, after the effect. */
  delayMs?: number;
  /** Closes the connection before or after the effect, without a response. */
  drop?: 'before' | 'after';
  /** Cuts the body after this many characters. */
  truncate?: number;
  /** Rejects the credentials like Atlas does when they have expired. */
  auth?: 'stale-nonce' | 'expired-token';
  /** What happens to the service or the interface endpoint that this request creates. */
  fate?: FaultOutcome;
}

export type Faults = ReturnType<typeof createFaults>;

/** Faults that count requests. The first one that matches and is due happens. */
export function createFaults(faults: readonly Fault[]) {
  const rules = faults.map((fault) => ({ fault, fits: matcher(fault), seen: 0 }));
  return {
    next: (method: string, path: string, action?: string) => {
      let found: Fault | undefined;
      // Each fault counts all matching requests, including those that got another fault.
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

/** The methods of requests that create something. */
export const creating: readonly string[] = ['POST', 'PUT'];

function matcher({ method, path, action, fate }: Fault): (method: string, path: string, action?: string) => boolean {
  const literal = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const pattern = path === undefined ? undefined : new RegExp(`(^|.)${path.split('*').map(literal).join('.*')}$`);
  const methods = method === undefined ? fate && creating : [method];
  return (its, at, does) =>
    (methods?.includes(its) ?? true) &&
    (pattern === undefined || pattern.test(at)) &&
    (action === undefined || action === does);
}
