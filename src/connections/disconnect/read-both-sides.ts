import { hasEnded, type InterfaceEndpoint } from '../../atlas/interfaces.js';
import { NotFoundError, UsageError } from '../../base/errors.js';
import { listed } from '../../base/listed.js';
import type { Teardown } from '../../cloud-side/cloud-side.js';
import { clouds } from '../../clouds/all.js';
import { isSameId } from '../../clouds/shapes.js';
import type { Session } from '../../endpoints/session.js';
import { readAllAttached } from '../../interfaces/find.js';
import { readProjectName } from '../show-plan.js';
import { cloudEndpointsOf, type DisconnectFound, hasUnusedResources, selectedEndpoints } from './plan.js';

/** Reads what is there on both sides. Changes nothing; throws if it isn't clear which connection to remove. */
export async function readForDisconnect(
  session: Session,
  target: Omit<DisconnectFound, 'belongings' | 'ended' | 'elsewhere' | 'serviceIds' | 'projectName'>,
  teardowns: readonly Teardown[],
): Promise<DisconnectFound> {
  const { projectId, provider, service, serviceId } = target;
  // As Atlas spells it: from here on, the same endpoint has the same id everywhere.
  const spelled = (id: string) => service?.interfaceEndpoints.find((each) => isSameId(each, id)) ?? id;
  const named = target.named && spelled(target.named);
  const atlas = await session.atlas();
  const belongings = [];
  for (const teardown of teardowns) {
    const there = await teardown.find(projectId, service ? clouds[provider].service.target(service) : null, serviceId);
    belongings.push({ ...there, endpoints: there.endpoints.map((each) => ({ ...each, id: spelled(each.id) })) });
  }
  // Read after the cloud, so that resources of a newer service don't look left over.
  const services = service ? [service] : await atlas.listServices(projectId, provider);
  const attached = service ? await readAllAttached(session, [service]) : [];
  const ended = attached.filter(hasEnded).map(({ id }) => id);
  const isElsewhere = (each: InterfaceEndpoint) => teardowns.some(({ isHere }) => isHere?.(each) === false);
  const elsewhere = attached.filter(isElsewhere).map(({ id }) => id);
  const projectName = await readProjectName(session, projectId);
  const serviceIds = services.map(({ id }) => id);
  const found = { ...target, named, projectName, ended, elsewhere, serviceIds, belongings };
  const selected = selectedEndpoints(found);
  if (selected.length > 1) {
    throw new UsageError(`There are ${selected.length} interface endpoints.`, `Choose one: ${listed(selected)}`);
  }
  if (named === undefined || selected.length === 1 || hasUnusedResources(found)) return found;
  const there = [...new Set([...(service?.interfaceEndpoints ?? []), ...cloudEndpointsOf(found).map(({ id }) => id)])];
  const hint = there.length > 0 ? `Existing interface endpoints: ${listed(there)}` : undefined;
  throw new NotFoundError(`Interface endpoint '${named}' not found for this private endpoint service.`, hint);
}
