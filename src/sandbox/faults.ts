import type { faultKeys } from './faults-file.js';
import type { Values } from './read-keys.js';

/** What happens to a service or an interface endpoint at the time when it would become ready. */
export type FaultOutcome = { kind: 'never-ready' } | { kind: 'vanishes' } | { kind: 'failed'; reason: string };

/** A fault in some of the requests. Without an optional key, that part behaves as usual. */
export type Fault = Partial<Omit<Values<typeof faultKeys>, 'delay' | 'endpoint'>> & {
  /** Milliseconds before the response, after the effect. */
  delayMs?: number;
  /** What happens to the service or the interface endpoint that this request creates. */
  fate?: FaultOutcome;
};

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
