import type { Json } from '../base/json.js';
import { readField } from './formats.js';
import { cell, type Row, type View, valueIn } from './view.js';

export type Sort = ReturnType<typeof readSort>;

/** Parses `key` or `-key`; `age` is `-createdAt`. Throws a usage error that lists the valid keys and columns. */
export function readSort(text: string, keys: readonly string[]) {
  const isReversed = text.startsWith('-');
  const key = readField(isReversed ? text.slice(1) : text, keys);
  // The column AGE of a table: the youngest was created last.
  return key === 'age' ? { key: 'createdAt', isDescending: !isReversed } : { key, isDescending: isReversed };
}

/** Returns the view with its rows sorted. The sort is stable, and rows without a value always come last. */
export function sorted(view: View, sort: Sort | undefined): View {
  if (!sort || view.single) return view;
  const { key, isDescending } = sort;
  const compare = comparing(view.order?.[key]);
  const direction = isDescending ? -1 : 1;
  // Only ages change with the time, and they are sorted by createdAt.
  const value = (row: Row) => valueIn(view, row, key, 0) ?? null;
  const isEmpty = (row: Row) => cell(value(row)) === '';
  const full = view.rows.filter((row) => !isEmpty(row));
  full.sort((one, other) => direction * compare(value(one), value(other)));
  return { ...view, rows: [...full, ...view.rows.filter(isEmpty)] };
}

/** Compares numbers by size, values in `order` by their position there, and other values as text. */
function comparing(order: readonly string[] = []): (one: Json, other: Json) => number {
  const { compare } = new Intl.Collator('en');
  const placeOf = (value: Json) => {
    const place = order.indexOf(String(value));
    return place === -1 ? order.length : place;
  };
  return (one, other) => {
    if (typeof one === 'number' && typeof other === 'number') return one - other;
    return placeOf(one) - placeOf(other) || compare(cell(one), cell(other));
  };
}
