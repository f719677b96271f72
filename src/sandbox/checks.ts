import { isIP } from 'node:net';

/* Checks of values. */

export type Check = (value: unknown) => boolean;

export const isObject: Check = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText: Check = (value) => typeof value === 'string';
export const isFlag: Check = (value) => typeof value === 'boolean';
/** Also a duration. A date can't hold more. */
export const isTime: Check = (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15;
export const isNull: Check = (value) => value === null;
export const isMissing: Check = (value) => value === undefined;
export const isAddress: Check = (value) => typeof value === 'string' && isIP(value) !== 0;

export const either =
  (...checks: Check[]): Check =>
  (value) =>
    checks.some((check) => check(value));

export const oneOf =
  (...accepted: readonly unknown[]): Check =>
  (value) =>
    accepted.includes(value);

export const listOf =
  (check: Check): Check =>
  (value) =>
    Array.isArray(value) && value.every(check);

export const shape =
  (checks: Readonly<Record<string, Check>>): Check =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([key, check]) => check((value as Record<string, unknown>)[key]));

/** Of any keys. */
export const recordOf =
  (check: Check): Check =>
  (value) =>
    isObject(value) && Object.values(value as Record<string, unknown>).every(check);
