import { expect, test } from 'vitest';
import { CliError, InterruptedError } from '../../src/base/errors.js';
import { runSteps, type StepEnd } from '../../src/connections/steps.js';
import type { Context } from '../../src/endpoints/context.js';
import type { Later, Live, Progress, StatusChange } from '../../src/ui/io.js';
import { fakeClock } from '../helpers/fake-clock.js';

const facts = {
  endpointId: 'service',
  interfaceEndpointId: null,
  projectId: 'project',
  provider: 'AWS',
  region: 'us-east-1',
};
const titles = ['Atlas service', 'Security group', 'VPC endpoint'];
const done: StepEnd = { result: 'created', detail: 'in us-east-1' };

/** Runs steps, of which the first is an Atlas service and the second a VPC endpoint, and records what is shown. */
function checklist() {
  const clock = fakeClock();
  const changes: StatusChange[] = [];
  const ends: unknown[] = [];
  let shown: { live: Live; later: Later } = { live: () => [], later: () => [] };
  const progress = async (live: Live, later: Later = () => []): Promise<Progress> => {
    shown = { live, later };
    return {
      changed: (change) => void changes.push(change),
      settled: (end) => void ends.push(end),
      stop: () => void ends.push('stop'),
    };
  };
  const context = { clock, io: { progress } } as unknown as Context;
  const run = (...runs: ((inner: Context) => Promise<StepEnd>)[]) => {
    const steps = runs.map((each, index) => {
      const [id, title] = (
        [
          ['service', 'Atlas service'],
          ['vpc-endpoint', 'VPC endpoint'],
        ] as const
      )[index] ?? ['more', 'More'];
      return { id, title, run: each };
    });
    return runSteps(context, {
      titles,
      steps,
      facts: () => facts,
      explain: (error) => error,
    });
  };
  return { run, clock, changes, ends, live: () => shown.live(), later: () => shown.later() };
}

test('shows the step that is under way, and those that come later', async () => {
  const { run, clock, live, later, ends } = checklist();
  const { results } = await run(
    async () => {
      clock.advance(2000);
      expect([live(), later()]).toEqual([[['Atlas service ', '2s']], titles.slice(1)]);
      return done;
    },
    async () => {
      expect([live(), later()]).toEqual([[['VPC endpoint  ', '0s']], []]);
      return done;
    },
  );
  expect(results.map(({ id, result }) => [id, result])).toEqual([
    ['service', 'created'],
    ['vpc-endpoint', 'created'],
  ]);
  expect([live(), ends.at(-1)]).toEqual([[], 'stop']);
});

test('a step that was not planned does not make the earlier ones come later', async () => {
  const { run, later } = checklist();
  const unplanned = async () => {
    expect(later()).toEqual([]);
    return done;
  };
  const planned = async () => done;
  await run(planned, planned, unplanned);
});

test.each([
  [new Error('A bug.'), 'failed after 2s', 'bad'],
  [new CliError('conflict', 'Refused.'), 'failed after 2s', 'bad'],
  [new CliError('timedOut', 'Too late.'), 'timed out after 2s', 'busy'],
  [new InterruptedError('SIGINT'), 'interrupted after 2s', 'busy'],
])('ends after the step that was broken off by %s', async (error, text, tone) => {
  const { run, clock, ends } = checklist();
  const ended = run(async () => {
    clock.advance(2000);
    throw error;
  });
  if (error instanceof CliError) expect(await ended).toEqual({ results: [], error });
  else await expect(ended).rejects.toBe(error);
  expect(ends).toEqual([{ line: ['Atlas service ', text], tone }, 'stop']);
});

test.each([
  [999, 0.999, ''],
  [1000, 1, ' after 1s'],
  [61_234.4, 61.234, ' after 1m1s'],
])('says after %i ms what became of a step', async (ms, elapsedSeconds, after) => {
  const { run, clock, changes, ends } = checklist();
  await run(async () => {
    clock.advance(ms);
    return done;
  });
  const text = `in us-east-1, created${after}`;
  const message = `Atlas service: ${text}`;
  expect(changes).toEqual([
    {
      message,
      facts: {
        ...facts,
        atlasRegion: 'US_EAST_1',
        cluster: null,
        step: 'service',
        status: 'created',
        elapsedSeconds,
      },
    },
  ]);
  expect(ends).toEqual([{ line: ['Atlas service ', text], tone: 'good' }, 'stop']);
});
