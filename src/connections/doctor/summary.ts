import { listed } from '../../base/listed.js';
import type { Checked } from './check.js';

/* Parts of the line of a category without problems. */

/** How many names such a line has room for. */
export const mostNames = 3;

/** What the good checks with this id found, each once. */
export function itemsOf(checks: readonly Checked[], id: string): string[] {
  return [...new Set(checks.flatMap((each) => (each.id === id ? each.items : [])))];
}

/** What the good checks with this id found, each once with its subjects: `us-east-1, eu-west-1: AVAILABLE`. */
export function statesOf(checks: readonly Checked[], id: string): string {
  const names = new Map<string, string[]>();
  for (const { detail, short } of checks.filter((each) => each.id === id && each.result === 'success'))
    names.set(detail, [...(names.get(detail) ?? []), short ?? '']);
  return [...names].map(([state, of]) => `${listed(of, mostNames)}: ${state}`).join('; ');
}
