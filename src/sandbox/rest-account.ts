import { type Lifetime, stageOf, withNewest } from './lifetime.js';

/* What the user has in a cloud with a REST API, Azure or GCP: resources that are created, found after a while, and deleted. */

export interface RestResource extends Lifetime {
  id: string;
}

export interface RestAccount<R extends RestResource> {
  resources: readonly R[];
}

/** Those that were not deleted, found or not. */
export function existing<R extends RestResource>({ resources }: RestAccount<R>, now: number): R[] {
  return resources.filter((each) => stageOf(each, now) !== null);
}

/** Those that the cloud returns. It finds a new one only after this time. */
export function visible<R extends RestResource>(account: RestAccount<R>, now: number, lagMs: number): R[] {
  return existing(account, now).filter(({ createdAt }) => now >= createdAt + lagMs);
}

/** The account with a new resource, or with a change of one. */
export function withOne<A extends RestAccount<RestResource>>(account: A, one: A['resources'][number], now: number): A {
  return { ...account, resources: withNewest(account.resources, one, now) };
}

/** The times of a new resource whose creation takes this long. */
export function newLifetime({ now, fate }: { now: number } & Pick<Lifetime, 'fate'>, ms: number): Lifetime {
  const readyAt = fate?.kind === 'never-ready' ? Number.MAX_SAFE_INTEGER : now + ms;
  return { createdAt: now, readyAt, goneAt: null, fate };
}
