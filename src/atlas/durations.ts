import type { Provider } from './provider.js';

/** Seconds from the create answer to ready. */
export interface ReadyTimes {
  least: number;
  median: number;
  /** 95 of 100 are ready by then. */
  p95: number;
  most: number;
}

/** What 103 services of each cloud took at the live API between March 2025 and August 2026. */
export const readyTimes: Record<Provider, ReadyTimes> = {
  AWS: { least: 141, median: 168, p95: 187, most: 1464 },
  AZURE: { least: 42, median: 59, p95: 78, most: 147 },
  GCP: { least: 218, median: 275, p95: 366, most: 1490 },
};
