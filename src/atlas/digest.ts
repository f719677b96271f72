import { createHash, randomBytes } from 'node:crypto';
import { CliError } from '../base/errors.js';
import { signInError } from './errors.js';

/* RFC 7616 §3: MD5, qop=auth. */

/** The contents of a `WWW-Authenticate: Digest …` header (RFC 7616 §3.3). */
export interface Challenge {
  realm: string;
  nonce: string;
  opaque?: string | undefined;
  /** The credentials were right, but the nonce had expired. */
  stale?: true;
}

export function parseChallenge(header: string | readonly string[] | undefined): Challenge | undefined {
  for (const { scheme, params } of challengesOf([header ?? []].flat().join(', '))) {
    const [realm, nonce, qop = ''] = [params.get('realm'), params.get('nonce'), params.get('qop')];
    if (scheme !== 'digest' || realm === undefined || !nonce) continue;
    if ((params.get('algorithm') ?? 'MD5').toUpperCase() !== 'MD5') continue;
    // A list, of which `auth-int` is not supported.
    if (!/(?:^|[\s,])auth(?:$|[\s,])/i.test(qop)) continue;
    return {
      realm,
      nonce,
      opaque: params.get('opaque'),
      ...(params.get('stale')?.toLowerCase() === 'true' && { stale: true }),
    };
  }
  return undefined;
}

/** Splits a list of challenges (RFC 9110 §11.6.1). Commas separate both the challenges and their parameters. */
function challengesOf(header: string) {
  const challenges: { scheme: string; params: Map<string, string> }[] = [];
  const token = /([\w!#$%&'*+.^`|~-]+)(?:\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]+)))?/g;
  for (const [, name = '', quoted, plain] of header.matchAll(token)) {
    const value = quoted?.replace(/\\(.)/g, '$1') ?? plain;
    if (value === undefined) challenges.push({ scheme: name.toLowerCase(), params: new Map() });
    else challenges.at(-1)?.params.set(name.toLowerCase(), value);
  }
  return challenges;
}

export interface DigestRequest {
  method: string;
  /** The request target as sent: path and query. */
  uri: string;
  username: string;
  password: string;
  /** Only for tests; random by default. */
  cnonce?: string;
}

/** A nonce of a server, for one request at a time. */
export interface Nonce {
  challenge: Challenge;
  /** How many requests have used it, including the one to be signed. Starts at 1. */
  count: number;
}

/** The value of the Authorization header that answers a challenge (RFC 7616 §3.4). */
export function digestHeader({ challenge, count }: Nonce, request: DigestRequest): string {
  const { realm, nonce, opaque } = challenge;
  const { method, uri, username, password, cnonce = randomBytes(16).toString('hex') } = request;
  const nc = count.toString(16).padStart(8, '0');
  const secret = md5(`${username}:${realm}:${password}`);
  const target = md5(`${method}:${uri}`);
  const response = md5(`${secret}:${nonce}:${nc}:${cnonce}:auth:${target}`);
  const fields = [
    `username=${quote(username)}`,
    `realm=${quote(realm)}`,
    `nonce=${quote(nonce)}`,
    `uri=${quote(uri)}`,
    'algorithm=MD5',
    'qop=auth',
    `nc=${nc}`,
    `cnonce=${quote(cnonce)}`,
    `response=${quote(response)}`,
    ...(opaque === undefined ? [] : [`opaque=${quote(opaque)}`]),
  ];
  return `Digest ${fields.join(', ')}`;
}

function quote(text: string) {
  return `"${text.replace(/["\\]/g, '\\$&')}"`;
}

/** HTTP Digest prescribes MD5. Throws a sign-in error in FIPS mode, in which Node refuses it. */
function md5(text: string) {
  try {
    return createHash('md5').update(text).digest('hex');
  } catch (cause) {
    const hint = { text: 'Use a service account, which does not need MD5:', commands: ['atlas-pe login'] };
    const message = 'API keys need MD5, which this Node.js does not allow (FIPS mode).';
    throw signInError(new CliError('notAllowed', message, { hint, cause }));
  }
}
