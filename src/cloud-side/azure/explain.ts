import type { Advice } from '../../base/hint.js';
import { objects, text, texts } from '../../base/json.js';
import { listed } from '../../base/listed.js';
import { CloudError, hasCode } from '../errors.js';
import type { RestAnswer } from '../rest.js';
import { at } from './model.js';

/* Azure error codes by meaning. Codes are stable, the messages are not. */

/** Something else is happening to the same resources. The same request may succeed a little later. */
const passing = [
  ...['RetryableError', 'AnotherOperationInProgress', 'ReferencedResourceNotProvisioned'],
  ...['StorageAccountOperationInProgress', 'ConflictError', 'InvalidPrivateLinkServiceId', 'TooManyRequests'],
];

/** The error is in the details of these. */
const wrappers = ['InvalidTemplateDeployment', 'MultipleErrorsOccurred', 'DeploymentFailed'];

interface Meaning {
  exit: 'notAllowed' | 'conflict' | 'notFound';
  what(action: string, said: string, error: unknown): string;
  hint: Advice;
}

export const askForPermission =
  'Ask an administrator for this permission. docs/azure.md lists all required permissions.';

/** What can't pass. */
const meanings: Readonly<Record<string, Meaning>> = {
  AuthorizationFailed: {
    exit: 'notAllowed',
    what: (action, said) => `Azure denied ${action}: ${said}`,
    hint: askForPermission,
  },
  LinkedAuthorizationFailed: {
    exit: 'notAllowed',
    what: (action, said) => `Azure denied the use of the subnet for ${action}: ${said}`,
    hint: askForPermission,
  },
  RequestDisallowedByPolicy: {
    exit: 'notAllowed',
    what: (action, said, error) => {
      const keys = ['policyAssignmentDisplayName', 'policyDefinitionDisplayName', 'policyAssignmentName'];
      const infos = objects(at(error, 'additionalInfo')).map(({ info }) => info);
      const names = infos.flatMap((info) => texts(keys.map((key) => at(info, key))).slice(0, 1));
      return `Azure policy does not allow ${action}: ${listed(names) || said}`;
    },
    hint: 'Ask the owner of the policy for an exemption.',
  },
  MissingSubscriptionRegistration: {
    exit: 'notAllowed',
    what: () => 'The Azure subscription is not registered for Microsoft.Network',
    hint: { text: 'Register it:', commands: ['az provider register --namespace Microsoft.Network --wait'] },
  },
  ScopeLocked: {
    exit: 'conflict',
    what: (action, said) => `A lock in Azure does not allow ${action}: ${said}`,
    hint: 'Remove the lock, or ask its owner to, then run the command again.',
  },
};

const signInAgain: Meaning = {
  exit: 'notAllowed',
  what: () => 'Azure does not accept the access token, which may have expired',
  hint: { text: 'Sign in again:', commands: ['az login'] },
};

const rejected: Pick<Meaning, 'what'> = { what: (action, said) => `Azure rejected ${action}: ${said}` };
const notFound: Meaning = { ...rejected, exit: 'notFound', hint: 'Check the id and the subscription.' };

/** Whether the sign-in lacks a permission. */
export function isAzureDenied(error: unknown): error is CloudError {
  return hasCode(error, 'AuthorizationFailed', 'LinkedAuthorizationFailed');
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
  const [said = ''] = (text(at(error, 'message')) ?? '').trim().split(/\.?\s*(?:\n|\. |\.?$)/);
  const isMissing = status === 404 || code === 'InvalidResourceReference';
  const known = meanings[code] ?? (status === 401 ? signInAgain : isMissing ? notFound : undefined);
  const message = `${(known ?? rejected).what(action, said.slice(0, 400), error)} (${code}).`;
  const facts = { ...about, errorCode: code };
  if (known) return new CloudError(message, { ...facts, exit: known.exit, hint: known.hint });
  const isPassing = status === 429 || [code, text(inner?.code) ?? ''].some((each) => passing.includes(each));
  if (isPassing || status >= 500) {
    const hint = 'Wait a moment, then try again.';
    return new CloudError(message, { ...facts, hint, mayPass: true, mayHaveArrived: !isPassing });
  }
  const hint = /Subnet/i.test(code) ? 'Choose another subnet with --subnet.' : undefined;
  return new CloudError(message, { ...facts, hint });
}
