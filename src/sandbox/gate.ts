import { createHash, randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isWithin } from '../base/cidr.js';
import type { Clock } from '../base/clock.js';
import { ensureAtlas, ensureKnown, Refusal } from './frontend.js';
import { digits, organization, projectsOf, type World } from './world.js';

/** The keys that every sandbox accepts. They are not secret, because they work nowhere else. */
export const sandboxKeys = {
  publicKey: 'sandbox1',
  privateKey: '00000000-5a4d-4b0c-8a11-5a4db0c5a4db',
  clientId: 'mdb_sa_id_5a4db0c5a4db0c5a4db0c5a4',
  clientSecret: 'mdb_sa_sk_sandbox-opens-nothing-but-the-sandbox0',
} as const;

export type Keys = Record<keyof typeof sandboxKeys, string>;

const realm = 'MMS Public API';
/* As in Jetty 9.4 (`DigestAuthenticator`), which writes the challenge byte for byte as Atlas was recorded to do. */
const nonceLifeMs = 60_000;
const mostCounts = 1024;
export const tokenLifeSeconds = 3600;

export function createGate(clock: Clock, keys: Keys) {
  /** The oldest come first. */
  const nonces = new Map<string, { expires: number; seen: Set<number> }>();
  const tokens = new Map<string, number>();

  const challenge = (stale: boolean) => {
    const nonce = randomBytes(24).toString('base64');
    nonces.set(nonce, { expires: clock.now() + nonceLifeMs, seen: new Set() });
    return `Digest realm="${realm}", domain="", nonce="${nonce}", algorithm=MD5, qop="auth", stale=${stale}`;
  };

  return {
    /** Returns null, or the WWW-Authenticate header of the refusal. In Jetty's order: a wrong password uses its count up. */
    refuse({ method = 'GET', url = '', headers: { authorization = '' } }: IncomingMessage): string | null {
      const token = /^Bearer (.+)$/i.exec(authorization)?.[1];
      if (token !== undefined) return (tokens.get(token) ?? 0) > clock.now() ? null : challenge(false);
      if (!/^Digest /i.test(authorization)) return challenge(false);

      const given = parametersOf(authorization);
      for (const [each, { expires }] of nonces) {
        if (expires > clock.now()) break;
        nonces.delete(each);
      }
      const nonce = nonces.get(given.nonce ?? '');
      const count = Number.parseInt(given.nc ?? '', 16);
      if (!nonce || count >= mostCounts) return challenge(true);
      if (Number.isNaN(count) || nonce.seen.has(count)) return challenge(false);
      nonce.seen.add(count);

      // Jetty doesn't compare the uri (RFC 7616 §3.4.6 requires it).
      const fits = given.username === keys.publicKey && given.realm === realm && given.uri === url;
      const isRight = fits && given.qop === 'auth' && given.response === responseTo(given, method, keys);
      return isRight ? null : challenge(false);
    },

    /** Expires every nonce and token, and returns the WWW-Authenticate header that says so. */
    expire(): string {
      nonces.clear();
      tokens.clear();
      return challenge(true);
    },

    /** Whether this is the `Authorization: Basic …` of the service account, which can get and revoke tokens. */
    isAccount(authorization: string | undefined): boolean {
      const account = Buffer.from(`${keys.clientId}:${keys.clientSecret}`).toString('base64');
      return authorization === `Basic ${account}`;
    },

    issueToken(): string {
      const token = randomBytes(24).toString('base64url');
      tokens.set(token, clock.now() + tokenLifeSeconds * 1000);
      return token;
    },

    revokeToken(token: string): void {
      tokens.delete(token);
    },
  };
}

function parametersOf(authorization: string): Partial<Record<string, string>> {
  const found = authorization.matchAll(/(\w+)=(?:"([^"]*)"|([^\s,]+))/g);
  return Object.fromEntries([...found].map(([, name, quoted, plain]) => [name, quoted ?? plain]));
}

function responseTo({ nonce, nc, cnonce, qop, uri }: Partial<Record<string, string>>, method: string, keys: Keys) {
  const secret = md5(`${keys.publicKey}:${realm}:${keys.privateKey}`);
  return md5(`${secret}:${nonce}:${nc}:${cnonce}:${qop}:${md5(`${method}:${uri}`)}`);
}

function md5(text: string) {
  return createHash('md5').update(text).digest('hex');
}

/** A rate limit with a fixed window. A request over the limit is rejected with the seconds until the next window. */
export function createLimiter({ requests, perMs }: { requests: number; perMs: number }, clock: Clock) {
  let [windowStart, used] = [clock.now(), 0];
  return (response: ServerResponse) => {
    const now = clock.now();
    if (now - windowStart >= perMs) [windowStart, used] = [now, 0];
    used++;
    response.setHeader('RateLimit-Limit', String(requests));
    response.setHeader('RateLimit-Remaining', String(Math.max(0, requests - used)));
    if (used <= requests) return;
    response.setHeader('Retry-After', String(Math.max(1, Math.ceil((windowStart + perMs - now) / 1000))));
    throw new Refusal(429, 'RATE_LIMITED', `More than ${requests} requests in ${perMs / 1000} s.`);
  };
}

/** The roles that an API key can have here, and what they allow with the private endpoints of a project. */
const roles = {
  GROUP_OWNER: ['read', 'change'],
  GROUP_NETWORK_ACCESS_MANAGER: ['read', 'change'],
  GROUP_READ_ONLY: ['read'],
  ORG_MEMBER: [],
} as const satisfies Record<string, readonly Right[]>;
type Right = 'read' | 'change';

type RoleName = keyof typeof roles;
export const roleNames = Object.keys(roles) as readonly RoleName[];

/** What the credentials of a sandbox may do. It applies to the API key and to the service account. */
export interface KeyRights {
  /** Default: the owner of its projects. */
  roles?: readonly RoleName[] | undefined;
  /** The IPv4 addresses and CIDR blocks from which it can be used. Empty: all. */
  accessList?: readonly string[] | undefined;
}

function mayDo(right: Right, { roles: names }: KeyRights): boolean {
  return names?.some((name) => roles[name].some((each) => each === right)) ?? true;
}

/** The access list guards every request. Guess: the key can't be read from elsewhere either. */
export function checkRights(key: KeyRights, { method, socket }: IncomingMessage, pathname: string): void {
  const address = socket.remoteAddress ?? '';
  const what = `IP address ${address} is not allowed to access this resource.`;
  const { accessList = [] } = key;
  const isListed = accessList.length === 0 || accessList.some((entry) => isWithin(address, blockOf(entry)));
  ensureAtlas(isListed, 'IP_ADDRESS_NOT_ON_ACCESS_LIST', what, 403, address);
  const [, project] = /^\/api\/atlas\/[^/]+\/groups\/([^/]+)/.exec(pathname) ?? [];
  if (project === undefined) return;
  // A project that the key can't access looks like one that doesn't exist.
  ensureKnown(mayDo('read', key), 'GROUP_NOT_FOUND', 'group with ID', project);
  // The live API answers 401, not 403, and without a challenge.
  const refusal = 'Current user is not authorized to perform this action.';
  ensureAtlas(mayDo(method === 'GET' ? 'read' : 'change', key), 'USER_UNAUTHORIZED', refusal, 401);
}

export function visibleProjects(key: KeyRights, world: World): string[] {
  return mayDo('read', key) ? projectsOf(world) : [];
}

export function keyAnswer(key: KeyRights, world: World, publicKey: string) {
  const projects = projectsOf(world);
  // If any project exists, only a role for the organization covers all of them.
  const names = key.roles ?? [world.options.projects === 'any' ? 'ORG_OWNER' : 'GROUP_OWNER'];
  return {
    id: digits(`key ${publicKey}`, 24),
    publicKey,
    roles: names.flatMap((roleName): object[] =>
      roleName.startsWith('ORG_')
        ? [{ roleName, orgId: organization }]
        : projects.map((groupId) => ({ roleName, groupId })),
    ),
    accessList: (key.accessList ?? []).map((entry) => ({
      cidrBlock: blockOf(entry),
      ipAddress: entry === blockOf(entry) ? null : entry,
    })),
  };
}

function blockOf(entry: string) {
  return entry.includes('/') ? entry : `${entry}/32`;
}
