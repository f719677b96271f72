import { parseCidr } from '../base/cidr.js';
import { parseDuration } from '../base/duration.js';
import { UsageError } from '../base/errors.js';
import { closest, guessed, parseName } from '../base/words.js';

/* Reads the keys of a faults file. Throws usage errors that name the key, and say what is allowed. */

export type Read<T> = (value: unknown, key: string) => T;
export type Readers = Readonly<Record<string, Read<unknown>>>;
export type Values<R extends Readers> = { [K in keyof R]: ReturnType<R[K]> };

export function keysOf<R extends Readers, K extends keyof R & string = never>(readers: R, ...required: readonly K[]) {
  const names = Object.keys(readers);
  const hint = `Valid keys: ${names.join(', ')}`;
  return (value: unknown, place: string) =>
    withPlace(place, () => {
      const entries = Object.entries(objectIn(value, hint)).map(([key, given]) => {
        if (Object.hasOwn(readers, key)) return [key, readers[key]?.(given, key)];
        const near = closest(key, names);
        throw new UsageError(`unknown key '${key}'.`, near ? guessed(near) : hint);
      });
      const read = Object.fromEntries(entries);
      for (const name of required) if (read[name] === undefined) throw new UsageError(`'${name}' is missing.`);
      return read as Partial<Values<R>> & Pick<Values<R>, K>;
    });
}

export function anyKeys(value: unknown, key: string): Record<string, unknown> {
  return withPlace(key, () => ({ ...objectIn(value) }));
}

function objectIn(value: unknown, hint?: string) {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value;
  throw new UsageError('it has no keys.', hint);
}

function withPlace<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof UsageError) throw new UsageError(`${place}: ${error.message}`, error.hint);
    throw error;
  }
}

export function textValues(value: unknown, key: string): Record<string, string> {
  return Object.fromEntries(Object.entries(anyKeys(value, key)).map(([name, each]) => [name, shown(each)]));
}

export function several<T>(read: Read<T>): Read<readonly T[]> {
  return (value, key) => [value].flat().map((each) => read(each, key));
}

/** A text as it is, anything else as JSON: a file can contain values of any type. */
export function shown(value: unknown): string {
  if (typeof value === 'string') return value;
  try {
    return JSON.stringify(value) ?? '';
  } catch {
    throw new UsageError('a value refers to itself.');
  }
}

export function invalidValue(value: unknown, key: string, hint: string): UsageError {
  return new UsageError(`'${shown(value)}' is not a valid value of '${key}'.`, hint);
}

export function like(pattern: Pick<RegExp, 'test'>, hint: string): Read<string> {
  return (value, key) => {
    if (pattern.test(shown(value))) return shown(value);
    throw invalidValue(value, key, hint);
  };
}

export const lineOfText = like(/^\P{Cc}+$/u, 'Use a text on one line.');

export const ipRange = like({ test: (range) => parseCidr(range) !== null }, 'Example: 10.0.0.0/24');

export function choice<const T extends string>(accepted: readonly T[]): Read<T> {
  return (value, key) => parseName(`value of '${key}'`, shown(value), accepted);
}

export function yesOrNo(value: unknown, key: string): boolean {
  if (typeof value === 'boolean') return value;
  throw invalidValue(value, key, 'Use true or false.');
}

export function whole(least: number, most: number): Read<number> {
  return (value, key) => {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return value;
    throw invalidValue(value, key, `Use a number from ${least} to ${most}.`);
  };
}

export function duration(value: unknown, key: string): number {
  return withPlace(key, () => parseDuration(shown(value)));
}
