import { isTimeout } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import { codeOf } from '../base/errors.js';
import type { Attempt } from './ask.js';
import { ConnectError } from './proxy.js';
import { RequestError } from './request-error.js';
import { connectMs, type Route } from './route.js';

interface About {
  host: string;
  route: Pick<Route, 'proxy' | 'isLookingUp'>;
  /** Whether the connection was open and this request was sent. `attempt.hasLeft` is about all that signing takes. */
  isSent: boolean;
  attempt: Pick<Attempt, 'isHarmless' | 'hasLeft'>;
  urlSetting: string;
  limitMs: number;
}

/** Explains why there was no response. Undefined if the error is a bug in this program instead. */
export function networkFault(error: unknown, about: About) {
  const { host, limitMs, isSent, attempt } = about;
  const mayHaveArrived = attempt.hasLeft;
  if (error instanceof ConnectError) return connectFault(error, about, Math.min(limitMs, connectMs));
  if (isTimeout(error) && !isSent) return connectFault(new ConnectError('host', error), about, limitMs);
  // undici sets no code if the response is not HTTP.
  const isHttp = !(error instanceof Error && error.name === 'HTTPParserError');
  if (codeOf(error) === undefined && isHttp && !isTimeout(error)) return undefined;
  const broken = isHttp ? 'closed the connection before sending a complete response' : notHttp;
  const reason = isTimeout(error) ? `did not respond ${within(limitMs)}` : broken;
  const hint = `Check the network, then ${attempt.isHarmless || !mayHaveArrived ? 'try again' : 'check whether the change was made'}.`;
  return new RequestError(`${host} ${reason}.`, { hint, cause: error, mayPass: true, mayHaveArrived });
}

const ofProxy = 'Check HTTPS_PROXY or HTTP_PROXY. To bypass the proxy for a host, add the host to NO_PROXY.';

function connectFault(
  { side, status, cause }: ConnectError,
  { host, route: { proxy, isLookingUp }, attempt, urlSetting }: About,
  limitMs: number,
): RequestError {
  // After a time-out with a proxy, the proxy is what failed.
  const isProxy = side === 'proxy' || (isTimeout(cause) && proxy !== undefined);
  const who = isProxy ? `The proxy ${proxy}` : host;
  const code = codeOf(cause) ?? '';
  const ofNetwork = `Check the network, the proxy settings and ${urlSetting}.`;
  const details = { cause, mayPass: true, mayHaveArrived: attempt.hasLeft, hint: isProxy ? ofProxy : ofNetwork };
  const unresolved = `The host name ${isProxy ? `of the proxy ${proxy}` : host} could not be resolved`;

  if (status !== null) {
    if (status === 407) {
      const hint = 'Add them to HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT';
      const message = `${who} requires a user name and a password (HTTP 407).`;
      return new RequestError(message, { ...details, hint, mayPass: false });
    }
    const reason = status < 300 ? `sent a page instead of connecting to ${host}` : `could not connect to ${host}`;
    // A 4xx status won't change soon, so don't retry.
    return new RequestError(`${who} ${reason} (HTTP ${status}).`, { ...details, mayPass: status >= 500 });
  }
  if (isTimeout(cause)) {
    const failed = isProxy ? `did not connect to ${host}` : 'did not accept the connection';
    return new RequestError(`${isLookingUp() ? unresolved : `${who} ${failed}`} ${within(limitMs)}.`, details);
  }
  const [tls, hint] = tlsFault(code, who, isProxy ? 'HTTPS_PROXY' : urlSetting);
  if (tls) return new RequestError(tls, { ...details, hint, mayPass: false });
  if (['ENOTFOUND', 'EAI_AGAIN'].includes(code)) return new RequestError(`${unresolved}.`, details);
  const failure = code.startsWith('HPE_') ? notHttp : failures[code];
  const isClosed = ['', 'ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(code);
  const otherwise = isClosed ? 'closed the connection' : `could not be reached (${code})`;
  return new RequestError(`${who} ${failure ?? otherwise}.`, details);
}

const notHttp = 'sent a response that is not valid HTTP';

const failures: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  EHOSTUNREACH: 'is not reachable',
  ENETUNREACH: 'is not reachable',
  ETIMEDOUT: 'did not accept the connection in time',
};

export function within(ms: number) {
  return `within ${formatDuration(Math.ceil(ms / 1000) * 1000)}`;
}

/** What to say of a TLS connection, and what to do. */
function tlsFault(code: string, who: string, setting: string) {
  const certificate = `The certificate of ${who.replace(/^The/, 'the')}`;
  const untrusted = [
    `${certificate} is not trusted (${code}).`,
    `If your company's proxy intercepts TLS, set NODE_EXTRA_CA_CERTS to the path of its CA certificate file.`,
  ];
  const faults: Partial<Record<TlsProblem, string[]>> = {
    expired: [
      `${certificate} has expired.`,
      'Check the clock of this machine. If it is correct, the owner of the server must renew the certificate.',
    ],
    early: [`${certificate} is not valid yet.`, 'Check the clock of this machine.'],
    otherHost: [
      `${certificate} is for a different host.`,
      `Check ${setting}. If it is correct, DNS may be wrong, or a network sign-in page may have answered.`,
    ],
    noTls: [
      `${who} does not use TLS on this port.`,
      `Check the port in ${setting}, and whether the server uses plain HTTP.`,
    ],
    noAgreement: [
      `${who} and this machine could not agree on a TLS version or cipher (${code}).`,
      'The server, or a proxy in front of it, may support only TLS versions that Node.js does not support.',
    ],
  };
  const problem = tlsProblemOf(code);
  return problem ? (faults[problem] ?? untrusted) : [];
}

/** What is wrong with a TLS connection. `early`: the certificate is not valid yet. `noAgreement`: on a version or cipher. */
export type TlsProblem = (typeof problems)[keyof typeof problems] | 'untrusted' | 'badCertificate' | 'noAgreement';

const problems = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'early',
  CERT_SIGNATURE_FAILURE: 'badSignature',
  ERR_TLS_CERT_ALTNAME_INVALID: 'otherHost',
  EPROTO: 'noTls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'noTls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'noTls',
} as const;

export function tlsProblemOf(code: string): TlsProblem | undefined {
  if (Object.hasOwn(problems, code)) return problems[code as keyof typeof problems];
  if (/^(?:SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(?:GET|VERIFY)|CERT_UNTRUSTED|INVALID_CA)/.test(code)) return 'untrusted';
  if (/CERT|SIGNATURE/.test(code)) return 'badCertificate';
  return /ERR_TLS|ERR_SSL/.test(code) ? 'noAgreement' : undefined;
}
