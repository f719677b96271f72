import { createHash } from 'node:crypto';

/** Hex digits that stay the same for a name, so that nothing more need be kept. */
export function digits(name: string, length: number): string {
  return createHash('sha256').update(name).digest('hex').slice(0, length);
}

export function uuid(name: string): string {
  return digits(name, 32).replace(/(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}
