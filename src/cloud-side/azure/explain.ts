import { objects, text } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { CloudError } from '../errors.js';
import type { RestAnswer } from '../rest.js';
import { at } from './model.js';

/* Azure error codes by meaning. Codes are stable, the messages are not. */

/** Something else is happening to the same resources. The same request may succeed a little later. */
const passing = [
  ...['RetryableError', 'AnotherOperationInProgress', 'ReferencedResourceNotProvisioned'],
  ...['StorageAccountOperationInProgress', 'ConflictError', 'InvalidPrivateLinkServiceId', 'TooManyRequests'],
];

/** The error is in the details of these. */
const wrappers = [
  'InvalidTemplateDeployment',
  'MultipleErrorsOccurred',
  'DeploymentFailed',
  'PreflightValidationCheckFailed',
];

const deniedCodes = ['AuthorizationFailed', 'LinkedAuthorizationFailed'];

/** Whether the sign-in lacks a permission. */
export function isAzureDenied(error: unknown): error is CloudError {
  return error instanceof CloudError && deniedCodes.includes(error.errorCode ?? '');
}

/** What an answer with an error status means. */
export function refusal({ status, headers, body, action }: RestAnswer & { body: unknown; action: string }): CloudError {
  const seconds = Number(headers['retry-after']);
  return toArmError(at(body, 'error'), action, { status, retryAfterMs: Number.isFinite(seconds) ? seconds * 1000 : 0 });
}

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
  const said =
    (text(at(error, 'message')) ?? '')
      .trim()
      .split(/\.?\s*(?:\n|\. |\.?$)/)[0]
      ?.slice(0, 400) ?? '';
  const facts = { ...about, errorCode: code };
  const notAllowed = (message: string, hint: CloudError['hint'] | string) =>
    new CloudError(`${message} (${code}).`, { ...facts, exit: 'notAllowed', hint });
  const ask = 'Ask an administrator for this permission. docs/azure.md lists all required permissions.';
  switch (code) {
    case 'AuthorizationFailed':
      return notAllowed(`Azure denied ${action}: ${said}`, ask);
    case 'LinkedAuthorizationFailed':
      return notAllowed(`Azure denied the use of the subnet for ${action}: ${said}`, ask);
    case 'RequestDisallowedByPolicy': {
      const names = objects(at(error, 'additionalInfo')).flatMap(({ info }) => {
        const keys = ['policyAssignmentDisplayName', 'policyDefinitionDisplayName', 'policyAssignmentName'];
        return keys.flatMap((key) => text(at(info, key)) ?? []).slice(0, 1);
      });
      const which = names.length > 0 ? `The Azure policy ${listed(names)}` : 'An Azure policy';
      return notAllowed(`${which} does not allow ${action}`, 'Ask the owner of the policy for an exemption.');
    }
    case 'MissingSubscriptionRegistration':
      return notAllowed('The Azure subscription is not registered for Microsoft.Network', {
        text: 'Register it:',
        commands: ['az provider register --namespace Microsoft.Network --wait'],
      });
    case 'ScopeLocked': {
      const hint = 'Remove the lock, or ask its owner to, then run the command again.';
      return new CloudError(`A lock in Azure does not allow ${action}: ${said} (${code}).`, {
        ...facts,
        exit: 'conflict',
        hint,
      });
    }
  }
  if (status === 401)
    return notAllowed('Azure does not accept the access token, which may have expired', {
      text: 'Sign in again:',
      commands: ['az login'],
    });
  const message = `Azure rejected ${action}: ${said} (${code}).`;
  const isPassing = status === 429 || [code, text(inner?.code) ?? ''].some((each) => passing.includes(each));
  if (isPassing || status >= 500) {
    const hint = 'Wait a moment, then try again.';
    return new CloudError(message, { ...facts, hint, mayPass: true, mayHaveArrived: !isPassing });
  }
  if (status === 404 || code === 'InvalidResourceReference')
    return new CloudError(message, { ...facts, exit: 'notFound', hint: 'Check the id and the subscription.' });
  const hint = /Subnet/i.test(code) ? 'Choose another subnet with --subnet.' : undefined;
  return new CloudError(message, { ...facts, hint });
}
