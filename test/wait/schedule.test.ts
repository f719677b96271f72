import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { formatDuration } from '../../src/base/duration.js';
import { clouds, type Provider, providers } from '../../src/clouds/all.js';
import { type Awaited, gap, withJitter } from '../../src/wait/schedule.js';
import { type Cost, replay, schedules, targets } from '../../tools/replay.js';
import { pages } from '../helpers/documents.js';

const awaited: Awaited = { expected: clouds.AWS, isAtlas: true, ageMs: 0, elapsedMs: 0 };
const gapAt = (seconds: number, provider: Provider = 'AWS') =>
  gap({ ...awaited, expected: clouds[provider], ageMs: seconds * 1000 }) / 1000;

describe.each(providers)('%s', (provider) => {
  const { least, median, p95, most } = clouds[provider].readyTimes;

  test('is not polled before the shortest recorded time', () => {
    expect(gapAt(0, provider)).toBe(least);
    expect(gapAt(least - 10, provider)).toBe(10);
  });

  test('is polled often while most become ready, then less and less often', () => {
    expect(gapAt(median, provider)).toBeLessThan(gapAt(least, provider));
    const after = [p95, p95 + 30, most, 2 * most, 4 * most].map((age) => gapAt(age, provider));
    expect(after).toEqual([...after].sort((a, b) => a - b));
    expect(gapAt(86_400, provider)).toBe(30);
  });
});

test('a wait that starts late polls at the same moments', () => {
  expect(gap({ ...awaited, ageMs: 170_000, elapsedMs: 0 })).toBe(
    gap({ ...awaited, ageMs: 170_000, elapsedMs: 170_000 }),
  );
});

test('without recorded times, polls in proportion to the elapsed time', () => {
  const unknown: Partial<Awaited>[] = [{ expected: undefined }, { isAtlas: false }];
  for (const odd of unknown) {
    const gaps = [0, 10, 20, 100, 600].map((s) => gap({ ...awaited, ...odd, elapsedMs: s * 1000, ageMs: 1 }) / 1000);
    expect(gaps).toEqual([odd.isAtlas === false ? 1 : 2, 2, 4, 20, 30]);
  }
});

test('jitter is at most a tenth, and at most a second', () => {
  expect([0, 0.5, 1].map((chance) => withJitter(2000, () => chance))).toEqual([1800, 2000, 2200]);
  expect([0, 1].map((chance) => withJitter(141_000, () => chance))).toEqual([140_000, 142_000]);
});

describe('recorded times', () => {
  const recorded = JSON.parse(readFileSync('tools/wait-durations.json', 'utf8')) as Record<Provider, number[]>;

  test.each(Object.keys(recorded) as Provider[])('of %s meet their targets', (provider) => {
    const runs = recorded[provider];
    const own = replay(schedules['atlas-pe'](provider), runs);
    const results = {
      'atlas-pe': own,
      'every 4 s': replay(schedules['every 4 s'](), runs, 1),
      Terraform: replay(schedules.Terraform(), runs, 1),
    };
    expect(runs.length).toBeGreaterThan(50);
    expect(Object.entries(targets(provider, results)).filter(([, isMet]) => !isMet)).toEqual([]);

    const row = (cell: (cost: Cost) => string) =>
      `| ${[clouds[provider].title, ...Object.values(results).map(cell)].join(' | ')} |`;
    const page = pages.get('docs/comparison.md');
    expect(page).toContain(row(({ requests }) => requests.toFixed(1)));
    expect(page).toContain(row(({ late }) => `${late.toFixed(1)} s`));
  });

  test.each(Object.keys(recorded) as Provider[])('of %s match the usual times in docs/waiting.md', (provider) => {
    const { title, readyTimes } = clouds[provider];
    const runs = [...recorded[provider]].sort((a, b) => a - b);
    expect(readyTimes.least).toBe(runs[0]);
    const at = 0.95 * (runs.length - 1);
    const [below = 0, above = 0] = runs.slice(Math.floor(at));
    expect(Math.abs(below + (at % 1) * (above - below) - readyTimes.p95)).toBeLessThan(2);
    const [from, to] = [readyTimes.least, readyTimes.p95].map((seconds) => formatDuration(seconds * 1000));
    expect(pages.get('docs/waiting.md')).toContain(`| ${title} | ${from} to ${to} |`);
  });
});
