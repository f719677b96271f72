import { Refusal } from '../refusal.js';

/* Errors in Google's format. The code of a refusal is Google's reason. */

export function invalidField(field: string, value: unknown, why: string): Refusal {
  const shown = typeof value === 'string' ? value : (JSON.stringify(value) ?? '');
  return new Refusal(400, 'invalid', `Invalid value for field '${field}': '${shown}'. ${why}`);
}

export function unknownName(name: string): Refusal {
  return new Refusal(400, 'invalid', `Invalid JSON payload received. Unknown name "${name}": Cannot find field.`);
}

export function notFound(path: string): Refusal {
  return new Refusal(404, 'notFound', `The resource '${path}' was not found`);
}

/** By HTTP status: the reason that is typical of it, and its name. */
const statuses: Readonly<Record<number, readonly [reason: string, name: string]>> = {
  401: ['authError', 'UNAUTHENTICATED'],
  403: ['forbidden', 'PERMISSION_DENIED'],
  404: ['notFound', 'NOT_FOUND'],
  409: ['alreadyExists', 'ALREADY_EXISTS'],
  412: ['conditionNotMet', 'FAILED_PRECONDITION'],
  429: ['rateLimitExceeded', 'RESOURCE_EXHAUSTED'],
  500: ['internalError', 'INTERNAL'],
};

function typicalOf(status: number): readonly [reason: string, name: string] {
  return statuses[status] ?? (status < 500 ? ['invalid', 'INVALID_ARGUMENT'] : ['backendError', 'UNAVAILABLE']);
}

export function reasonOfStatus(status: number): string {
  return typicalOf(status)[0];
}

/** If an API is not enabled, the parameter of the refusal is its name. */
export function gcpErrorBody({ status: code, errorCode, message, parameters: [api = 'compute'] }: Refusal) {
  const reason = errorCode === 'INVALID_JSON' ? 'parseError' : errorCode;
  const domain = /^(accessNotConfigured|quotaExceeded|rateLimitExceeded)$/.test(reason) ? 'usageLimits' : 'global';
  const type = 'type.googleapis.com/google.rpc.ErrorInfo';
  const metadata = { service: `${api}.googleapis.com` };
  const disabled = { '@type': type, reason: 'SERVICE_DISABLED', domain: 'googleapis.com', metadata };
  const details = reason === 'accessNotConfigured' ? { details: [disabled] } : {};
  return { error: { code, message, errors: [{ message, domain, reason }], status: typicalOf(code)[1], ...details } };
}
