import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatDuration } from '../../src/base/duration.js';
import { clouds, type Provider, providers } from '../../src/clouds/all.js';
import { type Awaited, gapMs, withJitter } from '../../src/wait/schedule.js';
import { replay, schedules } from '../../tools/replay.js';
import { pages } from '../helpers/documents.js';

const awaited: Awaited = { readyTimes: clouds.AWS.readyTimes, isAtlas: true, ageMs: 0, elapsedMs: 0 };

test.each(providers)('%s: every 15 s until the shortest recorded time, then 2 s, then 5 s to 15 s', (provider) => {
  const { readyTimes } = clouds[provider];
  const { least } = readyTimes;
  const gapAt = (seconds: number) => gapMs({ ...awaited, readyTimes, ageMs: seconds * 1000 }) / 1000;
  expect([0, least - 15, least - 3].map(gapAt)).toEqual([15, 15, 3]);
  expect([least, 2 * least - 1].map(gapAt)).toEqual([2, 2]);
  expect([2 * least, 400, 480, 600, 86_400].map((age) => gapAt(Math.max(2 * least, age)))).toEqual(
    [2 * least, 400, 480, 600, 600].map((age) => Math.max(5, Math.max(2 * least, age) / 40)),
  );
});

test('a wait that starts late polls at the same moments', () => {
  expect(gapMs({ ...awaited, ageMs: 170_000, elapsedMs: 0 })).toBe(
    gapMs({ ...awaited, ageMs: 170_000, elapsedMs: 170_000 }),
  );
});

test('without recorded times, polls in proportion to the elapsed time', () => {
  const unknown: Partial<Awaited>[] = [{ readyTimes: undefined }, { isAtlas: false }];
  for (const odd of unknown) {
    const gaps = [0, 10, 20, 100, 600].map(
      (s) => gapMs({ ...awaited, ...odd, elapsedMs: s * 1000, ageMs: 1 }) / 1000,
    );
    expect(gaps).toEqual([odd.isAtlas === false ? 1 : 2, 2, 4, 15, 15]);
  }
});

test('jitter is at most a tenth, at most a second, and never makes a gap longer than 15 s', () => {
  expect([0, 0.5, 1].map((chance) => withJitter(2000, () => chance))).toEqual([1800, 2000, 2200]);
  expect([0, 1].map((chance) => withJitter(13_000, () => chance))).toEqual([12_000, 14_000]);
  expect([0, 1].map((chance) => withJitter(15_000, () => chance))).toEqual([14_000, 15_000]);
});

describe('recorded times', () => {
  const recorded = JSON.parse(readFileSync('tools/wait-durations.json', 'utf8')) as Record<Provider, number[]>;

  /** Average requests of a wait, and seconds from ready to the report: ours, one request every 4 s, Terraform's. */
  const costs: Record<Provider, readonly [requests: readonly string[], late: readonly string[]]> = {
    AWS: [
      ['29.4', '52.6', '24.7'],
      ['1.2', '1.4', '4.4'],
    ],
    AZURE: [
      ['13.7', '15.7', '10.0'],
      ['1.0', '1.7', '5.2'],
    ],
    GCP: [
      ['52.8', '77.5', '34.7'],
      ['1.1', '1.6', '5.1'],
    ],
  };

  test.each(providers)('of %s take as many requests as before', (provider) => {
    const runs = recorded[provider];
    const own = replay(schedules['atlas-pe'](provider), runs);
    const results = [own, replay(schedules['every 4 s'](), runs, 1), replay(schedules.Terraform(), runs, 1)];
    expect(runs.length).toBeGreaterThan(50);
    expect(own.longestGap).toBe(15);
    expect([results.map(({ requests }) => requests.toFixed(1)), results.map(({ late }) => late.toFixed(1))]).toEqual(
      costs[provider],
    );
  });

  test.each(Object.keys(recorded) as Provider[])('of %s match the usual times in docs/scripts.md', (provider) => {
    const { title, readyTimes } = clouds[provider];
    const runs = [...recorded[provider]].sort((a, b) => a - b);
    expect(readyTimes.least).toBe(runs[0]);
    const at = 0.95 * (runs.length - 1);
    const [below = 0, above = 0] = runs.slice(Math.floor(at));
    expect(Math.abs(below + (at % 1) * (above - below) - readyTimes.p95)).toBeLessThan(2);
    const [from, to] = [readyTimes.least, readyTimes.p95].map((seconds) => formatDuration(seconds * 1000));
    expect(pages.get('docs/scripts.md')).toContain(`| ${title} | ${from} to ${to} |`);
  });
});
