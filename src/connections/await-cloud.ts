import { deleted } from '../atlas/status.js';
import { formatDuration } from '../base/duration.js';
import { CliError } from '../base/errors.js';
import { backOff, type RequestLimits } from '../base/request-limits.js';
import { cmd } from '../base/shell.js';
import type { CloudEndpoint } from '../cloud-side/cloud-side.js';
import { CloudError } from '../cloud-side/errors.js';
import { clouds, type Provider } from '../clouds/all.js';
import { awaitAll, timedOut, type WaitSubject } from '../endpoints/await-all.js';
import { startDeadline } from '../endpoints/goal.js';
import type { Session } from '../endpoints/session.js';
import type { Deadline } from '../wait/deadline.js';
import type { StatusVerdict, WaitItem } from '../wait/wait.js';

/** How a wait takes what goes wrong with requests to the user's cloud. */
const faults = {
  mayPass: (error: Error) => error instanceof CloudError && error.mayPass,
  isAnswer: () => false,
  delayMs: (_: unknown, count: number, random: () => number) => backOff(1000, count, random),
};

interface Awaited {
  read(id: string, limits: RequestLimits): Promise<CloudEndpoint | null>;
  statusVerdict(endpoint: CloudEndpoint): StatusVerdict;
  about: { endpointId: string | null; projectId: string; provider: Provider; region: string };
  /** What is left of the time of the whole command. */
  deadline: Deadline;
}

/** Goes before the command that continues without an endpoint that can't connect. */
export const nextCreatesAnother = 'The next run creates another one.';

/** Waits for an endpoint in the user's cloud; one that is gone has the status DELETED. Returns it as it was read last. */
export async function awaitCloudEndpoint(
  session: Session,
  endpoint: CloudEndpoint,
  { read, statusVerdict, about, deadline }: Awaited,
): Promise<CloudEndpoint> {
  const resume = session.again(cmd``);
  let latest = endpoint;
  const subject: WaitSubject<WaitItem> = {
    resume: () => resume,
    statusVerdict: ({ id, status }) => statusVerdict({ id, state: status }),
    poll: async (_, how) => {
      const now = await read(endpoint.id, how);
      latest = now ?? latest;
      return [{ id: endpoint.id, status: now?.state ?? deleted }];
    },
    requests: () => 0,
    name: ({ id }) => id,
    facts: ({ id }) => ({ ...about, interfaceEndpointId: id, cluster: null }),
    row: ({ id, status }, elapsedMs) => [id, status, formatDuration(elapsedMs)],
    error: ({ item: { id, status }, result }, limit) => {
      if (result === 'timed-out') return timedOut(`${id} is still ${status}`, limit, resume);
      const what = status === deleted ? 'is gone' : `is ${status}`;
      const hint = status === deleted ? nextCreatesAnother : `${id} was not deleted. ${nextCreatesAnother}`;
      return new CliError('endpointFailed', `${id} ${what}, so it cannot connect.`, { hint });
    },
  };
  const by = { name: clouds[about.provider].title, faults };
  const own = startDeadline(session, { timeoutMs: deadline.left() }, true, by);
  await awaitAll(session, [{ id: endpoint.id, status: endpoint.state }], subject, {
    deadline: { ...own, limitMs: deadline.limitMs },
  });
  return latest;
}
