import { deleted } from '../atlas/status.js';
import { CliError } from '../base/errors.js';
import { backOff, type RequestLimits } from '../base/request-limits.js';
import { cmd } from '../base/shell.js';
import type { CloudEndpoint } from '../cloud-side/cloud-side.js';
import { CloudError } from '../cloud-side/errors.js';
import { clouds, type Provider } from '../clouds/all.js';
import { awaitAll, type WaitSubject } from '../endpoints/await-all.js';
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

/** Waits for an endpoint in the user's cloud; one that is gone has the state DELETED. */
export async function awaitCloudEndpoint(
  session: Session,
  endpoint: CloudEndpoint,
  { read, statusVerdict, about, deadline }: Awaited,
): Promise<CloudEndpoint> {
  const resume = session.again(cmd``);
  const subject: WaitSubject<WaitItem> = {
    resume: () => resume,
    statusVerdict: ({ id, status }) => statusVerdict({ id, state: status }),
    poll: (some, how) =>
      Promise.all(some.map(async ({ id }) => ({ id, status: (await read(id, how))?.state ?? deleted }))),
    requests: () => 0,
    name: ({ id }) => id,
    facts: ({ id }) => ({ ...about, interfaceEndpointId: id }),
    error: ({ id, status }) => {
      const what = status === deleted ? 'is gone' : `is ${status}`;
      const hint = status === deleted ? nextCreatesAnother : `${id} was not deleted. ${nextCreatesAnother}`;
      return new CliError('endpointFailed', `${id} ${what}, so it cannot connect.`, { hint });
    },
  };
  const by = { name: clouds[about.provider].title, faults };
  const own = startDeadline(session, { timeoutMs: deadline.left() }, true, by);
  const [last] = await awaitAll(session, [{ id: endpoint.id, status: endpoint.state }], subject, {
    deadline: { ...own, limitMs: deadline.limitMs },
  });
  return last ? { id: last.id, state: last.status } : endpoint;
}
