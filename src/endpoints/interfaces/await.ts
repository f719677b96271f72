import { type Endpoint, hasEnded, type InterfaceEndpoint } from '../../atlas/model.js';
import { deleted } from '../../atlas/status.js';
import { advise, CliError, UsageError } from '../../base/errors.js';
import { cmd, option } from '../../base/shell.js';
import { clouds } from '../../clouds/all.js';
import { eachOf } from '../ask.js';
import { awaitAll, type WaitSubject } from '../await-all.js';
import type { Context } from '../context.js';
import type { Goal } from '../goal.js';
import { referrer } from '../name.js';
import { yesOf } from '../next-step.js';
import { readAttached } from './find.js';

/** `ready` is AVAILABLE. Throws a usage error for a status that an interface endpoint never has. */
export function interfaceUntil(until: string) {
  if (until === 'ready' || until === 'AVAILABLE') return 'AVAILABLE';
  if (until === deleted) return until;
  throw new UsageError(`wait --interface cannot wait for ${until}.`, 'Valid values: AVAILABLE, DELETED');
}

/** Waits for interface endpoints of these services, like `awaitEndpoints`. `now` must be freshly read. */
export async function awaitInterfaces(
  context: Context,
  services: readonly Endpoint[],
  now: readonly InterfaceEndpoint[],
  goal: Goal<InterfaceEndpoint>,
): Promise<InterfaceEndpoint[]> {
  const { until, any, all } = goal;
  const name = await referrer(context);
  const refer = ({ projectId, endpointId }: InterfaceEndpoint) => name({ projectId, id: endpointId });
  const resume = (some: readonly InterfaceEndpoint[]) => {
    const services = [...new Set(some.map(refer))];
    const more = [...option('--until', until === deleted ? until : undefined), ...(any ? ['--any'] : [])];
    return context.settings.commandLine(cmd`wait ${all ?? services} --interface ${more}`);
  };
  const subject: WaitSubject<InterfaceEndpoint> = {
    resume,
    statusVerdict: ({ status }) => {
      if (status === until) return 'reached';
      return until !== deleted && hasEnded({ status }) ? 'failed' : 'pending';
    },
    poll: (some, how) =>
      eachOf(some, async (each) => {
        const service = services.find(({ id }) => id === each.endpointId);
        const now = service ? await readAttached(context, { service, id: each.id }, how) : each;
        // Atlas returns no other values of an interface endpoint that is gone.
        return now.status === deleted ? { ...each, status: deleted } : now;
      }),
    facts: ({ id, endpointId, projectId, provider, region }) => {
      return { endpointId, interfaceEndpointId: id, projectId, provider, region };
    },
    error: (item) => {
      const { id, status, errorMessage } = item;
      if (status === 'REJECTED' || status === 'FAILED') {
        const text = `Check it in your ${clouds[item.provider].account}, then remove it:`;
        const hint = advise(context, text, cmd`interface remove ${refer(item)} ${id} ${yesOf(context)}`);
        const why = errorMessage ?? 'Atlas gave no reason';
        return new CliError('endpointFailed', `${id} is ${status}: ${why.replace(/\.$/, '')}.`, { hint });
      }
      const what = status === deleted ? 'was removed' : 'is being removed';
      const hint = advise(context, 'List the interface endpoints:', cmd`interface list ${refer(item)}`);
      return new CliError('endpointFailed', `${id} ${what} and cannot become ${until}.`, { hint });
    },
  };
  return awaitAll(context, now, subject, goal);
}
