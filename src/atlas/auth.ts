import type { Clock } from '../base/clock.js';
import { isFailure } from '../base/errors.js';
import { once } from '../base/once.js';
import type { RequestLimits } from '../http/ask.js';
import type { Answer } from '../http/dispatcher.js';
import { digestHeader, type Nonce, parseChallenge } from './digest.js';
import { signInError, unusable } from './errors.js';

/** Adds credentials to a request and handles a 401. A 401 that it returns is final. */
export type Auth = (request: AuthRequest, exchange: Exchange) => Promise<Answer>;

interface AuthRequest {
  method: string;
  uri: string;
  /** Also limits signing in. */
  limits?: RequestLimits | undefined;
}

type Exchange = (authorization: string | undefined) => Promise<Answer>;

export type Credentials =
  | { kind: 'api-key'; publicKey: string; privateKey: string }
  | { kind: 'service-account'; clientId: string; clientSecret: string }
  | { kind: 'access-token'; accessToken: string };

/** Keeps what was learned while signing in. It may lose the value and return anything, so callers check it. */
export interface AuthCache {
  read(): Promise<unknown>;
  write(value: unknown): Promise<void>;
}

/** How often a request is signed again before a 401 is final. */
const mostRounds = 3;

/**
 * HTTP Digest. A nonce serves one request at a time and counts 1, 2, 3, which every server accepts. Jetty 9.4, whose challenges
 * Atlas sends, takes each count once, and only up to 1023 (its `DigestAuthenticator`); Jetty 9.0 wants counts that rise. `idle`
 * begins with the nonces of an earlier command, and always has those that another request may use.
 */
export function digestAuth(publicKey: string, privateKey: string, idle: Nonce[] = []): Auth {
  return async ({ method, uri }, exchange) => {
    let nonce = idle.pop();
    for (let round = 0; ; round++) {
      if (nonce) nonce.count++;
      const answer = await exchange(
        nonce && digestHeader(nonce, { method, uri, username: publicKey, password: privateKey }),
      );
      const challenge = answer.status === 401 ? parseChallenge(answer.headers['www-authenticate']) : undefined;
      // If the answer is lost, the nonce is lost with it: nobody knows whether this count was used.
      if (!challenge && nonce) idle.push(nonce);
      // Refused with a fresh nonce, the key is wrong, unless even that was too old.
      const isWrongKey = nonce?.count === 1 && !challenge?.stale;
      if (!challenge || isWrongKey || round === mostRounds) return answer;
      nonce = { challenge, count: 0 };
    }
  };
}

export function bearerAuth(accessToken: string): Auth {
  return (_, exchange) => exchange(`Bearer ${accessToken}`);
}

/** A token is not used in its last two minutes, so that it can't expire on its way to Atlas. */
const tokenMarginMs = 120_000;
/** Also if `expires_in` is shorter or missing: Atlas refuses a token that has expired, and it is replaced. */
const leastTokenMs = 60_000;

interface Token {
  value: string;
  /** Milliseconds since 1970. */
  freshUntil: number;
}

/** Whether the text can be sent as a token (RFC 6750 §2.1, less strictly). */
function isToken(text: string) {
  return /^[\x21-\x7e]+$/.test(text);
}

export function savedToken(value: unknown): Token | undefined {
  const { value: token, freshUntil } = Object(value) as Partial<Token>;
  if (typeof token !== 'string' || !isToken(token) || typeof freshUntil !== 'number') return undefined;
  return { value: token, freshUntil };
}

/** OAuth 2.0 client credentials. `requestToken` asks the token endpoint. A token that Atlas refuses is replaced. */
export function serviceAccountAuth(
  clock: Clock,
  requestToken: (limits?: RequestLimits) => Promise<unknown>,
  cache?: AuthCache,
): Auth {
  let token: Promise<Token> | undefined;
  const readSaved = once(async () => savedToken(await cache?.read()));

  const obtain = async (limits?: RequestLimits) => {
    const answer = await requestToken(limits).catch((error: unknown) => {
      // The request was retried already. The caller must not retry again, nor assume that its own request was sent.
      throw isFailure(error) ? signInError(error) : error;
    });
    const { access_token: value, expires_in: seconds } = Object(answer) as Record<string, unknown>;
    if (typeof value !== 'string' || !isToken(value)) {
      throw signInError(unusable('Atlas did not return a valid access token.'));
    }
    // `expires_in` is only recommended (RFC 6749 §5.1), and some servers send it as text. `Number` may throw for an object.
    const lifeMs = typeof seconds === 'object' ? Number.NaN : Number(seconds) * 1000;
    const fresh = Number.isFinite(lifeMs) ? Math.max(lifeMs - tokenMarginMs, leastTokenMs) : leastTokenMs;
    const obtained = { value, freshUntil: clock.now() + fresh };
    await cache?.write(obtained);
    return obtained;
  };
  const current = async (limits?: RequestLimits, refused?: string) => {
    const held = token;
    // Concurrent requests share a token, and also the failure to get one.
    const known = (await held) ?? (await readSaved());
    if (known && known.value !== refused && known.freshUntil > clock.now()) return known.value;
    // The first request that finds no usable token replaces it for all.
    if (token === held) {
      token = obtain(limits);
      token.catch(() => {
        token = undefined;
      });
    }
    return (await (token ?? obtain(limits))).value;
  };

  return async ({ limits }, exchange) => {
    let refused: string | undefined;
    for (let round = 1; ; round++) {
      const value = await current(limits, refused);
      const answer = await exchange(`Bearer ${value}`);
      if (answer.status !== 401 || round === mostRounds) return answer;
      refused = value;
    }
  };
}
