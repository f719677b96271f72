/** What happens instead when something would become ready. */
export type FaultOutcome = { kind: 'never-ready' } | { kind: 'vanishes' } | { kind: 'failed'; reason: string };

export interface Lifetime {
  createdAt: number;
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
