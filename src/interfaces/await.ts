import { isLoopback } from '../atlas/base-url.js';
import { hasEnded, type InterfaceEndpoint } from '../atlas/interfaces.js';
import { deleted } from '../atlas/status.js';
import { formatDuration } from '../base/duration.js';
import { CliError, UsageError } from '../base/errors.js';
import { cmd, option } from '../base/shell.js';
import { type AwaitOptions, awaitAll, type Subject, timedOut } from '../endpoints/await-all.js';
import { referrer } from '../endpoints/find.js';
import { type Goal, startPatience } from '../endpoints/goal.js';
import { yesOf } from '../endpoints/next-step.js';
import type { Session } from '../endpoints/session.js';
import { gapWhenUnknown } from '../wait/schedule.js';
import type { Verdict } from '../wait/wait.js';
import { type Attached, readAttached } from './find.js';

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
  return hasEnded({ status }) ? 'failed' : 'pending';
}

/** Waits for interface endpoints of these services, read just now, as `awaitEndpoints` does for endpoints. */
export async function awaitInterfaces(
  session: Session,
  attached: readonly Attached[],
  now: readonly InterfaceEndpoint[],
  goal: Pick<Goal, 'timeoutMs' | 'any' | 'all'> & { until: InterfaceUntil },
  { patience = startPatience(session, goal, true), onRead }: Partial<AwaitOptions<InterfaceEndpoint>> = {},
): Promise<InterfaceEndpoint[]> {
  const { until, any, all } = goal;
  const isAtlas = !isLoopback(await session.baseUrl());
  const keyOf = (endpointId: string, id: string) => `${endpointId} ${id}`;
  const attachedOf = new Map(attached.map((each) => [keyOf(each.service.id, each.id), each]));
  const name = await referrer(session);
  const refer = ({ projectId, endpointId }: InterfaceEndpoint) => name({ projectId, id: endpointId });
  const resume = (some: readonly InterfaceEndpoint[]) => {
    const services = [...new Set(some.map(refer))];
    const more = [...option('--until', until === deleted ? until : undefined), ...(any ? ['--any'] : [])];
    return session.commandLine(cmd`wait ${all ?? services} --interface ${more}`);
  };
  const subject: Subject<InterfaceEndpoint> = {
    resume,
    judge: ({ status }) => judgeInterface(until, status),
    key: ({ endpointId, id }) => keyOf(endpointId, id),
    look: (some, how) =>
      Promise.all(
        some.map(async (each) => {
          const there = attachedOf.get(keyOf(each.endpointId, each.id));
          const now = there ? await readAttached(session, there, how) : each;
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
        const remove = session.commandLine(cmd`interface remove ${refer(item)} ${id} ${yesOf(session)}`);
        const hint = { text: `Look at it in ${item.provider}, and remove it:`, commands: [remove] };
        const why = errorMessage ?? 'Atlas gives no reason';
        return new CliError('endpointFailed', `${id} is ${status}: ${why}.`, { hint });
      }
      const what = status === deleted ? 'is gone' : 'is being removed';
      const list = session.commandLine(cmd`interface list ${refer(item)}`);
      const hint = { text: 'See what there is:', commands: [list] };
      return new CliError('endpointFailed', `${id} ${what}, so it can't become ${until}.`, { hint });
    },
  };
  return awaitAll(session, now, subject, { patience, any, onRead });
}
