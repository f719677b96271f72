import { expect, test } from 'vitest';
import { CliError, InterruptedError } from '../../src/base/errors.js';
import { runSteps } from '../../src/connections/steps.js';
import type { Context } from '../../src/endpoints/context.js';
import { noProgress, type Progress } from '../../src/ui/progress.js';
import { fakeClock } from '../helpers/fake-clock.js';

test.each([
  [new Error('A bug.'), 'failed after 2s', 'bad'],
  [new CliError('conflict', 'Refused.'), 'failed after 2s', 'bad'],
  [new CliError('timedOut', 'Too late.'), 'timed out after 2s', 'busy'],
  [new InterruptedError('SIGINT'), 'interrupted after 2s', 'busy'],
])('ends after the step that was broken off by %s', async (error, text, tone) => {
  const clock = fakeClock();
  const ends: unknown[] = [];
  const progress = async (): Promise<Progress> => {
    return { ...noProgress, settled: (end) => void ends.push(end), stop: () => void ends.push('stop') };
  };
  const run = async () => {
    clock.advance(2000);
    throw error;
  };
  const ended = runSteps({ clock, io: { progress } } as unknown as Context, {
    titles: ['Atlas service', 'VPC endpoint'],
    steps: [{ id: 'service', title: 'Atlas service', run }],
    facts: () => ({ endpointId: 'service', interfaceEndpointId: null, projectId: 'p', provider: 'AWS', region: 'r' }),
    explain: (thrown) => thrown,
  });
  await expect(ended).rejects.toBe(error);
  expect(ends).toEqual([{ line: ['Atlas service', text], tone }, 'stop']);
});
