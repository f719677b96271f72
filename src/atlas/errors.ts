import { isIP } from 'node:net';
import { formatDuration } from '../base/duration.js';
import type { CliError, Reason } from '../base/errors.js';
import { objects, text } from '../base/json.js';
import { listed, mostListed } from '../base/words.js';
import { isRefusal, type RequestDetails, RequestError } from '../http/request-error.js';

/** Atlas requires one of these roles to create and delete private endpoints. */
export const changingRoles = ['Project Owner', 'Project Network Access Manager', 'Organization Owner'];

/** The API's description asks for Project Owner; MongoDB's page on roles lets Network Access Managers change them too. */
export const neededRoles =
  'Reading requires the role Project Read Only. Changes require Project Owner; Project Network Access Manager may be enough.';

interface Meaning {
  codes: readonly string[];
  /** What to do next. `value` is the first parameter of the error. Without a hint, Atlas's sentence stands alone. */
  hint?: string | ((value: string) => string);
  /** Default: that of the status. */
  exit?: CliError['exit'];
  /** Whether the same request may succeed a little later. Default: whether the status says so. */
  mayPass?: true;
  reason?: Reason;
}

/** Of the key, not of the project. */
const accessListCodes = [
  ...['IP_ADDRESS_NOT_ON_ACCESS_LIST', 'ORG_REQUIRES_ACCESS_LIST', 'RESOURCE_REQUIRES_ACCESS_LIST'],
  ...['IP_ADDRESS_NOT_ON_WHITELIST', 'ORG_REQUIRES_WHITELIST', 'RESOURCE_REQUIRES_WHITELIST'],
];

const projectCodes = [
  ...['GROUP_NOT_FOUND', 'GROUP_NAME_NOT_FOUND', 'INVALID_GROUP_ID'],
  ...['NOT_IN_GROUP', 'USER_CANNOT_ACCESS_GROUP'],
];

/** `ATLAS_GENERAL_ERROR` has many reasons. Its parameter tells this one. */
const noCapacity = 'ATLAS_GENERAL_ERROR: No Capacity';

const support = 'Ask the support of MongoDB to raise it: up to 90 nodes in a region are possible.';

/** What the codes of Atlas mean. Only a row here gives a hint about roles, values or what is between. */
const meanings: readonly Meaning[] = [
  {
    codes: projectCodes,
    hint: 'Check the project id. The credentials must belong to that project or its organization.',
    exit: 'notFound',
  },
  { codes: ['PRIVATE_ENDPOINT_SERVICE_NOT_FOUND', 'PRIVATELINK_NOT_FOUND'], hint: 'List the existing endpoints.' },
  { codes: ['PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND'], hint: 'List the attached interface endpoints.' },
  {
    codes: ['PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED'],
    hint: 'Check the id. Each cloud uses its own format.',
    exit: 'usage',
  },
  {
    codes: ['MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION'],
    hint: 'Private endpoints in multiple regions require regional mode, which only sharded clusters support.',
  },
  { codes: ['PRIVATELINK_INCOMPATIBLE_TOO_MANY_NODES'], hint: `The project's limit is reached. ${support}` },
  {
    codes: ['CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK'],
    hint: `The clusters of this project need a higher limit. ${support}`,
  },
  {
    codes: ['CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_PRIVATE_ENDPOINT_SERVICES'],
    hint: 'A private endpoint service that is being deleted counts too. Wait until it is gone.',
  },
  { codes: ['PATH_PARAM_PARSE_ERROR'], hint: 'An id has 24 hex digits.', exit: 'usage' },
  {
    codes: ['INVALID_ATTRIBUTE'],
    hint: 'Correct the named value. --verbose shows the rejected request.',
    exit: 'usage',
  },
  {
    codes: ['INVALID_REGION'],
    hint: 'Use a region name such as us-east-1 or US_EAST_1, and check the provider.',
    exit: 'usage',
  },
  {
    codes: ['CROSS_REGION_PRIVATE_LINK_SELF_REGION'],
    hint: "Remove the endpoint's own region from the remote regions.",
    exit: 'usage',
  },
  { codes: ['PROVIDER_UNSUPPORTED'], hint: 'Only services on AWS can have remote regions.', exit: 'usage' },
  {
    codes: accessListCodes,
    hint: (address) => {
      const which = isIP(address) === 0 ? 'the address of this machine' : address;
      return (
        `Add ${which} to the access list of the API key or service account (in Atlas: Access Manager). ` +
        "The project's IP access list is for database connections."
      );
    },
    exit: 'notAllowed',
  },
  {
    codes: [noCapacity, 'NO_CAPACITY', 'OUT_OF_CAPACITY', 'REGION_UNAVAILABLE'],
    hint: 'Atlas has no capacity there now. Try again later, or use another region.',
    exit: 'unexpected',
    reason: 'noCapacity',
  },
  { codes: ['ATLAS_GENERAL_ERROR'], exit: 'unexpected' },
  {
    codes: ['WRITES_NOT_ALLOWED_DURING_APP_UPGRADES'],
    hint: 'Atlas is in maintenance. Try again later.',
    mayPass: true,
  },
  { codes: ['USER_UNAUTHORIZED'], hint: neededRoles, exit: 'notAllowed' },
  { codes: ['RATE_LIMITED'], hint: 'Wait a moment, then try again.' },
];

const exitOfStatus: Record<number, CliError['exit']> = {
  400: 'usage',
  401: 'notAllowed',
  403: 'notAllowed',
  404: 'notFound',
  409: 'conflict',
};

/** For errors whose code says nothing, which may not even come from Atlas. */
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

/** Of the body, only `errorCode` and `parameters` are stable. The token endpoint sends `error_description` as `detail` (RFC 6749 §5.2). */
export function toRefusal(status: number, body: object, retryAfterMs = 0): RequestError {
  const { errorCode: code, badRequestDetail, parameters, ...texts } = body as Record<string, unknown>;
  const errorCode = text(code);
  const [value = ''] = Array.isArray(parameters) ? parameters.map(String) : [];
  const meaning = [`${errorCode}: ${value}`, errorCode]
    .map((each) => meanings.find(({ codes }) => codes.some((known) => known === each)))
    .find((found) => found !== undefined);
  const wrong = objects(Object(badRequestDetail).fields).map(
    ({ field, description }) => `${text(field) ?? 'field'}: ${text(description) ?? 'is not valid'}`,
  );
  const detail = text(texts.detail) || text(texts.error_description) || null;
  const reported = detail ?? (text(texts.reason) || 'Atlas rejected the request.');
  const reasons = wrong.length === 0 ? '' : ` ${listed(wrong, mostListed, '; ')}`;
  const again = retryAfterMs === 0 ? undefined : `Try again in ${formatDuration(retryAfterMs)}.`;
  const sentence = `${reported}${reasons}`.replace(/\.$/, '');
  const hint = typeof meaning?.hint === 'function' ? meaning.hint(value) : meaning?.hint;
  return new RequestError(`${sentence} (${errorCode ?? 'HTTP'} ${status}).`, {
    exit: meaning?.exit ?? exitOfStatus[status] ?? 'unexpected',
    hint: again ?? hint ?? (meaning ? undefined : hintFor(status, errorCode)),
    ...{ status, errorCode, detail, retryAfterMs, mayPass: meaning?.mayPass, reason: meaning?.reason },
  });
}

/** For an error without a row. */
function hintFor(status: number, errorCode: string | null) {
  if (errorCode === null || errorCode === 'UNEXPECTED_ERROR')
    return hintOfStatus[status] ?? (status >= 500 ? trouble : refused);
  return status >= 500 ? 'Try again later.' : undefined;
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

/** Whether the address of this machine is not on the access list of the API key, or the key has no such list and needs one. */
export function isOffAccessList(error: unknown): error is RequestError {
  return isRefusal(error) && accessListCodes.includes(error.errorCode ?? '');
}

/** Atlas refuses some of several creates at once in a project so, about half of them (MongoDB's own words); it creates nothing. */
export function isNoCapacity(error: unknown): error is RequestError {
  return isRefusal(error) && error.status === 400 && error.reason === 'noCapacity';
}

const existing = /^PRIVATE(_ENDPOINT_SERVICE|LINK_ENDPOINT_SERVICE)_ALREADY_EXISTS_FOR_REGION$/;

export function isAlreadyThere(error: unknown): error is RequestError {
  return isRefusal(error) && error.status === 409 && existing.test(error.errorCode ?? '');
}

/** Whether what a path names doesn't exist; not the project, nor a 404 of another server. Each cloud has codes of its own. */
export function isGone(error: unknown): error is RequestError {
  if (!isRefusal(error) || error.status !== 404 || error.exit !== 'notFound') return false;
  return error.errorCode !== null && !projectCodes.includes(error.errorCode);
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
