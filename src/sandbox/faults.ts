import type { FaultSetup } from './faults-file.js';

/** What happens to requests, as the keys of a faults file say. All are optional. */
export type Fault = { [K in keyof FaultSetup]?: FaultSetup[K] | undefined };

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
