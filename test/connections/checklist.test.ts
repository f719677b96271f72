import { expect, test } from 'vitest';
import { openChecklist } from '../../src/connections/steps.js';
import type { Session } from '../../src/endpoints/session.js';
import type { Later, Live, Progress, StatusChange } from '../../src/ui/progress.js';
import { fakeClock } from '../helpers/fake-clock.js';

const facts = {
  ...{ endpointId: 'service', interfaceEndpointId: null, projectId: 'project', provider: 'AWS', region: 'us-east-1' },
};
const titles = ['Atlas service', 'Security group', 'VPC endpoint'];
const service = { id: 'service', title: 'Atlas service' };
const done = { ...service, result: 'created', detail: 'in us-east-1' };

async function open() {
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
  const checklist = await openChecklist({ clock, io: { progress } } as unknown as Session, titles);
  return { checklist, clock, changes, ends, live: () => shown.live(), later: () => shown.later() };
}

test('shows the step that is under way, and those that come later', async () => {
  const { checklist, clock, live, later } = await open();
  expect([live(), later()]).toEqual([[], titles]);
  checklist.begin(service);
  clock.advance(2000);
  expect([live(), later()]).toEqual([[['Atlas service', '2s']], titles.slice(1)]);
  checklist.end(done, facts);
  expect([live(), later()]).toEqual([[], titles.slice(1)]);
  checklist.begin({ id: 'vpc-endpoint', title: 'VPC endpoint' });
  expect([live(), later()]).toEqual([[['VPC endpoint', '0s']], []]);
});

test('shows the rows of a wait as a part of their step, until the wait ends', async () => {
  const { checklist, live } = await open();
  const inner = await checklist.begin(service).io.progress(() => [
    ['us-east-1', 'INITIATING'],
    ['us-west-2', 'INITIATING'],
  ]);
  expect(live()).toEqual([
    ['Atlas service', 'us-east-1', 'INITIATING'],
    ['Atlas service', 'us-west-2', 'INITIATING'],
  ]);
  inner.stop();
  expect(live()).toEqual([['Atlas service', '0s']]);
});

test.each([
  [999, 0.999, ''],
  [1000, 1, ' after 1s'],
  [61_234.4, 61.234, ' after 1m1s'],
])('says after %i ms what became of a step', async (ms, elapsedSeconds, after) => {
  const { checklist, clock, changes, ends } = await open();
  checklist.begin(service);
  clock.advance(ms);
  checklist.end(done, facts);
  const message = `Atlas service: created in us-east-1${after}`;
  expect(changes).toEqual([
    {
      message,
      facts: {
        ...{ ...facts, atlasRegion: 'US_EAST_1', cluster: null },
        ...{ step: 'service', status: 'created', elapsedSeconds },
      },
    },
  ]);
  expect(ends).toEqual([{ line: message, tone: 'good' }]);
});

test('ends after the step that failed', async () => {
  const { checklist, ends, live } = await open();
  checklist.begin(service);
  checklist.stop(service);
  expect([ends, live()]).toEqual([[{ line: 'Atlas service', tone: 'bad' }, 'stop'], []]);
  checklist.stop();
  expect(ends.slice(2)).toEqual(['stop']);
});
