import { hasEnded, mayBeIn, withName } from '../../atlas/model.js';
import { NotFoundError, UsageError } from '../../base/errors.js';
import { listed } from '../../base/lists.js';
import { clouds } from '../../clouds/all.js';
import type { Belongings, Teardown } from '../../clouds/cloud-side.js';
import { isSameId } from '../../clouds/shapes.js';
import { eachOf } from '../../endpoints/ask.js';
import type { Context } from '../../endpoints/context.js';
import { readAllAttached } from '../../endpoints/interfaces/find.js';
import { readProjectName } from '../show-plan.js';
import { chosenIn, subjectsOf, unusedResources } from './choose.js';
import type { DisconnectFound } from './plan.js';

/** Reads what exists on both sides. Changes nothing; throws if it isn't clear which connection to remove. */
export async function readForDisconnect(
  context: Context,
  target: Omit<DisconnectFound, 'belongings' | 'ended' | 'elsewhere' | 'serviceIds' | 'projectName'>,
  teardowns: readonly Teardown[],
): Promise<DisconnectFound> {
  const { projectId, provider, service, serviceId } = target;
  // As Atlas spells it: from here on, the same endpoint has the same id everywhere.
  const spelled = (id: string) => service?.interfaceEndpoints.find((each) => isSameId(each, id)) ?? id;
  const atlas = await context.atlas();
  const belongings = await eachOf(teardowns, async ({ find }): Promise<Belongings> => {
    const inCloud = await find(projectId, service ? clouds[provider].service.target(service) : null, serviceId);
    return { ...inCloud, endpoints: inCloud.endpoints.map((each) => ({ ...each, id: spelled(each.id) })) };
  });
  // Read after the cloud, so that resources of a newer service don't look left over.
  const services = service ? [service] : await atlas.listServices(projectId, provider);
  const attached = service ? await readAllAttached(context, [service]) : [];
  const ended = attached.filter(hasEnded).map(({ id }) => id);
  const elsewhere = attached.filter((each) => belongings.some(({ account }) => !mayBeIn(account, each)));
  const projectName = await readProjectName(context, projectId);
  const serviceIds = services.map(({ id }) => id);
  const found = { ...target, projectName, ended, elsewhere: elsewhere.map(({ id }) => id), serviceIds, belongings };
  const subjects = subjectsOf(found);
  const matching = target.named === undefined ? chosenIn(subjects, found) : withName(subjects, target.named);
  const selected = matching.map(({ id }) => id);
  if (selected.length > 1) {
    throw new UsageError(`There are ${selected.length} interface endpoints.`, `Choose one: ${listed(selected)}`);
  }
  const named = target.named && (selected[0] ?? target.named);
  if (named === undefined || selected.length === 1 || unusedResources(found).length > 0) return { ...found, named };
  const existing = listed(subjects.map(({ id }) => id));
  const hint = existing === '' ? undefined : `Existing interface endpoints: ${existing}`;
  throw new NotFoundError(`Interface endpoint '${named}' not found for this private endpoint service.`, hint);
}
