import { isLoopback } from '../atlas/base-url.js';
import type { InterfaceEndpoint } from '../atlas/interfaces.js';
import { deleted } from '../atlas/status.js';
import type { Context } from '../context.js';
import { formatDuration } from '../base/duration.js';
import { CliError, UsageError } from '../base/errors.js';
import { quote } from '../base/shell.js';
import { gapWhenUnknown } from '../wait/schedule.js';
import type { Verdict } from '../wait/wait.js';
import { type AwaitOptions, awaitAll, type Goal, type Subject, startPatience, timedOut } from '../endpoints/awaiting.js';
import { referTo } from '../endpoints/find.js';
import { type Attached, readAttached } from './find.js';
import { yesOf } from '../endpoints/next-step.js';

/** What an interface endpoint can be awaited to be. */
export type InterfaceUntil = 'AVAILABLE' | typeof deleted;

/** Reads what to wait for; `ready` is AVAILABLE. Throws a usage error where an interface endpoint never gets there. */
export function interfaceUntil({ until }: Pick<Goal, 'until'>): InterfaceUntil {
  if (until === 'ready' || until === 'AVAILABLE') return 'AVAILABLE';
  if (until === deleted) return until;
  throw new UsageError(`An interface endpoint can't be awaited until ${until}.`, 'Wait for AVAILABLE or DELETED.');
}

/** What the status of an interface endpoint means for a wait. */
function judgeInterface(until: InterfaceUntil, status: string): Verdict {
  if (status === until) return 'reached';
  if (until === deleted) return 'pending';
  return ['REJECTED', 'FAILED', 'DELETING', deleted].includes(status) ? 'failed' : 'pending';
}

/** Waits for interface endpoints of these services, read just now, as `awaitEndpoints` does for endpoints. */
export async function awaitInterfaces(
  context: Context,
  attached: readonly Attached[],
  now: readonly InterfaceEndpoint[],
  goal: Pick<Goal, 'timeoutMs' | 'any' | 'all'> & { until: InterfaceUntil },
  { patience = startPatience(context, goal, true), onRead }: Partial<AwaitOptions<InterfaceEndpoint>> = {},
): Promise<InterfaceEndpoint[]> {
  const { until, any, all } = goal;
  const isAtlas = !isLoopback(await context.baseUrl());
  const keyOf = (endpointId: string, id: string) => `${endpointId} ${id}`;
  const placeOf = new Map(attached.map((each) => [keyOf(each.service.id, each.id), each]));
  const names = new Map(
    await Promise.all(attached.map(async ({ service }) => [service.id, await referTo(context, service)] as const)),
  );
  const refer = ({ endpointId }: InterfaceEndpoint) => names.get(endpointId) ?? endpointId;
  const resume = (some: readonly InterfaceEndpoint[]) => {
    const services = [...new Set(some.map(refer))].join(' ');
    const more = `${until === deleted ? ` --until ${deleted}` : ''}${any ? ' --any' : ''}`;
    return context.commandLine(`wait ${all ?? services} --interface${more}`);
  };
  const subject: Subject<InterfaceEndpoint> = {
    resume,
    judge: ({ status }) => judgeInterface(until, status),
    key: ({ endpointId, id }) => keyOf(endpointId, id),
    look: (some, how) =>
      Promise.all(
        some.map(async (each) => {
          const place = placeOf.get(keyOf(each.endpointId, each.id));
          const now = place ? await readAttached(context, place, how) : each;
          // What was known of it stays known.
          return now.status === deleted ? { ...each, status: deleted } : now;
        }),
      ),
    gap: (_, elapsedMs) => gapWhenUnknown(elapsedMs, isAtlas),
    requests: (some) => some.length,
    name: ({ region, id }) => `${region} ${id}`,
    facts: ({ id, endpointId, projectId, provider, region }) => {
      return { endpointId, interfaceEndpointId: id, cluster: null, projectId, provider, region };
    },
    row: ({ region, id, status }, elapsedMs) => [region, status, formatDuration(elapsedMs), id],
    error: ({ item, result }, about) => {
      const { id, status, errorMessage } = item;
      if (result === 'timed-out') return timedOut(`${id} is still ${status}`, about, resume([item]));
      if (status === 'REJECTED' || status === 'FAILED') {
        const remove = context.commandLine(`interface remove ${refer(item)} ${quote(id)}${yesOf(context)}`);
        const hint = `Look at it in ${item.provider}, and remove it: ${remove}`;
        const why = errorMessage ?? 'Atlas gives no reason';
        return new CliError('endpointFailed', `${id} is ${status}: ${why}.`, { hint });
      }
      const what = status === deleted ? 'is gone' : 'is being removed';
      const hint = `See what there is: ${context.commandLine(`interface list ${refer(item)}`)}`;
      return new CliError('endpointFailed', `${id} ${what}, so it can't become ${until}.`, { hint });
    },
  };
  return awaitAll(context, now, subject, { patience, any, onRead });
}
