import { describe, expect, test } from 'vitest';
import type { InterfaceEndpoint } from '../../src/atlas/model.js';
import type { Words } from '../../src/base/shell.js';
import { planAws } from '../../src/clouds/aws/plan.js';
import type { Found } from '../../src/clouds/found.js';
import type { ConnectFound } from '../../src/connections/connect/found.js';
import { nextSteps, planConnect } from '../../src/connections/connect/plan.js';
import {
  chosenIn,
  type DisconnectFound,
  meantBy,
  outcomeOf,
  subjectsOf,
} from '../../src/connections/disconnect/found.js';
import type { Context } from '../../src/endpoints/context.js';
import { endpoint, own, service as ref, there } from '../clouds/aws/existing.js';
import { endpointOf } from '../helpers/endpoint-of.js';

const service = endpointOf({ id: ref.id, projectId: ref.projectId });
const attached = (status: string): InterfaceEndpoint => ({
  id: 'vpce-1',
  projectId: ref.projectId,
  endpointId: ref.id,
  provider: 'AWS',
  region: 'us-east-1',
  atlasRegion: 'US_EAST_1',
  status,
  errorMessage: null,
});
const ours = planAws(there({ endpoints: [endpoint('vpce-1', 'available', { tags: own })] }));
const nothing = planAws(there());

describe('connect', () => {
  const found = (more: Partial<ConnectFound> = {}): ConnectFound => ({
    projectId: ref.projectId,
    projectName: 'Sandbox',
    provider: 'AWS',
    leftovers: [],
    region: 'us-east-1',
    atlasRegion: 'US_EAST_1',
    service,
    cloudPlan: nothing,
    attached: undefined,
    isServiceOurs: false,
    ended: [],
    clusters: ['Cluster0'],
    unreachable: [],
    reasons: [],
    isLane: false,
    uncovered: [],
    strings: [],
    ...more,
  });
  const strings = [{ cluster: 'Cluster0' }];

  test.each([
    ['nothing', found({ service: undefined }), 'estimated 5 to 9 minutes'],
    ['a service', found(), 'estimated 3 to 5 minutes'],
    [
      'a service that is not ready',
      found({ service: { ...service, status: 'INITIATING' } }),
      'estimated 5 to 9 minutes',
    ],
    [
      'nothing, and no cluster can have a string',
      found({ service: undefined, unreachable: ['Cluster0'] }),
      'estimated 2 to 4 minutes',
    ],
    ['everything', found({ cloudPlan: ours, attached: attached('AVAILABLE'), strings }), undefined],
  ])('of %s takes only the time that is left', (_, input, time) => {
    expect(planConnect(input).time).toBe(time);
  });

  test('the next steps are doctor and mongosh, which finds no data in a sandbox', () => {
    const commandLine = (words: Words) => `atlas-pe ${words.text} --profile p`;
    const inProfile = (isSandbox: boolean) =>
      ({ settings: { commandLine, profile: { isSandbox } } }) as unknown as Pick<Context, 'settings'>;
    const context = inProfile(false);
    const one = found({ strings: [{ cluster: 'Cluster0', srvConnectionString: 'mongodb+srv://a.mongodb.net' }] });
    const mongosh = 'mongosh mongodb+srv://a.mongodb.net --username USER';
    expect(nextSteps(context, one, false)).toEqual([
      { text: 'Next, on a machine in the VPC:', commands: ['atlas-pe doctor mongodb+srv://a.mongodb.net', mongosh] },
    ]);
    expect(nextSteps(context, one, true)[0]?.commands).toEqual(['atlas-pe doctor mongodb+srv://a.mongodb.net']);
    expect(nextSteps(inProfile(true), one, true)).toEqual([
      {
        text: 'Nothing was created in a cloud or in Atlas: this is the sandbox. Next:',
        commands: [
          'atlas-pe doctor mongodb+srv://a.mongodb.net --sandbox',
          'atlas-pe disconnect us-east-1 --profile p',
        ],
      },
    ]);
    expect(nextSteps(context, found(), false)[0]?.commands).toEqual(['atlas-pe doctor us-east-1 --profile p']);
    const bare = found({
      strings: [{ cluster: 'Cluster0', srvConnectionString: null, connectionString: 'mongodb://a,b/?ssl=true' }],
    });
    expect(nextSteps(context, bare, false)[0]?.commands[1]).toBe("mongosh 'mongodb://a,b/?ssl=true' --username USER");
  });
});

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
    service,
    serviceId: undefined,
    serviceIds: [ref.id],
    signedIn: { account: '123456789012', principal: 'arn:aws:iam::123456789012:user/me', shortPrincipal: 'user/me' },
    regions: ['us-east-1'],
    endpoints: [],
    resources: [],
    ended: [],
    elsewhere: [],
    named: undefined,
    keepsService: false,
    ...more,
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
    [
      'ours, with the name of a failed one in another account',
      { a: 'ours attached elsewhere ended' },
      { a: 'remove' },
    ],
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
    [
      'one of ours beside one in another account',
      { a: 'ours attached', b: 'attached elsewhere' },
      { a: 'detach and remove' },
    ],
    ['two of others, and an unused resource of ours', { a: 'theirs', b: 'attached', c: 'unused' }, {}],
    ['two of others', { a: 'theirs', b: 'attached' }, { a: 'refuse', b: 'refuse' }],
    ['nothing', {}, {}],
    ['one that does not exist', { a: 'ours attached' }, {}, 'x'],
  ])('is about %s', (_, all, expected, named) => {
    expect(outcomes(all, named)).toEqual(expected);
  });
});
