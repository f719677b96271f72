import { formatDuration } from '../base/duration.js';
import { CliError } from '../base/errors.js';
import { objects, text } from '../base/json.js';
import { listed, mostListed } from '../base/lists.js';

const neededRoles =
  'Reading requires the Project Read Only role. Creating and deleting require Project Owner or Organization Owner.';

const hintOfCode: Record<string, string> = {
  GROUP_NOT_FOUND: 'Check the project id. The credentials must belong to that project or its organization.',
  PRIVATE_ENDPOINT_SERVICE_NOT_FOUND: 'List the existing endpoints.',
  PRIVATELINK_NOT_FOUND: 'List the existing endpoints.',
  PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION: 'Use the existing one.',
  PRIVATELINK_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION: 'Use the existing one.',
  CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS: 'Remove its interface endpoints first.',
  PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND: 'List the attached interface endpoints.',
  PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED: 'Check the id. Each cloud uses its own format.',
  PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS: 'Use the existing one.',
  PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS: 'Wait until the private endpoint service is ready.',
  MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION:
    'Private endpoints in multiple regions require regional mode, which only sharded clusters support.',
  PRIVATELINK_INCOMPATIBLE_TOO_MANY_NODES:
    'Private endpoints in multiple regions require regional mode or a smaller cluster.',
  CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK: 'The clusters in this project do not support this endpoint.',
  PATH_PARAM_PARSE_ERROR: 'An id has 24 hex digits.',
  INVALID_ATTRIBUTE: 'Correct the named value. --verbose shows the rejected request.',
  INVALID_REGION: 'Use a region name such as us-east-1 or US_EAST_1, and check the provider.',
  CROSS_REGION_PRIVATE_LINK_SELF_REGION: "Remove the endpoint's own region from the remote regions.",
  IP_ADDRESS_NOT_ON_ACCESS_LIST: "Add this address to the API key's access list, not to the project's IP access list.",
  USER_UNAUTHORIZED: neededRoles,
  RATE_LIMITED: 'Wait a moment, then try again.',
};

/** The codes of mistakes by the caller, whatever the HTTP status. */
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
  401: 'Check that the credentials are complete, have not expired or been deleted, and are for the right Atlas (commercial or government).',
  403: neededRoles,
};

const trouble = 'Atlas, or a proxy in front of it, is having problems. Try again later.';

const refused = 'Check the values. --verbose shows the rejected request.';

/**
 * Atlas returned an error response. Of its body, only `errorCode` is stable; the wording of `detail` is not. The token endpoint
 * sends `error_description` instead (RFC 6749 §5.2).
 */
export class ApiError extends CliError {
  readonly errorCode: string | null;
  readonly detail: string | null;

  constructor(
    readonly status: number,
    body: object,
    /** From Retry-After; null if Atlas didn't send it. */
    readonly retryAfterSeconds: number | null = null,
  ) {
    const { errorCode: code, badRequestDetail, ...texts } = body as Record<string, unknown>;
    const errorCode = text(code);
    const known = errorCode !== null && Object.hasOwn(hintOfCode, errorCode) ? hintOfCode[errorCode] : undefined;
    const exit = mistakes.test(errorCode ?? '') ? 'usage' : (exitOfStatus[status] ?? 'unexpected');
    const wrong = fieldsOf(badRequestDetail);
    const detail = text(texts.detail) || text(texts.error_description) || null;
    const reported = detail ?? (text(texts.reason) || 'Atlas rejected the request.');
    const reasons = wrong.length === 0 ? '' : ` ${listed(wrong, mostListed, '; ')}`;
    const again = retryAfterSeconds === null ? undefined : `Try again in ${formatDuration(retryAfterSeconds * 1000)}.`;
    const sentence = `${reported}${reasons}`.replace(/\.$/, '');
    super(exit, `${sentence} (${errorCode ?? 'HTTP'} ${status}).`, {
      hint: again ?? known ?? hintOfStatus[status] ?? (status >= 500 ? trouble : refused),
    });
    this.errorCode = errorCode;
    this.detail = detail;
  }
}

/** Signing in failed, so the request itself was not sent. */
export class SignInError extends CliError {
  readonly status: number | null;
  readonly errorCode: string | null;

  constructor(cause: CliError) {
    const isRefused = cause instanceof ApiError && cause.status === 401;
    super(cause.exit, isRefused ? cause.message : `Sign-in failed: ${cause.message}`, { hint: cause.hint, cause });
    this.status = cause instanceof ApiError ? cause.status : null;
    this.errorCode = cause instanceof ApiError ? cause.errorCode : null;
  }
}

interface AnswerDetails {
  hint?: string;
  cause?: unknown;
  transient?: boolean;
  mayHaveArrived?: boolean;
}

/** There was no response, or it is not from Atlas or not usable: HTML, broken JSON, a redirect, too large. */
export class AnswerError extends CliError {
  /** Whether a retry may help. It helps if the network or a transfer broke, but HTML will not turn into JSON. */
  readonly transient: boolean;
  /** False only if the request certainly had no effect. If true, a create may have taken effect. */
  readonly mayHaveArrived: boolean;

  constructor(message: string, { transient = false, mayHaveArrived = true, ...details }: AnswerDetails = {}) {
    super('unexpected', message, { hint: 'Check the base URL and the proxy settings.', ...details });
    this.transient = transient;
    this.mayHaveArrived = mayHaveArrived;
  }
}

/** The invalid fields of the request (HTTP 400), each with what is wrong. */
function fieldsOf(detail: unknown): string[] {
  return objects(Object(detail).fields).map(
    ({ field, description }) => `${text(field) ?? 'field'}: ${text(description) ?? 'is not valid'}`,
  );
}

/** True if a request may or may not have changed something because its response was lost. */
export function mayHaveTakenEffect(error: unknown): error is CliError {
  return (
    (error instanceof AnswerError && error.mayHaveArrived) ||
    // 408 and 499: a proxy gave up on the request.
    (error instanceof ApiError && (error.status >= 500 || error.status === 408 || error.status === 499))
  );
}

const existing = /^PRIVATE(_ENDPOINT_SERVICE|LINK_ENDPOINT_SERVICE)_ALREADY_EXISTS_FOR_REGION$/;

/** True if a create failed because the region already has a service. */
export function isAlreadyThere(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 409 && existing.test(error.errorCode ?? '');
}

/**
 * True if the service or interface endpoint doesn't exist. False if the project doesn't, or if the 404 is not from
 * Atlas.
 */
export function isGone(error: unknown): boolean {
  return isGoneBelow(error) && /^PRIVATE.*_NOT_FOUND/.test(error.errorCode ?? '');
}

/** The same for anything else below a project. The codes of some kinds of private endpoints are not known. */
export function isGoneBelow(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 404 && !/^(GROUP_.*)?$/.test(error.errorCode ?? '');
}
