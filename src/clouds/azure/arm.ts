import { at, type Json, objects, text, texts } from '../../base/json.js';
import { listed } from '../../base/words.js';
import { type RequestLimits, remainingOf } from '../../http/ask.js';
import { RequestError } from '../../http/request-error.js';
import type { CloudContext } from '../cloud.js';
import { explainBy, type Meaning, unlessRefused } from '../errors.js';
import { untilAnswered } from '../operations.js';
import { isOfApi, openRest, type Rest, type RestOptions, readPages } from '../rest.js';
import { hasId, isSameId } from '../shapes.js';
import { idParts } from './facts.js';
import { type AzureEndpoint, allows, toPrivateEndpoint, toSubnets } from './model.js';

export interface AzureAccess extends Pick<RestOptions, 'baseUrl' | 'exchange' | 'authorize'> {
  principal(): Promise<string>;
  /** The subscription to use if no id names one. Throws a usage error. */
  subscription(): string;
}

const network = 'Microsoft.Network';
export const actions = {
  read: `${network}/privateEndpoints/read`,
  write: `${network}/privateEndpoints/write`,
  delete: `${network}/privateEndpoints/delete`,
  nic: `${network}/networkInterfaces/read`,
  join: `${network}/virtualNetworks/subnets/join/action`,
} as const;
const networkVersion = '2024-05-01';
/** Of Azure's clouds: public, US government, China. */
const domains = ['management.azure.com', 'management.usgovcloudapi.net', 'management.chinacloudapi.cn'];
/** The first one with `validationLevel`, by the published description of Microsoft.Resources. */
const validationVersion = '2024-11-01';
/** A check that takes longer is given up. */
const mostValidationPolls = 8;

export type Arm = ReturnType<typeof openArm>;

export function openArm(access: AzureAccess, context: CloudContext) {
  const api = { name: 'Azure', ...access, domains, refusal };
  const rest = openRest(api, context);
  const of = (id: string, version = networkVersion) => `${encodeURI(id)}?api-version=${version}`;
  const read = async (action: string, path: string, limits?: RequestLimits) =>
    (await rest({ action, method: 'GET', path, limits })).body;
  const list = (action: string, first: string) =>
    readPages(action, async (link) => {
      const body = await read(action, link || first);
      const next = at(body, 'nextLink');
      return { items: objects(at(body, 'value')), next: typeof next === 'string' ? linkIn(next) : next };
    });
  const all = (account: string, type: string) =>
    list(`${network}/${type}/read`, of(`/subscriptions/${account}/providers/${network}/${type}`));

  /** With its address. Its state is Creating until it has one. */
  async function addressed(endpoint: AzureEndpoint, limits?: RequestLimits): Promise<AzureEndpoint> {
    if (endpoint.stage !== 'ready' && endpoint.stage !== 'connected') return endpoint;
    const nic = endpoint.nic === null ? null : await unlessRefused(read(actions.nic, of(endpoint.nic), limits), 404);
    const [first] = objects(at(nic, 'properties', 'ipConfigurations'));
    const address = text(at(first, 'properties', 'privateIPAddress'));
    return address === null ? creating(endpoint) : { ...endpoint, address };
  }

  /** Waits until the operation that an answer started has ended. Throws why it failed. */
  async function finished(answer: Awaited<ReturnType<Rest>>, action: string, undone: string): Promise<void> {
    const path = linkIn(answer.headers['azure-asyncoperation']);
    // The state of the private endpoint shows the end of what can't be followed, and the next step waits for that.
    if (path === undefined || !isOfApi(path, api)) return;
    let { retryAfterMs } = answer;
    const pauseMs = () => Math.min(retryAfterMs || 3000, 30_000);
    // ARM says 10 s, and then 20 s (recorded).
    await context.clock.sleep(Math.max(0, Math.min(pauseMs(), remainingOf(context))), context.signal);
    const ask = async () => {
      const asked = rest({ action: `${network}/locations/operations/read`, method: 'GET', path });
      const status = await unlessRefused(asked, ...denials);
      if (!status) return true;
      retryAfterMs = status.retryAfterMs;
      const state = text(at(status.body, 'status')) ?? '';
      if (hasId(['Failed', 'Canceled'], state)) throw toArmError(at(status.body, 'error') ?? { code: state }, action);
      return isSameId(state, 'Succeeded') || undefined;
    };
    await untilAnswered(context, undone, ask, pauseMs);
  }

  return {
    subnets: async (account: string) => (await all(account, 'virtualNetworks')).flatMap(toSubnets),
    subnetsOf: async (vnetId: string) =>
      toSubnets(await unlessRefused(read(`${network}/virtualNetworks/read`, of(vnetId)), 404)),
    /** Those of a subscription, without their addresses. */
    endpoints: async (account: string) => (await all(account, 'privateEndpoints')).map(toPrivateEndpoint),
    endpoint: async (id: string, limits?: RequestLimits) => {
      const found = await unlessRefused(read(actions.read, of(id), limits), 404);
      return found === undefined ? null : addressed(toPrivateEndpoint(found), limits);
    },
    addressed,
    /** Creates it, or changes nothing if it is there. `onAccepted` gets its id before it is complete. Throws why it failed. */
    put: async (id: string, body: Json, onAccepted: (id: string) => Promise<void>) => {
      const answer = await rest({ action: actions.write, method: 'PUT', path: of(id), body });
      const endpoint = toPrivateEndpoint(answer.body);
      await onAccepted(endpoint.id || id);
      await finished(answer, actions.write, 'Azure is still creating the private endpoint.');
      return endpoint;
    },
    /** Resolves also if there is no such endpoint. Throws why it was not deleted. */
    delete: async (id: string) => {
      const request = rest({ action: actions.delete, method: 'DELETE', path: of(id) });
      const undone = 'Azure is still deleting the private endpoint.';
      await unlessRefused(
        request.then((answer) => finished(answer, actions.delete, undone)),
        404,
      );
    },
    /** Throws if the sign-in lacks a permission for a resource or a resource group. Warns if that can't be read. */
    checkPermissions: async (id: string, needed: readonly string[]) => {
      const path = of(`${id}/providers/Microsoft.Authorization/permissions`, '2022-04-01');
      const roles = await unlessRefused(list('Microsoft.Authorization/permissions/read', path), ...denials);
      const missing = roles && needed.find((action) => !allows(roles, action));
      const { name } = idParts(id);
      if (!roles) context.io.warn(`Permissions in ${name} could not be checked first.`);
      const details = { exit: 'notAllowed', errorCode: 'AuthorizationFailed', hint: permissionHint } as const;
      if (missing !== undefined) throw new RequestError(`Azure does not allow ${missing} in ${name}.`, details);
    },
    /** Checks whether a private endpoint may be created. Creates nothing. Returns whether Azure has checked it. */
    validate: async (id: string, endpoint: { [key: string]: Json }, limits: RequestLimits | undefined) => {
      const { groupId, name } = idParts(id);
      const resource = { type: `${network}/privateEndpoints`, apiVersion: networkVersion, name, ...endpoint };
      const schema = 'https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#';
      const template = { $schema: schema, contentVersion: '1.0.0.0', resources: [resource] };
      const path = of(`${groupId}/providers/Microsoft.Resources/deployments/${name}/validate`, validationVersion);
      const action = 'Microsoft.Resources/deployments/validate/action';
      const body = { properties: { mode: 'Incremental', validationLevel: 'Provider', template } };
      const how = { isHarmless: true, isChange: false, limits };
      let answer = await rest({ action, method: 'POST', path, body, ...how });
      let link: string | undefined;
      for (let polls = 0; answer.status === 202; polls++) {
        link = linkIn(answer.headers.location) ?? link;
        if (link === undefined || !isOfApi(link, api) || polls === mostValidationPolls) return false;
        await context.clock.sleep(Math.min(answer.retryAfterMs || 3000, 15_000), context.signal);
        answer = await rest({ action, method: 'GET', path: link, limits });
      }
      const error = at(answer.body, 'error') ?? at(answer.body, 'properties', 'error');
      if (error) throw toArmError(error, actions.write);
      return true;
    },
    nsgRules: async (id: string) =>
      objects(at(await read(`${network}/networkSecurityGroups/read`, of(id)), 'properties', 'securityRules')),
  };
}

/** A link of Resource Manager, which may name the usual port. */
function linkIn(header: string | string[] | undefined) {
  return [header].flat()[0]?.replace(':443/', '/');
}

export function creating(endpoint: AzureEndpoint): AzureEndpoint {
  return { ...endpoint, state: 'Creating', stage: 'pending' };
}

/** Something else is happening to the same resources. The same request may succeed a little later. */
const passing = [
  ...['RetryableError', 'AnotherOperationInProgress', 'ReferencedResourceNotProvisioned', 'TooManyRequests'],
  ...['StorageAccountOperationInProgress', 'ConflictError', 'InvalidPrivateLinkServiceId'],
];

/** The error is in the details of these. */
const wrappers = ['InvalidTemplateDeployment', 'MultipleErrorsOccurred', 'DeploymentFailed'];

const permissionHint = 'Ask an administrator for this permission. docs/connect.md lists all required permissions.';
const registerHint = {
  text: 'Register it:',
  commands: ['az provider register --namespace Microsoft.Network --wait'],
};
const unlockHint = 'Remove the lock, or ask its owner to, then run the command again.';
const signInHint = { text: 'Sign in again:', commands: ['az login'] };

/** What ARM answers to a request that it does not understand, which says nothing about the private endpoint. */
export const misunderstood = [
  ...['InvalidRequestContent', 'InvalidRequestFormat', 'InvalidTemplate', 'InvalidResourceType'],
  ...['InvalidApiVersionParameter', 'NoRegisteredProviderFound', 'MethodNotAllowed'],
] as const;

export const denials = ['AuthorizationFailed', 'LinkedAuthorizationFailed'] as const;

const refusal: RestOptions['refusal'] = ({ status, body, action }) =>
  toArmError(at(body, 'error'), action, { status });

/** What an error means, as ARM describes it in an answer or in an operation. */
export function toArmError(error: unknown, action: string, about: { status?: number } = {}): RequestError {
  const { status = null } = about;
  const code = text(at(error, 'code')) ?? (status === null ? 'unknown' : `HTTP ${status}`);
  const [inner] = objects(at(error, 'details'));
  if (inner && wrappers.includes(code)) return toArmError(inner, 'Microsoft.Network/privateEndpoints/write', about);
  // Only the first sentence: the rest is advice for the portal.
  const [said = ''] = (text(at(error, 'message')) ?? '').trim().split(/\.?\s*(?:\n|\. |\.?$)/);
  // The owner of a policy knows it by its name.
  const keys = ['policyAssignmentDisplayName', 'policyDefinitionDisplayName', 'policyAssignmentName'];
  const infos = objects(at(error, 'additionalInfo')).map(({ info }) => texts(keys.map((key) => at(info, key))));
  const named = listed(infos.flatMap(([first = []]) => first));
  const says = `${action}: ${named || said.slice(0, 400)}`;
  const what = `Azure rejected ${says}`;
  const rows: readonly Meaning[] = [
    [['AuthorizationFailed'], `Azure denied ${says}`, permissionHint],
    [['LinkedAuthorizationFailed'], `Azure denied the use of the subnet for ${says}`, permissionHint],
    [['RequestDisallowedByPolicy'], `Azure policy does not allow ${says}`, 'Ask its owner for an exemption.'],
    [['MissingSubscriptionRegistration'], what, registerHint],
    [['ScopeLocked'], `A lock in Azure does not allow ${says}`, unlockHint, 'conflict'],
    [[401], `The Azure access token may have expired. ${what}`, signInHint],
    [['InvalidResourceReference', 404], what, 'Check the id and the subscription.', 'notFound'],
    [/Subnet/i.test(code) ? [code] : [], what, 'Choose another subnet with --subnet.', 'usage'],
  ];
  const isEarly = [code, text(inner?.code) ?? ''].some((each) => passing.includes(each));
  return explainBy(rows, { errorCode: code, status, what, isEarly });
}
