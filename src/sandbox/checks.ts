import { isIP } from 'node:net';

/* Checks of values. */

export type ShapeCheck = (value: unknown) => boolean;

export const isObject: ShapeCheck = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText: ShapeCheck = (value) => typeof value === 'string';
export const isFlag: ShapeCheck = (value) => typeof value === 'boolean';
/** Also a duration. A date can't hold more. */
export const isTime: ShapeCheck = (value) => typeof value === 'number' && Math.abs(value) <= 8.64e15;
export const isNull: ShapeCheck = (value) => value === null;
export const isMissing: ShapeCheck = (value) => value === undefined;
export const isAddress: ShapeCheck = (value) => typeof value === 'string' && isIP(value) !== 0;

export const either =
  (...checks: ShapeCheck[]): ShapeCheck =>
  (value) =>
    checks.some((check) => check(value));

export const isOneOf =
  (...accepted: readonly unknown[]): ShapeCheck =>
  (value) =>
    accepted.includes(value);

export const listOf =
  (check: ShapeCheck): ShapeCheck =>
  (value) =>
    Array.isArray(value) && value.every(check);

export const shape =
  (checks: Readonly<Record<string, ShapeCheck>>): ShapeCheck =>
  (value) =>
    isObject(value) && Object.entries(checks).every(([key, check]) => check((value as Record<string, unknown>)[key]));

/** Of any keys. */
export const recordOf =
  (check: ShapeCheck): ShapeCheck =>
  (value) =>
    isObject(value) && Object.values(value as Record<string, unknown>).every(check);
