import type { Endpoint } from '../atlas/model.js';
import { deleted, hasReached, type Until } from '../atlas/status.js';
import type { Clock } from '../clock.js';

/** Milliseconds between two looks at an endpoint. */
const pollMs = 3000;

export interface WaitOptions {
  until: Until;
  /** Milliseconds from now. With 0 what is known now decides. */
  timeoutMs: number;
  clock: Clock;
  /** Ends the wait: it rejects with the signal's reason. */
  signal: AbortSignal;
  /** Reads an endpoint again; one that is gone comes back with the status DELETED. */
  poll(endpoint: Endpoint): Promise<Endpoint>;
  /** Called for each endpoint whose status is another than before. */
  onChange?(endpoint: Endpoint): void;
}

export interface Outcome {
  /** As it was read last. */
  endpoint: Endpoint;
  /** `failed` covers a failure and an endpoint that went away, `timed-out` one that still is under way. */
  result: 'reached' | 'failed' | 'timed-out';
  /** When that was seen, or when time was up; milliseconds since 1970. */
  settledAt: number;
}

/**
 * Waits for endpoints, read just now, until each has reached `until`, has come past it or can no longer get there, or
 * time is up. Outcomes stand in the order of the endpoints. Errors of `poll` are passed on.
 */
export async function waitFor(endpoints: readonly Endpoint[], options: WaitOptions): Promise<Outcome[]> {
  const { until, timeoutMs, clock, signal, poll, onChange } = options;
  const deadline = clock.now() + timeoutMs;
  const waits = endpoints.map((endpoint) => ({
    endpoint,
    verdict: judge(until, endpoint.status),
    settledAt: clock.now(),
  }));

  for (;;) {
    const pending = waits.filter(({ verdict }) => verdict === 'pending');
    const left = deadline - clock.now();
    if (pending.length === 0 || left <= 0) break;
    await clock.sleep(Math.min(pollMs, left), signal);
    await Promise.all(
      pending.map(async (wait) => {
        const before = wait.endpoint.status;
        wait.endpoint = await poll(wait.endpoint);
        wait.settledAt = clock.now();
        wait.verdict = judge(until, wait.endpoint.status, before);
        if (wait.endpoint.status !== before) onChange?.(wait.endpoint);
      }),
    );
  }
  return waits.map(({ endpoint, verdict, settledAt }) => ({
    ...{ endpoint, settledAt },
    result: verdict === 'pending' ? 'timed-out' : verdict,
  }));
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
