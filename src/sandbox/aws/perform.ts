import type { Store } from '../store.js';
import type { World, WorldView } from '../world.js';
import type { ActionRequest, ChangeAction, ReadAction } from './action.js';
import { endpointChanges } from './change-endpoints.js';
import { networkChanges } from './change-network.js';
import { endpointReads } from './describe-endpoints.js';
import { networkReads } from './describe-network.js';
import { stateOf } from './endpoints.js';
import { partitionOf, sandboxAccount, sandboxUser } from './identity.js';
import { QueryParameters } from './query.js';
import { AwsRefusal } from './refusal.js';
import { withoutResource } from './resources.js';
import { ruleChanges, ruleReads } from './rules.js';
import { groupChanges, groupReads } from './security-groups.js';
import { tagChanges } from './tags.js';
import type { Xml } from './xml.js';

/** The actions of EC2 that the sandbox supports. */
export const reads: Readonly<Record<string, ReadAction>> = {
  ...networkReads,
  ...endpointReads,
  ...groupReads,
  ...ruleReads,
};

export const changes: Readonly<Record<string, ChangeAction>> = {
  ...networkChanges,
  ...endpointChanges,
  ...groupChanges,
  ...ruleChanges,
  ...tagChanges,
};

/** Carries out an action of EC2, and returns the content of the answer. Throws refusals. */
export async function performEc2(store: Store, form: URLSearchParams, about: Omit<ActionRequest, 'query' | 'world'>) {
  const action = actionOf(form, '2016-11-15');
  const read = Object.hasOwn(reads, action) ? reads[action] : undefined;
  const change = Object.hasOwn(changes, action) ? changes[action] : undefined;
  const answerWith = <T>(act: (request: ActionRequest) => T, world: World): T => {
    const request = { ...about, world, query: new QueryParameters(form) };
    const answer = act(request);
    checkRest(request);
    return answer;
  };
  if (read) return answerWith(read, await store.read());
  if (change) return store.update((world) => answerWith(change, forgetEndpoints({ world, now: about.now })));
  throw new AwsRefusal('InvalidAction', `The sandbox does not support the action ${action}. The real EC2 may.`);
}

/** The one action of STS that the sandbox supports: returns the account and the user of the key. */
export function performSts(form: URLSearchParams, region: string): Xml {
  const action = actionOf(form, '2011-06-15');
  if (action !== 'GetCallerIdentity') {
    throw new AwsRefusal('InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
  }
  const Arn = `arn:${partitionOf(region)}:iam::${sandboxAccount}:user/${sandboxUser.name}`;
  return { GetCallerIdentityResult: { Arn, UserId: sandboxUser.id, Account: sandboxAccount } };
}

/** The name of the action. Throws a refusal for another version of the API. */
function actionOf(form: URLSearchParams, expected: string): string {
  const [action, given] = [form.get('Action'), form.get('Version')];
  if (action === null || action === '')
    throw new AwsRefusal('MissingAction', 'The request must contain the parameter Action');
  if (given === expected) return action;
  const what = `The sandbox supports version ${expected} of this API, not ${given ?? 'none'}.`;
  throw new AwsRefusal('InvalidAction', what);
}

/** A dry run ends here, after all checks. AWS does not document which checks the real one makes. */
function checkRest({ query }: ActionRequest): void {
  const isDryRun = query.flag('DryRun') ?? false;
  for (const name of ['Action', 'Version']) query.text(name);
  query.checkAllRead();
  if (!isDryRun) return;
  throw new AwsRefusal('DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
}

/** The world without the endpoints that EC2 no longer returns. */
function forgetEndpoints(view: WorldView): World {
  const gone = view.world.aws.endpoints.filter((each) => stateOf(view, each) === null);
  return gone.reduce((next, { id }) => withoutResource(next, 'endpoints', id), view.world);
}
