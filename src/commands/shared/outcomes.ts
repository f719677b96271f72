import { readyTimes } from '../../atlas/durations.js';
import type { Endpoint } from '../../atlas/model.js';
import { deleted, isAhead, isReady, type Until } from '../../atlas/status.js';
import type { Context } from '../../context.js';
import { formatDuration } from '../../duration.js';
import { CliError } from '../../errors.js';
import type { Awaited } from '../../wait/schedule.js';
import type { Outcome } from '../../wait/wait.js';
import { nameOf } from './endpoint-view.js';
import { referTo } from './endpoints.js';

/**
 * What endpoints of this cloud usually take from create to ready, where that is what is awaited, or that it has taken
 * longer. A sandbox has times of its own.
 */
export function usual({ provider, status, until, ageMs, elapsedMs, isAtlas }: Awaited): string {
  if (status !== 'INITIATING' || !isAhead(until)) return '';
  const { least, p95 } = readyTimes[provider];
  const range = `${formatDuration(least * 1000)}–${formatDuration(p95 * 1000)}`;
  // Whoever comes late sees how long it has taken already.
  const since = ageMs - elapsedMs > 10_000 ? `${formatDuration(ageMs)} since create, ` : '';
  if (!isAtlas) return `${since}on Atlas usually ${range}`;
  return ageMs > p95 * 1000 ? `${since}longer than usual (${range})` : `${since}usually ${range}`;
}

/** Command lines that go on from here. */
export interface NextSteps {
  resume(endpoints: readonly Endpoint[]): string;
  remove(endpoint: Endpoint): string;
  look(): string;
}

export async function nextSteps(context: Context, endpoints: readonly Endpoint[], until: Until): Promise<NextSteps> {
  const names = new Map(
    await Promise.all(endpoints.map(async (each) => [each.id, await referTo(context, each)] as const)),
  );
  const refer = ({ id }: Endpoint) => names.get(id) ?? id;
  return {
    resume: (some) => {
      const more = until === 'ready' ? '' : ` --until ${until}`;
      return context.commandLine(`wait ${some.map(refer).join(' ')}${more}`);
    },
    remove: (endpoint) => context.commandLine(`delete ${refer(endpoint)}`),
    look: () => context.commandLine('list'),
  };
}

/** The error of an endpoint that did not get there. */
export function errorOf(
  { endpoint, result }: Outcome,
  { until, elapsed, fault }: { until: Until; elapsed: string; fault: Error | undefined },
  next: NextSteps,
): CliError {
  const name = nameOf(endpoint);
  if (result === 'timed-out') {
    const isUp = until === 'AVAILABLE' && isReady(endpoint.status);
    const why = fault
      ? ` At the end Atlas did not answer: ${fault.message}`
      : isUp
        ? ' AVAILABLE may need an interface endpoint.'
        : '';
    return new CliError('timedOut', `Timed out after ${elapsed}: ${name} is still ${endpoint.status}.${why}`, {
      hint: `Go on waiting: ${next.resume([endpoint])}`,
    });
  }
  if (endpoint.status === 'FAILED') {
    return new CliError('endpointFailed', `${name} failed: ${endpoint.errorMessage ?? 'Atlas gives no reason'}.`, {
      hint: `Delete it, then create it again: ${next.remove(endpoint)}`,
    });
  }
  const what = endpoint.status === deleted ? 'is gone' : 'is being deleted';
  return new CliError('endpointFailed', `${name} ${what}, so it can't become ${until}.`, {
    hint: `See what there is: ${next.look()}`,
  });
}
