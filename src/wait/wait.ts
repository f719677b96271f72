import type { Endpoint } from '../atlas/model.js';
import { deleted, hasReached, type Until } from '../atlas/status.js';
import type { Patience } from './patience.js';

type Look = Parameters<Parameters<Patience['ask']>[0]>[0];

export interface WaitOptions {
  until: Until;
  /** Content with the first one that gets there. */
  any?: boolean | undefined;
  /** How long there is. With none left what is known now decides. */
  patience: Patience;
  /** Milliseconds until these endpoints are worth another look. */
  gap(endpoints: readonly Endpoint[]): number;
  /** Reads endpoints again, in their order; one that is gone comes back with the status DELETED. */
  look(endpoints: readonly Endpoint[], how: Look): Promise<readonly Endpoint[]>;
  /** Called for each endpoint whose status is another than before. */
  onChange?(endpoint: Endpoint): void | Promise<void>;
  /** Called for each endpoint that there is no more to wait for, as soon as that is so. */
  onSettled?(outcome: Outcome): void;
}

export interface Outcome {
  /** As it was read last. */
  endpoint: Endpoint;
  /** `failed` covers a failure and an endpoint that went away, `timed-out` one that still is under way. */
  result: 'reached' | 'failed' | 'timed-out';
}

/**
 * Waits for endpoints, read just now, until each has reached `until`, has come past it or can no longer get there, or
 * time is up. Outcomes stand in the order of the endpoints; with `any` those still under way when the first one gets
 * there have none.
 */
export async function waitFor(endpoints: readonly Endpoint[], options: WaitOptions): Promise<Outcome[]> {
  const { until, any = false, patience, gap, look, onChange, onSettled } = options;
  const waits = endpoints.map((endpoint) => ({ endpoint, verdict: judge(until, endpoint.status) }));
  for (const { endpoint, verdict } of waits) if (verdict !== 'pending') onSettled?.({ endpoint, result: verdict });

  for (;;) {
    const pending = waits.filter(({ verdict }) => verdict === 'pending');
    const isDone = pending.length === 0 || (any && waits.some(({ verdict }) => verdict === 'reached'));
    if (isDone || patience.left() <= 0) break;
    const asked = pending.map(({ endpoint }) => endpoint);
    await patience.pause(gap(asked));
    const seen = await patience.ask((how) => look(asked, how));
    for (const [index, endpoint] of (seen ?? []).entries()) {
      const wait = pending[index];
      if (!wait) continue;
      const before = wait.endpoint.status;
      wait.endpoint = endpoint;
      wait.verdict = judge(until, endpoint.status, before);
      if (endpoint.status !== before) await onChange?.(endpoint);
      if (wait.verdict !== 'pending') onSettled?.({ endpoint, result: wait.verdict });
    }
  }

  const isEnough = any && waits.some(({ verdict }) => verdict === 'reached');
  return waits
    .filter(({ verdict }) => verdict !== 'pending' || !isEnough)
    .map(({ endpoint, verdict }) => ({ endpoint, result: verdict === 'pending' ? 'timed-out' : verdict }));
}

/** What a status means for a wait; `before` is the status read one look earlier. */
export function judge(until: Until, status: string, before?: string): 'reached' | 'failed' | 'pending' {
  if (hasReached(until, status)) return 'reached';
  const isDeletion = until === 'DELETING' || until === deleted;
  switch (status) {
    case 'FAILED':
      // A failed service is there to be deleted. Only one that fails while it is being deleted will not go.
      return isDeletion && before !== 'DELETING' ? 'pending' : 'failed';
    case 'DELETING':
      return isDeletion ? 'pending' : 'failed';
    case deleted:
      return 'failed';
    default:
      return 'pending';
  }
}
