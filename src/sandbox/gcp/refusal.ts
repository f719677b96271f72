import { Refusal } from '../refusal.js';

/* Errors in the format of Google's APIs. */

export class GcpRefusal extends Refusal {
  constructor(
    status: number,
    reason: string,
    message: string,
    readonly details: readonly unknown[] = [],
  ) {
    super(status, reason, message);
  }
}

/** A value of the request body is wrong. */
export function invalidField(field: string, value: unknown, why: string): GcpRefusal {
  const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return new GcpRefusal(400, 'invalid', `Invalid value for field '${field}': '${shown}'. ${why}`);
}

export function notFound(path: string): GcpRefusal {
  return new GcpRefusal(404, 'notFound', `The resource '${path}' was not found`);
}

export function forbidden(permission: string, path: string): GcpRefusal {
  return new GcpRefusal(403, 'forbidden', `Required '${permission}' permission for '${path}'`);
}

/** The API isn't enabled in the project. */
export function apiDisabled(api: string, project: string): GcpRefusal {
  const service = `${api}.googleapis.com`;
  const message = `${service} has not been used in project ${project} before or it is disabled. Enable it, then retry.`;
  const metadata = { service, consumer: `projects/${project}` };
  const type = 'type.googleapis.com/google.rpc.ErrorInfo';
  const info = { '@type': type, reason: 'SERVICE_DISABLED', domain: 'googleapis.com', metadata };
  return new GcpRefusal(403, 'accessNotConfigured', message, [info]);
}

/** The reasons that a status is typical of. */
export function reasonOfStatus(status: number): string {
  const reasons: Readonly<Record<number, string>> = {
    401: 'authError',
    403: 'forbidden',
    404: 'notFound',
    409: 'alreadyExists',
    412: 'conditionNotMet',
    429: 'rateLimitExceeded',
    500: 'internalError',
  };
  return reasons[status] ?? (status < 500 ? 'invalid' : 'backendError');
}

const statuses: Readonly<Record<number, string>> = {
  400: 'INVALID_ARGUMENT',
  401: 'UNAUTHENTICATED',
  403: 'PERMISSION_DENIED',
  429: 'RESOURCE_EXHAUSTED',
  503: 'UNAVAILABLE',
};

export function gcpErrorBody(refusal: Refusal): unknown {
  const { status: code, errorCode: reason, message } = refusal;
  const ofUsage = ['accessNotConfigured', 'quotaExceeded', 'rateLimitExceeded'].includes(reason);
  const details = refusal instanceof GcpRefusal ? refusal.details : [];
  return {
    error: {
      code,
      message,
      errors: [{ message, domain: ofUsage ? 'usageLimits' : 'global', reason }],
      ...(statuses[code] !== undefined && { status: statuses[code] }),
      ...(details.length > 0 && { details }),
    },
  };
}
