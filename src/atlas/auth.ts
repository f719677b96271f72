import type { Clock } from '../clock.js';
import { type Challenge, digestHeader, parseChallenge } from './digest.js';
import { AnswerError } from './errors.js';

/** One request and its answer on the wire, with this Authorization header or none. */
type Exchange = (authorization: string | undefined) => Promise<Answer>;

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Adds credentials to a request, and answers a refusal once. A 401 that it returns is final. */
export type Auth = (request: { method: string; uri: string }, exchange: Exchange) => Promise<Answer>;

export type Credentials =
  | { kind: 'api-key'; publicKey: string; privateKey: string }
  | { kind: 'service-account'; clientId: string; clientSecret: string }
  | { kind: 'access-token'; accessToken: string };

/** An API key pair: HTTP Digest. A nonce serves many requests, also at once, under a rising count. */
export function digestAuth(publicKey: string, privateKey: string): Auth {
  let challenge: Challenge | undefined;
  let count = 0;
  let opening: Promise<unknown> | undefined;

  const learn = (answer: Answer): boolean => {
    const fresh = answer.status === 401 ? parseChallenge(answer.headers['www-authenticate']) : undefined;
    if (!fresh) return false;
    challenge = fresh;
    count = 0;
    return true;
  };
  const header = ({ method, uri }: { method: string; uri: string }) =>
    challenge && digestHeader(challenge, { method, uri, username: publicKey, password: privateKey, count: ++count });

  return async (request, exchange) => {
    // Of several requests that start at once only the first goes without credentials, to fetch a challenge for all.
    while (!challenge && opening) await opening;
    const isOpening = !challenge;
    const sent = exchange(header(request)).then((answer) => ({ answer, again: learn(answer) }));
    if (isOpening) {
      const settle = () => {
        opening = undefined;
      };
      opening = sent.then(settle, settle);
    }
    // `stale=true`, or any other fresh challenge, is answered once; a second 401 means that the key is wrong.
    const { answer, again } = await sent;
    return again ? exchange(header(request)) : answer;
  };
}

/** A token from elsewhere, used until Atlas refuses it. */
export function bearerAuth(accessToken: string): Auth {
  return (_, exchange) => exchange(`Bearer ${accessToken}`);
}

/** Two minutes before it expires a token is no longer used, so that it can't expire on its way. */
const tokenMarginMs = 120_000;

/**
 * A service account: OAuth 2.0 client credentials. `requestToken` posts to the token endpoint with this Authorization
 * header and returns the body of the answer. A token that Atlas refuses is replaced once.
 */
export function serviceAccountAuth(
  { clientId, clientSecret }: { clientId: string; clientSecret: string },
  clock: Clock,
  requestToken: (authorization: string) => Promise<unknown>,
): Auth {
  let token: Promise<{ value: string; freshUntil: number }> | undefined;

  const obtain = async () => {
    // Raw, not percent-encoded: Atlas departs from RFC 6749 §2.3.1 here.
    const answer = await requestToken(`Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`);
    const { access_token: value, expires_in: seconds } = Object(answer) as Record<string, unknown>;
    if (typeof value !== 'string' || value === '') throw new AnswerError('Atlas answered no access token.');
    return { value, freshUntil: clock.now() + (typeof seconds === 'number' ? seconds * 1000 : 0) - tokenMarginMs };
  };
  const current = async (refused?: string) => {
    const held = token;
    const known = await held?.catch(() => undefined);
    const usable = known && known.value !== refused && known.freshUntil > clock.now();
    // Of several requests that find no usable token at once, the first replaces it for all.
    if (!usable && token === held) token = obtain();
    return (await (token ?? obtain())).value;
  };

  return async (_, exchange) => {
    const value = await current();
    const answer = await exchange(`Bearer ${value}`);
    return answer.status === 401 ? exchange(`Bearer ${await current(value)}`) : answer;
  };
}
