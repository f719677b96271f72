import { CliError } from '../base/errors.js';
import { mostListed } from '../base/listed.js';

/** The body of an Atlas error, as far as it can be relied on: `errorCode` is stable, the wording of `detail` is not. */
export interface ErrorBody {
  error?: number | string;
  errorCode?: string;
  detail?: string | null;
  reason?: string | null;
  parameters?: readonly unknown[] | null;
  /** Of the token endpoint, whose errors are those of RFC 6749 §5.2. */
  error_description?: string;
  badRequestDetail?: unknown;
}

type Exit = ConstructorParameters<typeof CliError>[0];

/** What the user needs to hear for each error code: the exit, where the status doesn't say it, and the next step. */
const advice: Record<string, { exit?: Exit; hint: string }> = {
  GROUP_NOT_FOUND: { hint: 'Check the project id, and that the key belongs to that project or its organization.' },
  PRIVATE_ENDPOINT_SERVICE_NOT_FOUND: { hint: 'List those that exist.' },
  PRIVATELINK_NOT_FOUND: { hint: 'List those that exist.' },
  PRIVATE_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION: { hint: 'Use the one that is there.' },
  PRIVATELINK_ENDPOINT_SERVICE_ALREADY_EXISTS_FOR_REGION: { hint: 'Use the one that is there.' },
  CANNOT_DELETE_PRIVATELINK_WITH_ENDPOINTS: { hint: 'Remove its interface endpoints first.' },
  PRIVATELINK_INTERFACE_ENDPOINT_NOT_FOUND: { hint: 'List those that are attached.' },
  PRIVATELINK_INTERFACE_ENDPOINT_ID_MALFORMED: { exit: 'usage', hint: 'Check the id: each cloud has its own form.' },
  PRIVATELINK_INTERFACE_ENDPOINT_ALREADY_EXISTS: { hint: 'Use the one that is there.' },
  PRIVATELINK_CANNOT_ACCEPT_ENDPOINTS: { hint: 'Wait until the service is ready.' },
  MULTIPLE_PRIVATE_ENDPOINTS_RESTRICTED_TO_SINGLE_REGION: {
    hint: 'Several regions need regional mode, which only sharded clusters support.',
  },
  PRIVATELINK_INCOMPATIBLE_TOO_MANY_NODES: { hint: 'Several regions need regional mode, or a smaller cluster.' },
  CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK: { hint: 'The clusters in this project allow no such endpoint.' },
  PATH_PARAM_PARSE_ERROR: { exit: 'usage', hint: 'Ids are 24 hex digits.' },
  INVALID_ATTRIBUTE: { exit: 'usage', hint: 'Regions are written us-east-1 or US_EAST_1.' },
  INVALID_REGION: { exit: 'usage', hint: 'Regions are written us-east-1 or US_EAST_1; check the provider too.' },
  CROSS_REGION_PRIVATE_LINK_SELF_REGION: {
    exit: 'usage',
    hint: "Leave the endpoint's own region out of the remote ones.",
  },
  IP_ADDRESS_NOT_ON_ACCESS_LIST: {
    hint: "Add this address to the API key's own access list (not to the project's IP access list).",
  },
  RATE_LIMITED: { hint: 'Wait a little, then run it again.' },
};

const exitOfStatus: Record<number, Exit> = {
  400: 'usage',
  401: 'notAllowed',
  403: 'notAllowed',
  404: 'notFound',
  409: 'conflict',
};

const hintOfStatus: Record<number, string> = {
  401: 'Check the credentials: whole, not expired or deleted, and for this Atlas (commercial or government).',
  403: 'Reading needs the role Project Read Only; creating and deleting need Project Owner or Organization Owner.',
};

const trouble = 'Atlas, or a proxy before it, is in trouble: try again later.';

const refused = 'Check what was asked for; --verbose shows the request that was refused.';

/** Atlas answered, and said no. Carries what it said. */
export class ApiError extends CliError {
  readonly status: number;
  readonly errorCode: string | null;
  readonly detail: string | null;
  /** What is wrong with which field of the request (of a 400). */
  readonly fields: readonly { field: string; description: string }[];
  /** When to come back, where Atlas says it. */
  readonly retryAfterSeconds: number | null;

  constructor(status: number, body: ErrorBody, retryAfterSeconds: number | null = null) {
    const errorCode = typeof body.errorCode === 'string' ? body.errorCode : null;
    const known = errorCode !== null && Object.hasOwn(advice, errorCode) ? advice[errorCode] : undefined;
    const fields = fieldsOf(body.badRequestDetail);
    const isSaid = (text: unknown): text is string => typeof text === 'string' && text !== '';
    const detail = [body.detail, body.error_description].find(isSaid) ?? null;
    const said = detail ?? [body.reason].find(isSaid) ?? 'Atlas refused the request.';
    const wrong = fields.slice(0, mostListed).map(({ field, description }) => ` ${field}: ${description}`);
    const more = fields.length > wrong.length ? [` and ${fields.length - wrong.length} more`] : [];
    const reasons = [...wrong, ...more].join(';');
    const again = retryAfterSeconds === null ? undefined : `Run it again in ${retryAfterSeconds} s.`;
    super(known?.exit ?? exitOfStatus[status] ?? 'unexpected', `${said}${reasons} (${errorCode ?? 'HTTP'} ${status})`, {
      hint: again ?? known?.hint ?? hintOfStatus[status] ?? (status >= 500 ? trouble : refused),
    });
    this.status = status;
    this.errorCode = errorCode;
    this.detail = detail;
    this.fields = fields;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** Signing in failed, so the request itself was never sent. */
export class SignInError extends CliError {
  readonly status: number | null;
  readonly errorCode: string | null;

  constructor(cause: CliError) {
    super(cause.exit, `Signing in failed: ${cause.message}`, { hint: cause.hint, cause });
    this.status = cause instanceof ApiError ? cause.status : null;
    this.errorCode = cause instanceof ApiError ? cause.errorCode : null;
  }
}

/** No answer came. */
export class NetworkError extends CliError {
  /** False only where the request certainly never reached Atlas; where true, a create may have taken effect. */
  readonly mayHaveArrived: boolean;

  constructor(message: string, options: { hint: string; cause: unknown; mayHaveArrived: boolean }) {
    super('unexpected', message, options);
    this.mayHaveArrived = options.mayHaveArrived;
  }
}

/** Something answered, but not as Atlas does: HTML, broken JSON, a redirect, far too much of it. */
export class AnswerError extends CliError {
  /** A transfer that broke off may come whole the next time; a page of HTML will not turn into JSON. */
  readonly transient: boolean;
  /** False only where the request certainly took no effect. */
  readonly mayHaveArrived: boolean;

  constructor(message: string, details: AnswerDetails = {}) {
    const { hint = 'Check the base URL, and whether a proxy stands in between.', cause } = details;
    super('unexpected', message, { hint, cause });
    this.transient = details.transient ?? false;
    this.mayHaveArrived = details.mayHaveArrived ?? true;
  }
}

interface AnswerDetails {
  hint?: string;
  cause?: unknown;
  transient?: boolean;
  mayHaveArrived?: boolean;
}

function fieldsOf(detail: unknown): { field: string; description: string }[] {
  const { fields } = Object(detail) as { fields?: unknown };
  if (!Array.isArray(fields)) return [];
  return fields.map((each) => {
    const { field, description } = Object(each) as Record<string, unknown>;
    const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
    return { field: text(field, 'field'), description: text(description, 'is not accepted') };
  });
}

/** True where a request that was to change something may or may not have done so: its answer was lost. */
export function mayHaveTakenEffect(error: unknown): error is CliError {
  return (
    ((error instanceof NetworkError || error instanceof AnswerError) && error.mayHaveArrived) ||
    // 408 and 499: a proxy gave up on it.
    (error instanceof ApiError && (error.status >= 500 || error.status === 408 || error.status === 499))
  );
}

const existing = /^PRIVATE(_ENDPOINT_SERVICE|LINK_ENDPOINT_SERVICE)_ALREADY_EXISTS_FOR_REGION$/;

/** True where a create was refused since the region has a service already. */
export function isAlreadyThere(error: unknown): error is ApiError {
  return error instanceof ApiError && error.status === 409 && existing.test(error.errorCode ?? '');
}

/** True where the service is not there: not its project, and not a 404 of something that isn't Atlas. */
export function isGone(error: unknown): boolean {
  return error instanceof ApiError && error.status === 404 && /^PRIVATE.*_NOT_FOUND/.test(error.errorCode ?? '');
}
