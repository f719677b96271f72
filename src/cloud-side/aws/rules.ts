import type { Existing } from './existing.js';
import type { Rule } from './model.js';

/** Atlas uses ports of this range, which change. */
export const ports = { fromPort: 1024, toPort: 65_535 } as const;

/** What the own security group is to let in. */
export function ruleSources({ wanted, vpc }: Existing): readonly string[] {
  return wanted.from.length > 0 ? wanted.from : (vpc?.cidrs ?? []);
}

/** The rules that the own security group lacks; all of them if there is no group. */
export function missingRules(there: Existing): readonly Rule[] {
  const rules = there.ownGroup?.rules ?? [];
  const isThere = (source: string) =>
    rules.some(({ from, fromPort, toPort }) => from === source && fromPort <= ports.fromPort && toPort >= ports.toPort);
  return ruleSources(there)
    .filter((source) => !isThere(source))
    .map((from) => ({ from, ...ports }));
}
