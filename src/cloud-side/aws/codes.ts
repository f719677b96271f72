import { CloudError, hasCode } from '../errors.js';

/* AWS error codes, grouped by meaning. Codes are stable, the messages are not. */

const kinds = {
  /** The role lacks a permission. */
  denied: ['UnauthorizedOperation', 'AccessDenied', 'AccessDeniedException'],
  expired: ['ExpiredToken', 'ExpiredTokenException'],
  /** For expired credentials, and also if the clock of this machine is wrong. */
  expiredOrSkewed: ['RequestExpired', 'RequestTimeTooSkewed', 'RequestInTheFuture'],
  badKeys: [
    ...['AuthFailure', 'InvalidClientTokenId', 'SignatureDoesNotMatch', 'UnrecognizedClientException'],
    ...['IncompleteSignature', 'MissingAuthenticationToken', 'InvalidAccessKeyId'],
  ],
  /** The account has not enabled the region. */
  notEnabled: ['OptInRequired'],
  /** Too many requests, so that nothing was done. */
  limit: [
    ...['RequestLimitExceeded', 'Throttling', 'ThrottlingException'],
    ...['TooManyRequestsException', 'RequestThrottled'],
  ],
} as const satisfies Record<string, readonly string[]>;

type Kind = keyof typeof kinds;

/** Undefined for any other refusal. */
export function kindOf(code: string): Kind | undefined {
  const all = Object.entries(kinds) as [Kind, readonly string[]][];
  return all.find(([, codes]) => codes.includes(code))?.[0];
}

/** Whether the role lacks a permission. */
export function isDenied(error: unknown): error is CloudError {
  return error instanceof CloudError && kindOf(error.errorCode ?? '') === 'denied';
}

const groups = ['InvalidGroup', 'InvalidGroupId', 'InvalidSecurityGroupId', 'InvalidSecurityGroupID'];
export const unknownGroup: readonly string[] = groups.map((kind) => `${kind}.NotFound`);

/** Whether AWS doesn't know a security group or a service, which may be new. */
export function isUnknown(error: unknown): error is CloudError {
  return hasCode(error, ...unknownGroup, 'InvalidServiceName');
}

/** The system's codes for a connection that never came about, so that nothing was sent. */
export const unsent: readonly string[] = ['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'EHOSTUNREACH', 'ENETUNREACH'];

/** Node's codes for a certificate whose authority isn't trusted. Nothing was sent then. */
export const untrusted = /^(?:SELF_SIGNED_CERT|DEPTH_ZERO_SELF|UNABLE_TO_(?:GET|VERIFY)|CERT_UNTRUSTED|INVALID_CA)/;
