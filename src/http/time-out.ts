import { formatDuration } from '../base/duration.js';

/** Whether this is the reason of a `Clock`'s time-out. */
export function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** `within 30s`: in whole seconds. */
export function within(ms: number): string {
  return `within ${formatDuration(Math.ceil(ms / 1000) * 1000)}`;
}
