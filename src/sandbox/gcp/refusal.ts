import { Refusal } from '../refusal.js';

/* Errors in Google's format. */

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

export function invalidField(field: string, value: unknown, why: string): GcpRefusal {
  const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return new GcpRefusal(400, 'invalid', `Invalid value for field '${field}': '${shown}'. ${why}`);
}

export function unknownName(name: string): GcpRefusal {
  return new GcpRefusal(400, 'invalid', `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`);
}

export function notFound(path: string): GcpRefusal {
  return new GcpRefusal(404, 'notFound', `The resource '${path}' was not found`);
}

export function notReady(path: string): GcpRefusal {
  return new GcpRefusal(400, 'resourceNotReady', `The resource '${path}' is not ready`);
}

export function apiDisabled(api: string, project: string): GcpRefusal {
  const metadata = { service: `${api}.googleapis.com`, consumer: `projects/${project}` };
  const type = 'type.googleapis.com/google.rpc.ErrorInfo';
  const info = { '@type': type, reason: 'SERVICE_DISABLED', domain: 'googleapis.com', metadata };
  const message = `${metadata.service} has not been used in project ${project} before or it is disabled.`;
  return new GcpRefusal(403, 'accessNotConfigured', message, [info]);
}

/** By HTTP status: the reason that is typical of it, and its name. */
const statuses: Readonly<Record<number, readonly [reason: string, name: string]>> = {
  400: ['invalid', 'INVALID_ARGUMENT'],
  401: ['authError', 'UNAUTHENTICATED'],
  403: ['forbidden', 'PERMISSION_DENIED'],
  404: ['notFound', 'NOT_FOUND'],
  409: ['alreadyExists', 'ALREADY_EXISTS'],
  412: ['conditionNotMet', 'FAILED_PRECONDITION'],
  429: ['rateLimitExceeded', 'RESOURCE_EXHAUSTED'],
  500: ['internalError', 'INTERNAL'],
};

export function reasonOfStatus(status: number): string {
  return statuses[status]?.[0] ?? (status < 500 ? 'invalid' : 'backendError');
}

export function gcpErrorBody(refusal: Refusal): unknown {
  const { status: code, errorCode: reason, message } = refusal;
  const domain = /^(accessNotConfigured|quotaExceeded|rateLimitExceeded)$/.test(reason) ? 'usageLimits' : 'global';
  const details = refusal instanceof GcpRefusal && refusal.details.length > 0 ? { details: refusal.details } : {};
  const status = statuses[code]?.[1] ?? (code < 500 ? 'UNKNOWN' : 'UNAVAILABLE');
  return { error: { code, message, errors: [{ message, domain, reason }], status, ...details } };
}
