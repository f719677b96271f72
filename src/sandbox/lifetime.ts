/* How something that a request creates lives, as a function of time. */

/** What happens instead when something would become ready. */
export type FaultOutcome = { kind: 'never-ready' } | { kind: 'vanishes' } | { kind: 'failed'; reason: string };

/** The times of something that is created and deleted. */
export interface Lifetime {
  createdAt: number;
  /** When its creation ends. */
  readyAt: number;
  /** When its deletion ends. Null until it is deleted. */
  goneAt: number | null;
  fate?: FaultOutcome | undefined;
}

/** Null if it is gone. */
export function stageOf({ readyAt, goneAt, fate }: Omit<Lifetime, 'createdAt'>, now: number) {
  if (goneAt !== null) return now < goneAt ? 'deleting' : null;
  if (now < readyAt || fate?.kind === 'never-ready') return 'pending';
  if (fate?.kind === 'vanishes') return null;
  return fate ? 'failed' : 'ready';
}

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

/** The account with a new resource, or with a change of one. It forgets those that were deleted long ago. */
export function withOne<A extends RestAccount<RestResource>>(account: A, one: A['resources'][number], now: number): A {
  const isSame = ({ id }: RestResource) => id.toLowerCase() === one.id.toLowerCase();
  const others = account.resources.filter((each) => !isSame(each) && now < (each.goneAt ?? now) + 3_600_000);
  return { ...account, resources: [...others, one] };
}

/** The times of a new resource whose creation takes this long. */
export function newLifetime({ now, fate }: { now: number } & Pick<Lifetime, 'fate'>, ms: number): Lifetime {
  const readyAt = fate?.kind === 'never-ready' ? Number.MAX_SAFE_INTEGER : now + ms;
  return { createdAt: now, readyAt, goneAt: null, fate };
}
