import { describe, expect, test, vi } from 'vitest';
import type { Cloud } from '../../src/clouds/cloud.js';
import type { Found } from '../../src/clouds/found.js';
import { runDisconnect } from '../../src/connections/disconnect/carry-out.js';
import {
  chosenIn,
  type DisconnectFound,
  meantBy,
  outcomeOf,
  subjectsOf,
} from '../../src/connections/disconnect/found.js';
import { planDisconnect } from '../../src/connections/disconnect/plan.js';
import { startDeadline } from '../../src/endpoints/goal.js';
import { endpoint, service as ref } from '../clouds/aws/existing.js';
import { endpointOf } from '../helpers/endpoint-of.js';
import { fakeContext } from '../helpers/fake-context.js';

const service = endpointOf({ id: ref.id, projectId: ref.projectId });
describe('disconnect', () => {
  const mark = { projectId: ref.projectId, serviceId: ref.id, isServiceOurs: false };
  const mine = (id: string, more: Partial<Found> = {}): Found => ({
    ...endpoint(id, 'available', { mark }),
    ...more,
  });
  const securityGroup = { ...mine('sg-1', { uses: [], state: '', stage: 'ready' }), stepId: 'security-group' };
  const found = (more: Partial<DisconnectFound>): DisconnectFound => ({
    projectId: ref.projectId,
    provider: 'AWS',
    region: 'us-east-1',
    atlasRegion: 'US_EAST_1',
    service,
    serviceId: undefined,
    serviceIds: [ref.id],
    signedIn: { account: '123456789012', principal: 'arn:aws:iam::123456789012:user/me', shortPrincipal: 'user/me' },
    endpoints: [],
    resources: [],
    ended: [],
    elsewhere: [],
    named: undefined,
    keepsService: false,
    ...more,
  });

  test('an endpoint that another command attached since the plan stays', async () => {
    const planned = found({ endpoints: [mine('vpce-1')] });
    const getService = async () => ({ ...service, interfaceEndpoints: ['vpce-1'] });
    const { context } = fakeContext({ atlas: { getService } });
    const remove = vi.fn();
    const searched = [{ region: 'us-east-1', remove } as unknown as Cloud];
    const deadline = startDeadline(context, { timeoutMs: 1000 });
    const region = { found: planned, plan: planDisconnect(planned), searched };
    const { error } = await runDisconnect(region, { context, deadline });
    expect([error?.exit, remove.mock.calls]).toEqual(['conflict', []]);
  });

  /* An id, and what both sides say of it, in the words of `there`. */
  const worldOf = (all: Record<string, string>, named?: string): DisconnectFound => {
    const having = (word: string) => Object.keys(all).filter((id) => all[id]?.split(' ').includes(word));
    const endpoints = [...having('ours'), ...having('theirs')].map((id) =>
      mine(id, {
        uses: [],
        mark: having('ours').includes(id) ? mark : null,
        stage: having('dead').includes(id) ? 'ended' : 'connected',
      }),
    );
    return found({
      service: { ...service, interfaceEndpoints: having('attached') },
      endpoints,
      resources: having('unused').length > 0 ? [securityGroup] : [],
      ended: having('ended'),
      elsewhere: having('elsewhere'),
      named,
    });
  };
  const outcomes = (all: Record<string, string>, named?: string) => {
    const world = worldOf(all, named);
    const subjects = subjectsOf(world);
    const meant = meantBy(chosenIn(subjects, world), subjects, named);
    return Object.fromEntries(meant.map((each) => [each.id, outcomeOf(each)]));
  };

  test.each<[why: string, all: Record<string, string>, expected: Record<string, string>, named?: string]>([
    ['ours and attached', { a: 'ours attached' }, { a: 'detach and remove' }],
    ['ours and not attached', { a: 'ours' }, { a: 'remove' }],
    ['ours, which Atlas has refused', { a: 'ours attached ended' }, { a: 'detach and remove' }],
    ['ours, with the name of one in another account', { a: 'ours attached elsewhere' }, { a: 'remove' }],
    ['ours, with the name of a failed one elsewhere', { a: 'ours attached elsewhere ended' }, { a: 'remove' }],
    ["somebody else's", { a: 'theirs attached' }, { a: 'refuse' }],
    ["somebody else's that is not attached", { a: 'theirs' }, { a: 'refuse' }],
    ["somebody else's that Atlas has refused", { a: 'theirs attached ended' }, { a: 'detach' }],
    ['one that is not in this account', { a: 'attached' }, { a: 'refuse' }],
    ['a failed one that is not in this account', { a: 'attached ended' }, { a: 'detach' }],
    [
      'ours, and a dead one of ours that is not named',
      { a: 'ours attached', b: 'ours attached dead' },
      { a: 'detach and remove', b: 'detach and remove' },
      'a',
    ],
    [
      'ours, and a failed one of others that is not named',
      { a: 'ours attached', b: 'attached ended' },
      { a: 'detach and remove' },
      'a',
    ],
    ["somebody else's, and a failed one beside it", { a: 'theirs attached', b: 'attached ended' }, { a: 'refuse' }],
    ['a failed one that is named beside ours', { a: 'ours attached', b: 'attached ended' }, { b: 'detach' }, 'b'],
    ['one of ours beside one elsewhere', { a: 'ours attached', b: 'attached elsewhere' }, { a: 'detach and remove' }],
    ['two of others, and an unused resource of ours', { a: 'theirs', b: 'attached', c: 'unused' }, {}],
    ['two of others', { a: 'theirs', b: 'attached' }, { a: 'refuse', b: 'refuse' }],
    ['nothing', {}, {}],
    ['one that does not exist', { a: 'ours attached' }, {}, 'x'],
  ])('is about %s', (_, all, expected, named) => {
    expect(outcomes(all, named)).toEqual(expected);
  });
});
