import { createHash } from 'node:crypto';

/** Hex digits derived from a name. They are always the same, so they need not be saved. */
export function digits(name: string, length: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, length);
}

export function uuid(name: string): string {
  return digits(name, 32).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
