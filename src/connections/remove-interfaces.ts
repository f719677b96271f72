import { isGone } from '../atlas/errors.js';
import { type Endpoint, toDeleted } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import { CliError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { referTo } from '../endpoints/find.js';
import type { Session } from '../endpoints/session.js';
import { nameOf } from '../endpoints/view.js';
import { detach } from '../interfaces/attach.js';
import { awaitInterfaces } from '../interfaces/await.js';
import { attachedTo } from '../interfaces/find.js';
import type { Deadline } from '../wait/deadline.js';

/**
 * Removes the interface endpoints of a service and waits until they are gone. Returns the service with its status after
 * that: Atlas may remove it together with its last interface endpoint. Prints a note for each step. After an
 * interruption, running it again continues. `yes` is `--yes` if the user passed it, for the hinted command.
 */
export async function removeInterfaces(
  session: Session,
  service: Endpoint,
  timeoutMs: number,
  deadline: Deadline,
  yes: readonly string[],
): Promise<Endpoint> {
  const attached = attachedTo([service]);
  const atlas = await session.atlas();
  try {
    const asked = [];
    for (const each of attached) {
      session.io.note(`Removing ${each.id} from ${nameOf(service)}.`);
      asked.push(await detach(session, each));
    }
    await awaitInterfaces(session, attached, asked, { until: deleted, timeoutMs }, { deadline });
    return await atlas.getService(service.projectId, service.provider, service.id);
  } catch (error) {
    if (isGone(error)) {
      session.io.note(`Atlas deleted ${nameOf(service)} together with its last interface endpoint.`);
      return toDeleted(service);
    }
    if (!(error instanceof CliError)) throw error;
    // This hint covers only this step. The command handles errors after it.
    const again = session.commandLine(cmd`delete ${await referTo(session, service)} --cascade ${yes}`);
    throw error.withHint({ text: 'To continue:', commands: [again] });
  }
}
