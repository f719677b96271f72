import { type Arrival, ensure, pathPattern, type Reply, type RestRequest, type RestRoute } from './frontend.js';
import { isSame, type Lifetime, stageOf, type World, type WorldView, withAccount } from './world.js';

/* What the REST APIs of Azure and GCP share: resources, which are found after a while, and routes with permissions. */

export const always: Lifetime = { createdAt: 0, readyAt: 0, goneAt: null };

type RestCloud = 'AZURE' | 'GCP';
type ResourceOf<P extends RestCloud> = World['clouds'][P]['resources'][number];

export function existing<P extends RestCloud>(provider: P, { world, now }: WorldView): ResourceOf<P>[] {
  const all: readonly ResourceOf<P>[] = world.clouds[provider].resources;
  return all.filter((each) => stageOf(each, now) !== null);
}

export function visible<P extends RestCloud>(provider: P, view: WorldView): ResourceOf<P>[] {
  const { azureLag, gcpLag } = view.world.options;
  const lagMs = { AZURE: azureLag, GCP: gcpLag }[provider];
  return existing(provider, view).filter(({ createdAt }) => view.now >= createdAt + lagMs);
}

/** The world with a new resource, or with a change of one. It forgets those that were deleted long ago. */
export function withOne<P extends RestCloud>({ world, now }: WorldView, provider: P, one: ResourceOf<P>): World {
  const account = world.clouds[provider];
  const isRecent = ({ goneAt }: Lifetime) => now < (goneAt ?? now) + 3_600_000;
  const others = account.resources.filter((each) => !isSame(each.id, one.id) && isRecent(each));
  return withAccount(world, provider, { ...account, resources: [...others, one] });
}

export function newLifetime({ now, fate }: Pick<RestRequest, 'now' | 'fate'>, ms: number): Lifetime {
  const readyAt = fate?.kind === 'never-ready' ? Number.MAX_SAFE_INTEGER : now + ms;
  return { createdAt: now, readyAt, goneAt: null, fate };
}

export interface CloudRoute<R> extends RestRoute<R> {
  action: string;
}

export function cloudChange<R>(
  method: string,
  path: string,
  action: string,
  reply: CloudRoute<R>['reply'],
): CloudRoute<R> {
  // Azure does not distinguish upper and lower case.
  return { kind: 'change', method, action, reply, pattern: new RegExp(`^${pathPattern(path)}/?$`, 'i') };
}

export function cloudRead<R extends RestRequest>(
  path: string,
  action: string,
  reply: (request: R) => Reply,
  method = 'GET',
): CloudRoute<R> {
  const answer = (request: R) => ({ world: request.world, answer: reply(request) });
  return { ...cloudChange(method, path, action, answer), kind: 'read' };
}

export function requireToken(tokens: readonly string[], code: string): (arrival: Arrival) => void {
  return ({ request: { headers } }) => {
    const isKnown = tokens.some((token) => headers.authorization === `Bearer ${token}`);
    ensure(isKnown, code, 'The access token is missing or not valid.', 401);
  };
}

export function hasPermission(without: readonly string[] | undefined, permission: string): boolean {
  return !without?.some((each) => isSame(each, permission));
}

/** Why something fails, as the faults file says it: `CODE: message`, or only a message. */
export function readFailure(reason: string, usualCode: string) {
  const [, code = usualCode, message = ''] = /^(?:([A-Z]\w+): )?(.*)$/s.exec(reason) ?? [];
  return { code, message };
}
