import type { IncomingMessage } from 'node:http';
import { BlockList, isIP, isIPv6 } from 'node:net';
import { digits } from './chance.js';
import { ensureAtlas, ensureKnown } from './frontend.js';
import { organization, projectsOf, type World } from './world.js';

/** The roles that an API key can have here, and what they allow with the private endpoints of a project. */
const roles = {
  GROUP_OWNER: ['read', 'write'],
  GROUP_READ_ONLY: ['read'],
  ORG_MEMBER: [],
} as const satisfies Record<string, readonly Verb[]>;
type Verb = 'read' | 'write';

type RoleName = keyof typeof roles;
export const roleNames = Object.keys(roles) as readonly RoleName[];

/** What the credentials of a sandbox may do. It applies to the API key and to the service account. */
export interface KeyRights {
  /** Default: the owner of its projects. */
  roles?: readonly RoleName[] | undefined;
  /** The IP addresses and CIDR blocks from which it can be used. Empty: all. */
  accessList?: readonly string[] | undefined;
}

export function mayDo(verb: Verb, { roles: names }: KeyRights): boolean {
  return names?.some((name) => roles[name].some((each) => each === verb)) ?? true;
}

/** The access list guards every request (assumed: no recording shows whether the key can be read from elsewhere). */
export function checkRights(key: KeyRights, { method, socket }: IncomingMessage, pathname: string): void {
  const address = socket.remoteAddress ?? '';
  const what = `IP address ${address} is not allowed to access this resource.`;
  ensureAtlas(isOnList(key.accessList ?? [], address), 'IP_ADDRESS_NOT_ON_ACCESS_LIST', what, 403, address);
  const project = /^\/api\/atlas\/[^/]+\/groups\/([^/]+)/.exec(pathname)?.[1];
  if (project === undefined) return;
  // A project that the key can't access looks like one that doesn't exist.
  ensureKnown(mayDo('read', key), 'GROUP_NOT_FOUND', 'group with ID', project);
  // The live API answers 401, not 403, and without a challenge.
  ensureAuthorized(method === 'GET' || mayDo('write', key), 401);
}

export function ensureAuthorized(isAllowed: boolean, status: number): void {
  ensureAtlas(isAllowed, 'USER_UNAUTHORIZED', 'Current user is not authorized to perform this action.', status);
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
    accessList: (key.accessList ?? []).map((entry) =>
      isIP(entry) === 0
        ? { cidrBlock: entry, ipAddress: null }
        : { cidrBlock: `${entry}/${isIPv6(entry) ? 128 : 32}`, ipAddress: entry },
    ),
  };
}

function isOnList(accessList: readonly string[], address: string) {
  if (accessList.length === 0) return true;
  const list = new BlockList();
  for (const entry of accessList) {
    const [ip = '', prefix = isIPv6(ip) ? 128 : 32] = entry.split('/');
    list.addSubnet(ip, Number(prefix), isIPv6(ip) ? 'ipv6' : 'ipv4');
  }
  return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
}
