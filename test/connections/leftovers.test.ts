import { expect, test } from 'vitest';
import { leftoverNotes } from '../../src/connections/show-plan.js';
import { endpointOf } from '../helpers/endpoint-of.js';
import { fakeContext } from '../helpers/fake-context.js';

test('what is left of services that are gone is grouped by service and region, with one sign-in', async () => {
  const region = 'us-east-1';
  const service = endpointOf();
  const [gone, other] = ['6a793f68c0eb9e7a17715836', '6a793f68c0eb9e7a17715837'];
  const { context } = fakeContext({ atlas: { listServices: async () => [service, endpointOf({ id: other })] } });
  const owned = [
    { id: 'vpce-1', region, ownerId: service.id },
    { id: 'vpce-2', region, ownerId: gone },
    { id: 'sg-2', region, ownerId: gone },
    { id: 'sg-3', region: 'us-west-2', ownerId: gone },
    { id: 'sg-4', region, ownerId: other },
    { id: 'sg-5', region, ownerId: 'no id' },
    { id: 'vpce-6', region, ownerId: null },
  ].map(({ ownerId, ...each }) => {
    const mark = ownerId === null ? null : { projectId: 'project', serviceId: ownerId, isServiceOurs: false };
    return { ...each, mark };
  });
  const about = { projectId: 'project', provider: 'AWS', service } as const;
  const line = (where: string) => `atlas-pe disconnect ${gone} --region ${where} --aws-profile work --yes`;
  expect(await leftoverNotes(context, about, owned, ['--aws-profile', 'work'])).toEqual([
    { text: expect.stringMatching(/^vpce-2, sg-2: /), commands: [line(region)], ids: ['vpce-2', 'sg-2'] },
    { text: expect.stringMatching(/^sg-3: /), commands: [line('us-west-2')], ids: ['sg-3'] },
  ]);
});
