import type { LookupFunction } from 'node:net';

/**
 * Shares one lookup of a name among all concurrent callers. A system lookup can't be cancelled, and Node can't exit
 * before it ends. So there is never more than one for the same name and options.
 */
export function sharingLookups(lookup: LookupFunction): { lookup: LookupFunction; isLookingUp(): boolean } {
  const waiting = new Map<string, Parameters<LookupFunction>[2][]>();
  const shared: LookupFunction = (hostname, options, callback) => {
    const key = JSON.stringify([hostname, options]);
    const others = waiting.get(key);
    if (others) return void others.push(callback);
    const all = [callback];
    waiting.set(key, all);
    lookup(hostname, options, (...result) => {
      waiting.delete(key);
      for (const each of all) each(...result);
    });
  };
  return { lookup: shared, isLookingUp: () => waiting.size > 0 };
}
