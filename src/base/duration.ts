import { UsageError } from './errors.js';
import { guessed } from './words.js';

const units = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longest = 30 * units.d;

/** Reads `90s`, `20m`, `1h30m` or `500ms` and returns milliseconds. Throws a usage error for anything else. */
export function parseDuration(text: string): number {
  const written = text.trim().toLowerCase();
  if (!/^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/.test(written)) {
    const isNumber = /^\d+$/.test(written);
    const hint = isNumber ? guessed(`${written}s or ${written}m`) : 'Examples: 90s, 20m, 1h30m';
    throw new UsageError(`'${text}' is not a valid duration.`, hint);
  }
  let total = 0;
  for (const [, amount, unit] of written.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    total += Number(amount) * units[unit as keyof typeof units];
  }
  if (total > longest) throw new UsageError(`'${text}' is too long.`, 'The maximum is 30d.');
  return Math.round(total);
}

/** Formats an age like kubectl, but in one unit: `45s`, `5m`, `3h`, `12d`. */
export function formatAge(ms: number): string {
  const unit = (['d', 'h', 'm'] as const).find((each) => ms >= units[each]) ?? 's';
  return `${Math.max(0, Math.floor(ms / units[unit]))}${unit}`;
}

/** Formats milliseconds as `8s`, `2m20s` or `1h5m`: whole seconds, at most two units. */
export function formatDuration(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60), seconds % 60];
  if (h > 0) return m > 0 ? `${h}h${m}m` : `${h}h`;
  if (m > 0) return s > 0 ? `${m}m${s}s` : `${m}m`;
  return `${s}s`;
}
