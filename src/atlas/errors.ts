import { formatDuration } from '../base/duration.js';
import type { CliError } from '../base/errors.js';
import { objects, text } from '../base/json.js';
import { listed, mostListed, oneOf } from '../base/words.js';
import { isRefusal, type RequestDetails, RequestError } from '../http/request-error.js';

/** The role that Atlas requires to read, and those of which it requires one to create and delete. */
export type Roles = Readonly<{ read: string; change: readonly string[] }>;

/** Those for the private endpoints of clusters. */
export const clusterRoles: Roles = {
  read: 'Project Read Only',
  change: ['Project Owner', 'Project Network Access Manager', 'Organization Owner'],
};

export function rolesText({ read, change }: Roles) {
  if (change.includes(read)) return `Reading, creating and deleting require the ${oneOf(change)} role.`;
  return `Reading requires the ${read} role. Creating and deleting require ${oneOf(change)}.`;
}

const neededRoles = rolesText(clusterRoles);

const hintOfCode: Record<string, string> = {
  GROUP_NOT_FOUND: 'Check the project id. The credentials must belong to that project or its organization.',
  PRIVATE_ENDPOINT_SERVICE_NOT_FOUND: 'List the existing endpoints.',
  PRIVATELINK_NOT_FOUND: 'List the existing endpoints.',
  PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND: 'List the attached interface endpoints.',
  PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED: 'Check the id. Each cloud uses its own format.',
  MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION:
    'Private endpoints in multiple regions require regional mode, which only sharded clusters support.',
  PRIVATELINK_INCOMPATIBLE_TOO_MANY_NODES:
    'Private endpoints in multiple regions require regional mode or a smaller cluster.',
  CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK: 'The clusters in this project do not support this endpoint.',
  PATH_PARAM_PARSE_ERROR: 'An id has 24 hex digits.',
  INVALID_ATTRIBUTE: 'Correct the named value. --verbose shows the rejected request.',
  INVALID_REGION: 'Use a region name such as us-east-1 or US_EAST_1, and check the provider.',
  CROSS_REGION_PRIVATE_LINK_SELF_REGION: "Remove the endpoint's own region from the remote regions.",
  IP_ADDRESS_NOT_ON_ACCESS_LIST:
    "Add this address to the API key's access list, not to the project's IP access list.",
  USER_UNAUTHORIZED: neededRoles,
  RATE_LIMITED: 'Wait a moment, then try again.',
};

const mistakes =
  /_ID_MALFORMED$|^(PATH_PARAM_PARSE_ERROR|INVALID_ATTRIBUTE|INVALID_REGION|CROSS_REGION_PRIVATE_LINK_SELF_REGION)$/;

const exitOfStatus: Record<number, CliError['exit']> = {
  400: 'usage',
  401: 'notAllowed',
  403: 'notAllowed',
  404: 'notFound',
  409: 'conflict',
};

const hintOfStatus: Record<number, string> = {
  401:
    'Check that the credentials are complete, have not expired or been deleted, and are ' +
    'for the right Atlas (commercial or government).',
  402: 'Check the billing of the Atlas organization: a payment method is missing or was declined.',
  403: neededRoles,
  405: 'Something in between refuses this method. Check the base URL and the proxy settings.',
  407: 'The proxy requires a user name and a password. Set them in HTTPS_PROXY.',
};

const trouble = 'Atlas, or a proxy in front of it, is having problems. Try again later.';

const refused = 'Check the values. --verbose shows the rejected request.';

/** Of the body, only `errorCode` is stable. The token endpoint sends `error_description` as `detail` (RFC 6749 §5.2). */
export function toRefusal(status: number, body: object, retryAfterMs = 0): RequestError {
  const { errorCode: code, badRequestDetail, ...texts } = body as Record<string, unknown>;
  const errorCode = text(code);
  const known = errorCode !== null && Object.hasOwn(hintOfCode, errorCode) ? hintOfCode[errorCode] : undefined;
  const wrong = objects(Object(badRequestDetail).fields).map(
    ({ field, description }) => `${text(field) ?? 'field'}: ${text(description) ?? 'is not valid'}`,
  );
  const detail = text(texts.detail) || text(texts.error_description) || null;
  const reported = detail ?? (text(texts.reason) || 'Atlas rejected the request.');
  const reasons = wrong.length === 0 ? '' : ` ${listed(wrong, mostListed, '; ')}`;
  const again = retryAfterMs === 0 ? undefined : `Try again in ${formatDuration(retryAfterMs)}.`;
  const sentence = `${reported}${reasons}`.replace(/\.$/, '');
  return new RequestError(`${sentence} (${errorCode ?? 'HTTP'} ${status}).`, {
    exit: mistakes.test(errorCode ?? '') ? 'usage' : (exitOfStatus[status] ?? 'unexpected'),
    hint: again ?? known ?? hintOfStatus[status] ?? (status >= 500 ? trouble : refused),
    ...{ status, errorCode, detail, retryAfterMs },
  });
}

export function unusable(message: string, details: RequestDetails = {}) {
  return new RequestError(message, { hint: 'Check the base URL and the proxy settings.', ...details });
}

export function signInError(cause: CliError) {
  const of = cause instanceof RequestError ? cause : undefined;
  const message = of?.status === 401 ? cause.message : `Sign-in failed: ${cause.message}`;
  const { status = null, errorCode = null, mayPass = false, retryAfterMs = 0 } = of ?? {};
  const { exit, hint } = cause;
  return new RequestError(message, { exit, hint, cause, status, errorCode, mayPass, retryAfterMs, isSignIn: true });
}

/** Whether Atlas refuses a request because of the roles of the credentials. */
export function isRefused(error: unknown): error is RequestError {
  if (!isRefusal(error) || error.errorCode === 'IP_ADDRESS_NOT_ON_ACCESS_LIST') return false;
  return error.status === 403 || error.errorCode === 'USER_UNAUTHORIZED';
}

/** The same error; if it is about roles, with those that are needed. */
export function withRoles(roles: Roles, error: unknown): unknown {
  return isRefused(error) ? error.withHint(rolesText(roles)) : error;
}

const existing = /^PRIVATE(_ENDPOINT_SERVICE|LINK_ENDPOINT_SERVICE)_ALREADY_EXISTS_FOR_REGION$/;

export function isAlreadyThere(error: unknown): error is RequestError {
  return isRefusal(error) && error.status === 409 && existing.test(error.errorCode ?? '');
}

/** Whether the service or interface endpoint doesn't exist; not the project, nor a 404 of another server. */
export function isGone(error: unknown) {
  return isGoneBelow(error) && /^PRIVATE.*_NOT_FOUND/.test(error.errorCode ?? '');
}

/** The same for anything else below a project. The codes of some kinds of private endpoints are not known. */
export function isGoneBelow(error: unknown): error is RequestError {
  return isRefusal(error) && error.status === 404 && !/^(GROUP_.*)?$/.test(error.errorCode ?? '');
}

/* Reads Atlas responses. They may lack documented keys and have undocumented ones. */

export type Fields = Record<string, unknown>;

/** A response as an object; `listOf`: as a list. Throws an answer error that names what was expected. */
export function fields(answer: unknown, what: string): Fields {
  if (typeof answer === 'object' && answer !== null && !Array.isArray(answer)) return answer as Fields;
  throw unusable(`Atlas did not return a valid ${what}.`);
}

export function listOf(answer: unknown, what: string): readonly unknown[] {
  if (Array.isArray(answer)) return answer;
  throw unusable(`Atlas did not return a valid ${what}.`);
}
