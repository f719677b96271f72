import { randomUUID } from 'node:crypto';
import { ensure, type Frontend, Refusal, readBody, type SandboxOptions } from '../frontend.js';
import { regionOf } from '../services.js';
import type { Store, World } from '../world.js';
import { endpointChanges } from './change-endpoints.js';
import { endpointReads } from './describe-endpoints.js';
import { type KeyRefusals, partitionOf, sandboxAccount, sandboxUser, scopeOf } from './identity.js';
import { networkActions } from './network-actions.js';
import { type Action, type ActionRequest, QueryParameters, type XmlObject, xmlDocument } from './request.js';
import { securityGroupActions } from './security-groups.js';
import { tagActions } from './tags.js';

export type AwsServiceName = 'ec2' | 'sts';

export function awsFrontend(
  name: AwsServiceName,
  { store, clock, random = Math.random, awsKeys }: SandboxOptions,
): Frontend {
  const service = awsServices[name];
  const type = 'text/xml;charset=UTF-8';

  return {
    admit: async ({ request, response }) => {
      const { method } = request;
      ensure(method === 'POST', 'InvalidAction', `The sandbox accepts only POST, not ${method}.`, 405);
      const body = await readBody(request);
      const form = new URLSearchParams(body);
      const requestId = randomUUID();
      response.setHeader('x-amzn-RequestId', requestId);
      const { region, service: scope } = scopeOf(request, body, service.refusals, awsKeys);
      const { errorCode, status } = service.refusals.wrongSignature;
      ensure(scope === name, errorCode, `Credential should be scoped to correct service: '${name}'.`, status);
      const isRegion = regionOf('AWS', region)?.region === region;
      ensure(isRegion, errorCode, 'Credential should be scoped to a valid region.', status);
      const action = form.get('Action') ?? '';
      return {
        action,
        carryOut: async (fate) => {
          const about = { now: clock.now(), random, region, fate };
          const content = name === 'sts' ? performSts(form, region) : await performEc2(store, form, about);
          return { status: 200, body: service.answer(action, content, requestId), type };
        },
      };
    },
    // The key does not expire: only this request is refused.
    expire: () => new Refusal(400, service.expired, 'The credentials have expired.'),
    errorCode: (status) => codesByStatus[status] ?? (status < 500 ? 'InvalidParameterValue' : 'InternalError'),
    refuse: (refusal, response) => {
      const requestId = String(response.getHeader('x-amzn-RequestId') ?? randomUUID());
      return { status: refusal.status, body: service.error(refusal, requestId), type };
    },
  };
}

const codesByStatus: Readonly<Record<number, string>> = {
  401: 'AuthFailure',
  403: 'UnauthorizedOperation',
  412: 'DryRunOperation',
  429: 'RequestLimitExceeded',
  503: 'RequestLimitExceeded',
};

interface AwsService {
  refusals: KeyRefusals;
  expired: string;
  answer(action: string, content: XmlObject, requestId: string): string;
  error(refusal: Refusal, requestId: string): string;
}

const ec2Namespace = 'http://ec2.amazonaws.com/doc/2016-11-15/';
const stsNamespace = 'https://sts.amazonaws.com/doc/2011-06-15/';
const notValidated = new Refusal(401, 'AuthFailure', 'AWS was not able to validate the provided access credentials');
const wrongSignature = 'The request signature we calculated does not match the signature you provided.';

const awsServices: Readonly<Record<AwsServiceName, AwsService>> = {
  ec2: {
    refusals: {
      missing: new Refusal(403, 'MissingAuthenticationToken', 'The request must be signed with an access key.'),
      unknownKey: notValidated,
      wrongSignature: notValidated,
    },
    expired: 'RequestExpired',
    answer: (action, content, requestId) => xmlDocument(`${action}Response`, ec2Namespace, { requestId, ...content }),
    error: ({ errorCode, message }, requestId) =>
      xmlDocument('Response', undefined, {
        Errors: { Error: { Code: errorCode, Message: message } },
        RequestID: requestId,
      }),
  },
  sts: {
    refusals: {
      missing: new Refusal(403, 'MissingAuthenticationToken', 'Request is missing Authentication Token'),
      unknownKey: new Refusal(403, 'InvalidClientTokenId', 'The security token included in the request is invalid.'),
      wrongSignature: new Refusal(403, 'SignatureDoesNotMatch', wrongSignature),
    },
    expired: 'ExpiredToken',
    answer: (action, content, requestId) =>
      xmlDocument(`${action}Response`, stsNamespace, {
        ...content,
        ResponseMetadata: { RequestId: requestId },
      }),
    error: ({ errorCode, message, status }, requestId) =>
      xmlDocument('ErrorResponse', stsNamespace, {
        Error: { Type: status >= 500 ? 'Receiver' : 'Sender', Code: errorCode, Message: message },
        RequestId: requestId,
      }),
  },
};

export const awsActions: Readonly<Record<string, Action>> = {
  ...networkActions,
  ...endpointReads,
  ...endpointChanges,
  ...securityGroupActions,
  ...tagActions,
};

export async function performEc2(store: Store, form: URLSearchParams, about: Omit<ActionRequest, 'query' | 'world'>) {
  const name = actionOf(form, '2016-11-15');
  const action = Object.hasOwn(awsActions, name) ? awsActions[name] : undefined;
  ensure(action, 'InvalidAction', `The sandbox does not support the action ${name}. The real EC2 may.`);
  const act = (world: World) => {
    const request = { ...about, world, query: new QueryParameters(form) };
    const done = action(request);
    const isDryRun = request.query.flag('DryRun') ?? false;
    for (const parameter of ['Action', 'Version']) request.query.text(parameter);
    request.query.checkAllRead();
    // Guess: a dry run ends after all checks. AWS does not document which checks the real one makes.
    ensure(!isDryRun, 'DryRunOperation', 'Request would have succeeded, but DryRun flag is set.', 412);
    return done;
  };
  if (name.startsWith('Describe')) return act(await store.read()).answer;
  return store.update(act);
}

function performSts(form: URLSearchParams, region: string) {
  const action = actionOf(form, '2011-06-15');
  const isKnown = action === 'GetCallerIdentity';
  ensure(isKnown, 'InvalidAction', `Could not find operation ${action} for version 2011-06-15`);
  const Arn = `arn:${partitionOf(region)}:iam::${sandboxAccount}:user/${sandboxUser.name}`;
  return { GetCallerIdentityResult: { Arn, UserId: sandboxUser.id, Account: sandboxAccount } };
}

function actionOf(form: URLSearchParams, expected: string) {
  const [action, given] = [form.get('Action'), form.get('Version')];
  ensure(action, 'MissingAction', 'The request must contain the parameter Action');
  const what = `The sandbox supports version ${expected} of this API, not ${given ?? 'none'}.`;
  ensure(given === expected, 'InvalidAction', what);
  return action;
}
