import { isGone } from '../atlas/errors.js';
import { type Endpoint, toDeleted } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import type { Context } from '../context.js';
import { CliError } from '../base/errors.js';
import type { Patience } from '../wait/patience.js';
import { awaitInterfaces } from '../interfaces/await.js';
import { detach } from '../interfaces/detach.js';
import { nameOf } from '../endpoints/view.js';
import { referTo } from '../endpoints/find.js';

/**
 * Removes the interface endpoints of a service and waits until they are gone. Returns the service as it is then: removing
 * the last one may have removed it too. Each step is told; run again after an interruption, it goes on where it was.
 * `yes` is what a command line says that was agreed to.
 */
export async function removeInterfaces(
  context: Context,
  service: Endpoint,
  timeoutMs: number,
  patience: Patience,
  yes: string,
): Promise<Endpoint> {
  const attached = service.interfaceEndpoints.map((id) => ({ service, id }));
  const atlas = await context.atlas();
  try {
    const asked = [];
    for (const each of attached) {
      context.io.note(`Removing ${each.id} from ${nameOf(service)}.`);
      asked.push(await detach(context, each));
    }
    await awaitInterfaces(context, attached, asked, { until: deleted, timeoutMs }, { patience });
    return await atlas.getService(service.projectId, service.provider, service.id);
  } catch (error) {
    if (isGone(error)) {
      context.io.note(`${nameOf(service)} went away with its last interface endpoint.`);
      return toDeleted(service);
    }
    // What is to come after that is the command's affair.
    const again = context.commandLine(`delete ${await referTo(context, service)} --cascade${yes}`);
    if (error instanceof CliError) error.advise(`Go on: ${again}`);
    throw error;
  }
}
