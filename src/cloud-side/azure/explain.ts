import type { Advice } from '../../base/hint.js';
import { at, objects, text, texts } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { CloudError } from '../errors.js';
import type { RestOptions } from '../rest.js';

/* Azure error codes by meaning. Codes are stable, the messages are not. */

/** Something else is happening to the same resources. The same request may succeed a little later. */
const passing = [
  ...['RetryableError', 'AnotherOperationInProgress', 'ReferencedResourceNotProvisioned', 'TooManyRequests'],
  ...['StorageAccountOperationInProgress', 'ConflictError', 'InvalidPrivateLinkServiceId'],
];

/** The error is in the details of these. */
const wrappers = ['InvalidTemplateDeployment', 'MultipleErrorsOccurred', 'DeploymentFailed'];

export const permissionHint = 'Ask an administrator for this permission. docs/azure.md lists all required permissions.';
const registerHint = { text: 'Register it:', commands: ['az provider register --namespace Microsoft.Network --wait'] };
const unlockHint = 'Remove the lock, or ask its owner to, then run the command again.';
const idHint = 'Check the id and the subscription.';
const signInHint = { text: 'Sign in again:', commands: ['az login'] };

type Meaning = readonly [exit: 'notAllowed' | 'conflict' | 'notFound', opening: string, hint: Advice];

/** What can't pass, by code or HTTP status: the sentence goes on with the action and what Azure says. */
const meanings: Readonly<Record<string, Meaning>> = {
  AuthorizationFailed: ['notAllowed', 'Azure denied', permissionHint],
  LinkedAuthorizationFailed: ['notAllowed', 'Azure denied the use of the subnet for', permissionHint],
  RequestDisallowedByPolicy: ['notAllowed', 'Azure policy does not allow', 'Ask its owner for an exemption.'],
  MissingSubscriptionRegistration: ['notAllowed', 'Azure rejected', registerHint],
  ScopeLocked: ['conflict', 'A lock in Azure does not allow', unlockHint],
  InvalidResourceReference: ['notFound', 'Azure rejected', idHint],
  401: ['notAllowed', 'The Azure access token may have expired. Azure rejected', signInHint],
  404: ['notFound', 'Azure rejected', idHint],
};

/** The sign-in lacks a permission. */
export const denials = ['AuthorizationFailed', 'LinkedAuthorizationFailed'] as const;

/** What an answer with an error status means. */
export const refusal: RestOptions['refusal'] = ({ status, headers, body, action }) =>
  toArmError(at(body, 'error'), action, { status, retryAfterMs: (Number(headers['retry-after']) || 0) * 1000 });

/** What an error means, as ARM describes it in an answer or in an operation. */
export function toArmError(
  error: unknown,
  action: string,
  about: { status?: number; retryAfterMs?: number } = {},
): CloudError {
  const { status = 0 } = about;
  const code = text(at(error, 'code')) ?? (status > 0 ? `HTTP ${status}` : 'unknown');
  const [inner] = objects(at(error, 'details'));
  if (inner && wrappers.includes(code)) return toArmError(inner, 'Microsoft.Network/privateEndpoints/write', about);
  // Only the first sentence: the rest is advice for the portal.
  const [said = ''] = (text(at(error, 'message')) ?? '').trim().split(/\.?\s*(?:\n|\. |\.?$)/);
  // The owner of a policy knows it by its name.
  const keys = ['policyAssignmentDisplayName', 'policyDefinitionDisplayName', 'policyAssignmentName'];
  const infos = objects(at(error, 'additionalInfo')).map(({ info }) => texts(keys.map((key) => at(info, key))));
  const named = listed(infos.flatMap(([first = []]) => first));
  const subnetHint = /Subnet/i.test(code) ? 'Choose another subnet with --subnet.' : undefined;
  const [exit, opening = 'Azure rejected', hint = subnetHint] = meanings[code] ?? meanings[status] ?? [];
  const message = `${opening} ${action}: ${named || said.slice(0, 400)} (${code}).`;
  const details = { ...about, errorCode: code };
  const isPassing = status === 429 || [code, text(inner?.code) ?? ''].some((each) => passing.includes(each));
  const passes = { hint: 'Wait a moment, then try again.', mayPass: true, mayHaveArrived: !isPassing };
  if (!exit && (isPassing || status >= 500)) return new CloudError(message, { ...details, ...passes });
  return new CloudError(message, { ...details, ...(exit && { exit }), hint });
}
