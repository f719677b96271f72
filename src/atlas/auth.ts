import { randomBytes } from 'node:crypto';
import type { Clock } from '../base/clock.js';
import { isFailure } from '../base/errors.js';
import { once } from '../base/once.js';
import type { RequestLimits } from '../http/ask.js';
import type { Answer } from '../http/dispatcher.js';
import { type Challenge, digestHeader, parseChallenge } from './digest.js';
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

interface Known {
  challenge: Challenge;
  cnonce: string;
  /** When the challenge was received (milliseconds since 1970). */
  since: number;
}

/** HTTP Digest. One nonce serves many requests, also of several processes, under a rising count. */
export function digestAuth(publicKey: string, privateKey: string, clock: Clock, cache?: AuthCache): Auth {
  let known: Known | undefined;
  let count = 0;
  /** Where the counts of this process start within each millisecond, so that processes use different ones. */
  let offset = 0;
  let opening: Promise<unknown> | undefined;

  const learn = async (answer: Answer) => {
    const challenge = answer.status === 401 ? parseChallenge(answer.headers['www-authenticate']) : undefined;
    if (!challenge) return false;
    known = { challenge, cnonce: randomBytes(16).toString('hex'), since: clock.now() };
    [count, offset] = [0, 0];
    await cache?.write(known);
    return true;
  };
  const header = ({ method, uri }: { method: string; uri: string }) => {
    if (!known) return undefined;
    const byTime = (clock.now() - known.since) * countsPerMs + offset;
    count = Math.max(count + 1, byTime <= largestCount ? byTime : 0);
    const { challenge, cnonce } = known;
    return digestHeader(challenge, { method, uri, username: publicKey, password: privateKey, count, cnonce });
  };
  const recall = once(async () => {
    const saved = savedChallenge(await cache?.read(), clock.now());
    if (!saved || known) return;
    known = saved;
    // The process that fetched the challenge starts at 0.
    offset = 1 + Math.floor(clock.random() * (countsPerMs - 1));
  });

  return async (request, exchange) => {
    await recall();
    // Of several requests at once, the first goes without credentials and fetches a challenge for all.
    while (!known && opening) await opening;
    const isOpening = !known;
    const send = async () => {
      const answer = await exchange(header(request));
      return { answer, isAgain: await learn(answer) };
    };
    const settle = () => {
      opening = undefined;
    };
    const first = send();
    if (isOpening) opening = first.then(settle, settle);
    let last = await first;
    // A second 401 means that the key is wrong, unless it is `stale`: then only the nonce has expired.
    for (let round = 1; last.isAgain && round <= mostRounds && (round === 1 || known?.challenge.stale); round++) {
      last = await send();
    }
    return last.answer;
  };
}

/** Processes must not share a count of a nonce (RFC 7616 §3.4), so it follows the time since the nonce came. This needs no lock. */
const countsPerMs = 1024;
const largestCount = 0xffffffff;

function savedChallenge(value: unknown, now: number): Known | undefined {
  const { challenge, cnonce, since } = Object(value) as Partial<Known>;
  const { realm, nonce, opaque } = Object(challenge) as Partial<Record<keyof Challenge, unknown>>;
  if (typeof since !== 'number' || since > now || (now - since + 60_000) * countsPerMs > largestCount)
    return undefined;
  if (typeof realm !== 'string' || typeof nonce !== 'string' || typeof cnonce !== 'string') return undefined;
  return {
    challenge: { realm, nonce, ...(typeof opaque === 'string' && { opaque }) },
    cnonce,
    since,
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
