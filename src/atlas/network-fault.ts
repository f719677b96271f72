import { codeOf } from '../base/errors.js';
import { AnswerError, NetworkError } from './errors.js';

/** No connection came about, so nothing of a request has left. `cause` is what the system said, or a time-out. */
export class ConnectError extends Error {
  constructor(
    /** Whose fault it is: of the way to the proxy, or of the host behind. */
    readonly side: 'proxy' | 'host',
    cause: unknown,
  ) {
    super('There is no connection.', { cause });
  }
}

interface About {
  host: string;
  /** Host and port, where there is one. */
  proxy: string | undefined;
  /** Whether an address is still being looked up. */
  isLookingUp: boolean;
  /** Whether a connection was open, and the request sent on it. */
  hasLeft: boolean;
  /** Whether something that takes effect may have arrived, now or in an earlier try. */
  mayHaveArrived: boolean;
  /** Whether it may be run again without a look. */
  isHarmless: boolean;
  /** What this try was given; `connectMs` is for its connection. */
  limitMs: number;
  connectMs: number;
}

/** What went wrong on the way, or undefined where it is no fault of the network but one of this program. */
export function networkFault(error: unknown, about: About): NetworkError | AnswerError | undefined {
  const { host, limitMs, connectMs, hasLeft, mayHaveArrived, isHarmless } = about;
  if (error instanceof ConnectError) return connectFault(error, about, Math.min(limitMs, connectMs));
  if (isTimeout(error) && !hasLeft) return connectFault(new ConnectError('host', error), about, limitMs);
  // undici gives no code where what comes is no HTTP at all.
  const code = codeOf(error) ?? (error instanceof Error && error.name === 'HTTPParserError' ? 'no HTTP' : '');
  if (code === '' && !isTimeout(error)) return undefined;
  const reason = isTimeout(error)
    ? `gave no answer within ${Math.ceil(limitMs / 1000)} s`
    : `broke off the connection (${code})`;
  const hint = `Check the network, then ${isHarmless || !mayHaveArrived ? 'run it again' : 'look at what there is'}.`;
  return new NetworkError(`${host} ${reason}.`, { hint, cause: error, mayHaveArrived });
}

const ofNetwork = 'Check the network, the proxy settings and the base URL.';
const ofProxy = 'Check HTTPS_PROXY, and name hosts that need no proxy in NO_PROXY.';

/** What to say of a connection that didn't come about. */
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
      const hint = 'Put them into HTTPS_PROXY: http://USER:PASSWORD@HOST:PORT';
      return new AnswerError(`${who} asks for a user and a password (HTTP 407).`, { ...details, hint });
    }
    const message = `${who} did not connect to ${host} (HTTP ${status}).`;
    // It won't change its mind soon.
    if (status < 500) return new AnswerError(message, { ...details, hint: ofProxy });
    return new NetworkError(message, { ...details, hint: ofProxy });
  }
  if (isTimeout(cause)) {
    const within = `within ${Math.ceil(limitMs / 1000)} s`;
    // Where a proxy stands between, it is the one to ask.
    const asked = proxy === undefined ? host : `The proxy ${proxy}`;
    const failed = proxy === undefined ? 'did not accept the connection' : `did not connect to ${host}`;
    const message = `${asked} ${isLookingUp ? 'could not be looked up' : failed} ${within}.`;
    return new NetworkError(message, { ...details, hint: proxy === undefined ? ofNetwork : ofProxy });
  }
  const tls = tlsFault(code, who, isProxy ? 'HTTPS_PROXY' : 'the base URL');
  if (tls) return new AnswerError(tls.message, { ...details, hint: tls.hint });
  const what = failures[code] ?? `broke off the connection before it was open${code === '' ? '' : ` (${code})`}`;
  return new NetworkError(`${who} ${what}.`, { ...details, hint: isProxy ? ofProxy : ofNetwork });
}

function isTimeout(error: unknown): boolean {
  return error instanceof Error && error.name === 'TimeoutError';
}

const failures: Record<string, string> = {
  ECONNREFUSED: 'refused the connection',
  ENOTFOUND: 'was not found',
  EAI_AGAIN: 'could not be looked up',
  EHOSTUNREACH: 'cannot be reached',
  ENETUNREACH: 'cannot be reached',
  ETIMEDOUT: 'did not accept the connection in time',
};

/** What keeps TLS from being trusted or spoken; undefined where it is something else. */
function tlsFault(code: string, who: string, setting: string): { message: string; hint: string } | undefined {
  const certificate = `The certificate of ${who.replace(/^The/, 'the')}`;
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return {
        message: `${certificate} has expired.`,
        hint: 'Check the date of this machine. If it is right, only the owner of that server can renew the certificate.',
      };
    case 'CERT_NOT_YET_VALID':
      return { message: `${certificate} is not valid yet.`, hint: 'Check the date of this machine.' };
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return {
        message: `${certificate} is for another host.`,
        hint: `Check ${setting}. If it is right, another server answers in its place: a sign-in page of the network, or wrong DNS.`,
      };
    case 'EPROTO':
    case 'ERR_SSL_WRONG_VERSION_NUMBER':
    case 'ERR_SSL_PACKET_LENGTH_TOO_LONG':
      return {
        message: `${who} does not speak TLS on this port (${code}).`,
        hint: `Check ${setting}: its port, and whether that is an http:// address.`,
      };
  }
  if (/CERT|SIGNATURE/.test(code)) {
    return {
      message: `${certificate} is not trusted (${code}).`,
      hint: 'If a company proxy signs certificates, name its authority in NODE_EXTRA_CA_CERTS.',
    };
  }
  if (/ERR_TLS|ERR_SSL/.test(code)) {
    return {
      message: `${who} does not agree on TLS (${code}).`,
      hint: 'The server, or a proxy before it, may only support older or newer TLS than Node does.',
    };
  }
  return undefined;
}
