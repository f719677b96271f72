import { formatDuration } from '../base/duration.js';
import { codeOf } from '../base/errors.js';
import { isLoopback } from './base-url.js';
import { ConnectError, connectMs } from './connector.js';
import { AnswerError, NetworkError } from './errors.js';

interface About {
  host: string;
  /** Host and port of the proxy, if there is one. */
  proxy: string | undefined;
  /** Whether a DNS lookup is still running. */
  isLookingUp: boolean;
  /** Whether the connection was open and the request was sent. */
  hasLeft: boolean;
  /** Whether this try or an earlier one may have taken effect. */
  mayHaveArrived: boolean;
  /** Whether the request can be sent again without checking what exists. */
  isHarmless: boolean;
  /** The time-out of this try. */
  limitMs: number;
}

/** Turns an error into a network error. Undefined if the error is a bug in this program instead. */
export function networkFault(error: unknown, about: About): NetworkError | AnswerError | undefined {
  const { host, limitMs, hasLeft, mayHaveArrived, isHarmless } = about;
  if (error instanceof ConnectError) return connectFault(error, about, Math.min(limitMs, connectMs));
  if (isTimeout(error) && !hasLeft) return connectFault(new ConnectError('host', error), about, limitMs);
  // undici sets no code if the response is not HTTP.
  const isHttp = !(error instanceof Error && error.name === 'HTTPParserError');
  if (codeOf(error) === undefined && isHttp && !isTimeout(error)) return undefined;
  const reason = isTimeout(error)
    ? `did not respond within ${formatDuration(Math.ceil(limitMs / 1000) * 1000)}`
    : isHttp
      ? 'closed the connection before sending a complete response'
      : 'sent a response that is not valid HTTP';
  const hint = `Check the network, then ${isHarmless || !mayHaveArrived ? 'try again' : 'check whether the change was made'}.`;
  return new NetworkError(`${host} ${reason}.`, { hint, cause: error, mayHaveArrived });
}

const ofNetwork = 'Check the network, the proxy settings and the base URL.';
const ofSandbox =
  'If a sandbox was listening there, it has ended. Start it again and load its variables, or unset them.';
const ofProxy = 'Check HTTPS_PROXY or HTTP_PROXY. To bypass the proxy for a host, add the host to NO_PROXY.';

/** The error for a connection that could not be opened. */
function connectFault(
  error: ConnectError,
  { host, proxy, isLookingUp, mayHaveArrived }: About,
  limitMs: number,
): NetworkError | AnswerError {
  const { side, cause } = error;
  const isProxy = side === 'proxy' && proxy !== undefined;
  const who = isProxy ? `The proxy ${proxy}` : host;
  const code = codeOf(cause) ?? '';
  const details = { cause, mayHaveArrived };

  const status = Object(cause).status as unknown;
  if (isProxy && typeof status === 'number') {
    if (status === 407) {
      const hint = 'Add them to HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT';
      return new AnswerError(`${who} requires a user name and a password (HTTP 407).`, { ...details, hint });
    }
    const reason = status < 300 ? `sent a page instead of connecting to ${host}` : `could not connect to ${host}`;
    const message = `${who} ${reason} (HTTP ${status}).`;
    // A 4xx status won't change soon, so don't retry.
    if (status < 500) return new AnswerError(message, { ...details, hint: ofProxy });
    return new NetworkError(message, { ...details, hint: ofProxy });
  }
  if (isTimeout(cause)) {
    const within = `within ${formatDuration(Math.ceil(limitMs / 1000) * 1000)}`;
    // With a proxy, the proxy is what failed.
    const asked = proxy === undefined ? host : `The proxy ${proxy}`;
    const failed = proxy === undefined ? 'did not accept the connection' : `did not connect to ${host}`;
    const message = isLookingUp ? `${unresolved(asked)} ${within}.` : `${asked} ${failed} ${within}.`;
    return new NetworkError(message, { ...details, hint: proxy === undefined ? ofNetwork : ofProxy });
  }
  const tls = tlsFault(code, who, isProxy ? 'HTTPS_PROXY' : 'the base URL');
  if (tls) return new AnswerError(tls.message, { ...details, hint: tls.hint });
  const isHttp = !code.startsWith('HPE_');
  const unknown = code === '' || closed.includes(code) ? 'closed the connection' : `could not be reached (${code})`;
  const failure = failures[code] ?? (isHttp ? unknown : 'sent a response that is not valid HTTP');
  const said = unresolvedCodes.includes(code) ? unresolved(who) : `${who} ${failure}`;
  const isHere = code === 'ECONNREFUSED' && isLoopback(`http://${host}`);
  return new NetworkError(`${said}.`, { ...details, hint: isProxy ? ofProxy : isHere ? ofSandbox : ofNetwork });
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

/** The codes of connections that were open and then closed by the other side. */
const closed = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'];

const unresolvedCodes = ['ENOTFOUND', 'EAI_AGAIN'];

function unresolved(who: string): string {
  return `The host name ${who.replace(/^The proxy/, 'of the proxy')} could not be resolved`;
}

const failures: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  EHOSTUNREACH: 'is not reachable',
  ENETUNREACH: 'is not reachable',
  ETIMEDOUT: 'did not accept the connection in time',
};

/** Explains a TLS error; undefined for any other code. */
function tlsFault(code: string, who: string, setting: string): { message: string; hint: string } | undefined {
  const certificate = `The certificate of ${who.replace(/^The/, 'the')}`;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return {
        message: `${certificate} has expired.`,
        hint: 'Check the clock of this machine. If it is correct, the owner of the server must renew the certificate.',
      };
    case 'CERT_NOT_YET_VALID':
      return { message: `${certificate} is not valid yet.`, hint: 'Check the clock of this machine.' };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        message: `${certificate} is for a different host.`,
        hint: `Check ${setting}. If it is correct, DNS may be wrong, or a network sign-in page may have answered.`,
      };
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return {
        message: `${who} does not use TLS on this port.`,
        hint: `Check the port in ${setting}, and whether the server uses plain HTTP.`,
      };
  }
  if (/CERT|SIGNATURE/.test(code)) {
    return {
      message: `${certificate} is not trusted (${code}).`,
      hint: `If your company's proxy intercepts TLS, set NODE_EXTRA_CA_CERTS to the path of its CA certificate file.`,
    };
  }
  if (/ERR_TLS|ERR_SSL/.test(code)) {
    return {
      message: `${who} and this machine could not agree on a TLS version or cipher (${code}).`,
      hint: 'The server, or a proxy in front of it, may support only TLS versions that Node.js does not support.',
    };
  }
  return undefined;
}
