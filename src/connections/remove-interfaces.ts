import type { Endpoint } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import { advise, CliError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { clouds, type Provider } from '../clouds/all.js';
import { readAgain } from '../endpoints/await.js';
import type { Context } from '../endpoints/context.js';
import { detach } from '../endpoints/interfaces/attach.js';
import { awaitInterfaces } from '../endpoints/interfaces/await.js';
import { referTo } from '../endpoints/name.js';
import { services } from '../endpoints/services.js';
import { nameOf } from '../endpoints/view.js';
import type { Deadline } from '../wait/deadline.js';

/** What a removal from Atlas alone leaves. */
export function stayingNote(provider: Provider): string {
  return `Only Atlas's side is removed. What your ${clouds[provider].account} has for it stays and is billed. disconnect removes both.`;
}

/** Removes interface endpoints of a service and waits until they are gone. After an interruption, running it again continues. */
export async function detachAll(
  context: Context,
  service: Endpoint,
  ids: readonly string[],
  deadline: Deadline,
): Promise<void> {
  const removed = [];
  for (const id of ids) removed.push(await detach(context, { service, id }));
  const goal = { until: deleted, timeoutMs: deadline.limitMs } as const;
  await awaitInterfaces(context, [service], removed, goal, { deadline });
}

/**
 * The same for all of a service, for `delete --cascade`, with notes. Returns the service as it is after that: Atlas may
 * delete it together with its last interface endpoint. `yes`: the options by which the user agreed, for the hinted command.
 */
export async function removeInterfaces(
  context: Context,
  service: Endpoint,
  deadline: Deadline,
  yes: readonly string[],
): Promise<Endpoint> {
  for (const id of service.interfaceEndpoints) context.io.note(`Removing ${id} from ${nameOf(service)}.`);
  try {
    await detachAll(context, service, service.interfaceEndpoints, deadline);
    const last = await readAgain(context, services, service);
    if (last.status === deleted)
      context.io.note(`Atlas deleted ${nameOf(service)} together with its last interface endpoint.`);
    return last;
  } catch (error) {
    if (!(error instanceof CliError)) throw error;
    // This hint covers only this step. The command handles errors after it.
    const again = cmd`delete ${await referTo(context, service)} --cascade ${yes}`;
    throw error.withHint(advise(context, 'To continue:', again));
  }
}
