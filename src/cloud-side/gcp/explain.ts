import type { Advice } from '../../base/hint.js';
import { objects, text } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { CloudError } from '../errors.js';

/* Google's errors by status first and reason second: the wording of messages changes. */

interface About {
  action: string;
  project: string;
  /** How to renew the credentials. */
  signIn: Advice;
}

const disabled = ['accessNotConfigured', 'SERVICE_DISABLED'];
const passing = ['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED', 'resourceNotReady'];
const later = 'Wait a moment, then try again.';
export const quotaHint = 'Request a higher quota in the Google Cloud console, or remove what is not in use.';
export const permissionHint =
  'Ask an administrator, with a Shared VPC that of the host project. docs/gcp.md lists all permissions and roles.';

/**
 * What an answer with an error means, `{error: {message, errors: [{reason}], details: [{reason, metadata}]}}`, or an
 * operation that failed, `{error: {errors: [{code, message}]}}`.
 */
export function explain(status: number, body: unknown, { action, project, signIn }: About): CloudError {
  const error = Object(Object(body).error);
  const [first = {}] = objects(error.errors);
  const info = objects(error.details).find(({ reason }) => typeof reason === 'string');
  // Operations write RESOURCE_NOT_READY for what answers call resourceNotReady.
  const code = text(first.code)
    ?.toLowerCase()
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const reason = text(first.reason) ?? text(info?.reason) ?? code ?? text(error.status) ?? `HTTP ${status}`;
  const said = (text(error.message) ?? text(first.message) ?? 'no reason given').trim().replace(/\.$/, '');
  const refused = (what: string, details: ConstructorParameters<typeof CloudError>[1] = {}) =>
    new CloudError(`${what} (${reason}).`, { errorCode: reason, status, ...details });
  const notAllowed = (what: string, hint: Advice) => refused(what, { exit: 'notAllowed', hint });

  if (status === 401) return notAllowed('GCP rejected the credentials, or they have expired', signIn);
  if (disabled.includes(reason)) {
    const usual = `${action.startsWith('resourcemanager.') ? 'cloudresourcemanager' : 'compute'}.googleapis.com`;
    const api = text(Object(info?.metadata).service) ?? usual;
    const commands = [cmd`gcloud services enable ${api} --project ${project}`.text];
    const hint = { text: 'Enable it, then wait a minute:', commands };
    return notAllowed(`The API ${api} is not enabled in Google project ${project}`, hint);
  }
  if (reason === 'quotaExceeded')
    return notAllowed(`A quota of Google project ${project} is used up: ${said}`, quotaHint);
  if (status === 429 || passing.includes(reason)) {
    return refused(`GCP rejected ${action} for now: ${said}`, { hint: later, mayPass: true });
  }
  if (status === 412) {
    const hint = 'Ask an administrator of the Google organization for an exception, or choose another project.';
    return notAllowed(`An organization policy of Google project ${project} forbids ${action}: ${said}`, hint);
  }
  if (status === 403 || reason === 'permissionsError')
    return notAllowed(`GCP denied ${action}: ${said}`, permissionHint);
  const what = `GCP rejected ${action}: ${said}`;
  if (status === 404) {
    return refused(what, { exit: 'notFound', hint: 'Check the name, the Google project and the region.' });
  }
  if (reason === 'ipSpaceExhausted')
    return refused(what, { exit: 'usage', hint: 'Choose another subnet with --subnet.' });
  return refused(what, status < 500 ? {} : { hint: later, mayPass: true, mayHaveArrived: true });
}

/** Whether an API is not enabled, a permission is missing, or the like. */
export function isGcpDenied(error: unknown): error is CloudError {
  return error instanceof CloudError && error.exit === 'notAllowed' && error.status !== null && error.status !== 401;
}
