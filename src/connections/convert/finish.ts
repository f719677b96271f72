import type { InterfaceEndpoint } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import { isLeaving, isReady } from '../../atlas/status.js';
import { clouds } from '../../clouds/all.js';
import type { Cloud } from '../../clouds/cloud.js';
import { deleteAndAwait } from '../../endpoints/request-delete.js';
import type { Session } from '../../endpoints/session.js';
import { nameOf } from '../../endpoints/view.js';
import type { Deadline } from '../../wait/deadline.js';
import { removeInterfaces } from '../remove-interfaces.js';
import type { ServicePair } from './pair.js';
import { isAvailable, type Sides, whyInUse } from './strings.js';

/** Why the old service cannot be removed yet; undefined if it can. */
export function whyNotYet({ older, mapped }: ServicePair & { older: Endpoint }, sides: Sides): string | undefined {
  if (!mapped || !isReady(mapped.status))
    return `${older.region} has no ready private endpoint service with port mapping.`;
  if (!sides.allMapped.some((each) => each.endpointId === mapped.id && isAvailable(each)))
    return `${nameOf(mapped)} has no AVAILABLE interface endpoint.`;
  return whyInUse(sides);
}

/**
 * Removes the old service and its interface endpoints, and waits until it is gone. `yes` is `--yes` if it was given.
 */
export async function removeOlder(
  session: Session,
  older: Endpoint,
  { timeoutMs, deadline, yes }: { timeoutMs: number; deadline: Deadline; yes: readonly string[] },
): Promise<void> {
  const isAsked = isLeaving(older.status);
  const bare =
    older.interfaceEndpoints.length > 0 && !isAsked
      ? await removeInterfaces(session, older, timeoutMs, deadline, yes)
      : older;
  await deleteAndAwait(session, bare, yes, { timeoutMs, deadline });
}

/** Shows how to remove what is left of the old service in the user's cloud account. */
export function hintLeftovers(
  { io }: Pick<Session, 'io'>,
  { provider }: Endpoint,
  interfaces: readonly InterfaceEndpoint[],
): void {
  const cloud: Cloud = clouds[provider];
  const commands = interfaces.flatMap((each) => {
    const command = cloud.interfaces.cleanUp?.(each);
    return command ? [command.text] : [];
  });
  if (commands.length > 0)
    io.hint({ text: `Remove the forwarding rules of the old service from your ${cloud.title} project:`, commands });
}
