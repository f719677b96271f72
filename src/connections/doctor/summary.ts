import { grouped } from '../../base/grouped.js';
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
  const good = checks.filter((each) => each.id === id && each.result === 'success');
  const states = grouped(good, ({ detail }) => detail);
  const namesOf = (all: readonly Checked[]) => all.map(({ short }) => short ?? '');
  return states.map((all) => `${listed(namesOf(all), mostNames)}: ${all[0].detail}`).join('; ');
}
