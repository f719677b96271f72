import { type Endpoint, hasEnded, mayBeIn, withName } from '../../atlas/model.js';
import { NotFoundError, UsageError } from '../../base/errors.js';
import { listed } from '../../base/words.js';
import { clouds, type Provider } from '../../clouds/all.js';
import type { Cloud, SignedIn } from '../../clouds/cloud.js';
import type { Found } from '../../clouds/found.js';
import { isSameId } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import { eachOf } from '../../endpoints/find.js';
import { readAllAttached } from '../../endpoints/interfaces.js';
import { chosenIn, subjectsOf, unusedResources } from './choose.js';

export interface DisconnectFound {
  projectId: string;
  provider: Provider;
  region: string;
  /** Undefined if the service is gone already. */
  service: Endpoint | undefined;
  /** The id of the service, if the command line names it. */
  serviceId?: string | undefined;
  /** The ids of the services that the project still has. */
  serviceIds: readonly string[];
  signedIn: SignedIn;
  /** The regions that were searched: that of the service, those that it admits, and that of --vpc-region. */
  regions: readonly string[];
  /** Every endpoint for the service in these regions, and those that this program created for others of the project. */
  endpoints: readonly Found[];
  /** What else this program created in the project. */
  resources: readonly Found[];
  /** The ids of attached interface endpoints that nobody can connect through: refused, failed, or being removed. */
  ended: readonly string[];
  /** The ids of attached interface endpoints of another account. This one may have others with the same names. */
  elsewhere: readonly string[];
  named?: string | undefined;
  keepsService: boolean;
}

/** What the command line says. */
export type DisconnectTarget = Pick<
  DisconnectFound,
  'projectId' | 'provider' | 'region' | 'service' | 'serviceId' | 'named' | 'keepsService'
>;

/** Reads what exists on both sides. Changes nothing; throws if it isn't clear which connection to remove. */
export async function readForDisconnect(
  context: Context,
  target: DisconnectTarget,
  regions: readonly [Cloud, ...Cloud[]],
): Promise<DisconnectFound> {
  const { projectId, provider, service, serviceId } = target;
  // As Atlas spells it: from here on, the same endpoint has the same id everywhere.
  const spelled = (id: string) => service?.interfaceEndpoints.find((each) => isSameId(each, id)) ?? id;
  const atlas = await context.atlas();
  const signedIn = await regions[0].signIn();
  const sought = { projectId, serviceId, target: service ? clouds[provider].service.target(service) : null };
  const found = (await eachOf(regions, (cloud) => cloud.find(sought))).flat();
  const inCloud = found.map((each) => ({ ...each, id: spelled(each.id) }));
  const [endpointStep] = clouds[provider].setup.steps;
  // Read after the cloud, so that resources of a newer service don't look left over.
  const services = service ? [service] : await atlas.listServices(projectId, provider);
  const attached = service ? await readAllAttached(context, [service]) : [];
  const elsewhere = attached.filter((each) => !mayBeIn(signedIn.account, each));
  const existing = {
    ...target,
    serviceIds: services.map(({ id }) => id),
    signedIn,
    regions: regions.map(({ region }) => region),
    endpoints: inCloud.filter(({ stepId }) => stepId === endpointStep.id),
    resources: inCloud.filter(({ stepId }) => stepId !== endpointStep.id),
    ended: attached.filter(hasEnded).map(({ id }) => id),
    elsewhere: elsewhere.map(({ id }) => id),
  };
  const subjects = subjectsOf(existing);
  const matching = target.named === undefined ? chosenIn(subjects, existing) : withName(subjects, target.named);
  const selected = matching.map(({ id }) => id);
  if (selected.length > 1) {
    throw new UsageError(`There are ${selected.length} interface endpoints.`, `Choose one: ${listed(selected)}`);
  }
  const named = target.named && (selected[0] ?? target.named);
  if (named === undefined || selected.length === 1 || unusedResources(existing).length > 0)
    return { ...existing, named };
  const names = listed(subjects.map(({ id }) => id));
  const hint = names === '' ? undefined : `Existing interface endpoints: ${names}`;
  const what = `Interface endpoint '${named}' not found for this private endpoint service.`;
  throw new NotFoundError(what, hint, 'otherWord');
}
