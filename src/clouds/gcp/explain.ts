import { objects, text } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { RequestError } from '../../http/request-error.js';
import { explainBy, type Meaning } from '../errors.js';
import type { GcpAccess } from './compute.js';

/* Google's errors by status first and reason second: the wording of messages changes. */

const passing = ['rateLimitExceeded', 'userRateLimitExceeded', 'RATE_LIMIT_EXCEEDED', 'resourceNotReady'];
const policyHint = 'Ask an administrator of the Google organization for an exception, or choose another project.';
export const quotaHint = 'Request a higher quota in the Google Cloud console, or remove what is not in use.';
export const takenHint = 'Delete it, or choose another Google project with --gcp-project.';
export const permissionHint =
  'Ask an administrator, with a Shared VPC that of the host project. docs/gcp.md lists all permissions and roles.';

/**
 * What an answer with an error means, `{error: {message, errors: [{reason}], details: [{reason, metadata}]}}`, or an
 * operation that failed, `{error: {errors: [{code, message}]}}`.
 */
export function explain({ project, signIn }: GcpAccess, action: string, status: number, body: unknown): RequestError {
  const error = Object(Object(body).error);
  const [first = {}] = objects(error.errors);
  const info = objects(error.details).find(({ reason }) => typeof reason === 'string');
  // Operations write RESOURCE_NOT_READY for what answers call resourceNotReady.
  const code = text(first.code)
    ?.toLowerCase()
    .replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const reason = text(first.reason) ?? text(info?.reason) ?? code ?? text(error.status) ?? `HTTP ${status}`;
  const said = (text(error.message) ?? text(first.message) ?? 'no reason given').trim().replace(/\.$/, '');
  const usual = action.startsWith('resourcemanager.') ? 'cloudresourcemanager' : 'compute';
  const api = text(Object(info?.metadata).service) ?? `${usual}.googleapis.com`;
  const commands = [cmd`gcloud services enable ${api} --project ${project}`.text];
  const enable = { text: 'Enable it, then wait a minute:', commands };
  const [of, what] = [`of Google project ${project}`, `GCP rejected ${action}: ${said}`];
  const rows: readonly Meaning[] = [
    [[401], 'GCP rejected the credentials, or they have expired', signIn],
    [['accessNotConfigured', 'SERVICE_DISABLED'], `The API ${api} is not enabled in Google project ${project}`, enable],
    [['quotaExceeded'], `A quota ${of} is used up: ${said}`, quotaHint],
    [[412], `An organization policy ${of} forbids ${action}: ${said}`, policyHint],
    [[403, 'permissionsError'], `GCP denied ${action}: ${said}`, permissionHint],
    [[404], what, 'Check the name, the Google project and the region.', 'notFound'],
    [['ipSpaceExhausted'], what, 'Choose another subnet with --subnet.', 'usage'],
  ];
  return explainBy(rows, { errorCode: reason, status, what, isEarly: passing.includes(reason) });
}

/** The answer, or something else if an API is not enabled, a permission is missing or not known, or the like. */
export async function unlessDenied<T>(request: Promise<T>, otherwise: (error: RequestError) => T): Promise<T> {
  try {
    return await request;
  } catch (error) {
    const isDenied = error instanceof RequestError && !error.mayPass && [400, 403].includes(error.status ?? 0);
    if (!isDenied) throw error;
    return otherwise(error);
  }
}
