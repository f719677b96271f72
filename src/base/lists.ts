/** How many items of an external list a message names. */
export const mostListed = 10;

export function listed(items: readonly string[], most = mostListed, separator = ', '): string {
  const shown = items.slice(0, most).join(separator);
  return items.length > most ? `${shown} and ${items.length - most} more` : shown;
}

export function oneOf(names: readonly string[], word = 'or'): string {
  return names.join(', ').replace(/, ([^,]*)$/, ` ${word} $1`);
}

export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** Items with the same key together, in the order of their first ones. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): [T, ...T[]][] {
  const groups = new Map<string, [T, ...T[]]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return [...groups.values()];
}
