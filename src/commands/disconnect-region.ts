import { withName } from '../atlas/model.js';
import { CliError, NotFoundError, toHint, UsageError } from '../base/errors.js';
import { texts } from '../base/json.js';
import { cmd } from '../base/shell.js';
import { clouds, defaultProvider } from '../clouds/all.js';
import { cloudsOf, parseRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import { type DisconnectTarget, readForDisconnect } from '../connections/disconnect/found.js';
import { hintsToDelete, planDisconnect, whyKept } from '../connections/disconnect/plan.js';
import { leftoverNotes } from '../connections/show-plan.js';
import type { Context } from '../context.js';
import { findEndpoints } from '../endpoints/find.js';
import { listAttached, narrowedBy, readInterfaceName } from '../endpoints/interfaces.js';
import { checkOneCloud, readFilter } from '../endpoints/name.js';
import { elsewhereOf, type OpenedClouds, signInWords } from './cloud-access.js';
import type { disconnect } from './connections.js';
import { ignoreMissing } from './saving.js';

export type DisconnectOptions = OptionsOf<typeof disconnect>;

export type PreparedRegion = Awaited<ReturnType<typeof prepareRegion>>;

export async function prepareRegion(
  context: Context,
  target: DisconnectTarget,
  options: DisconnectOptions,
  { open }: OpenedClouds,
) {
  const { provider, region, service } = target;
  const elsewhere = elsewhereOf(provider, options)?.region ?? region;
  const others = new Set([...texts(service?.supportedRemoteRegions), elsewhere]);
  others.delete(region);
  const first = await open(provider, { region });
  const more = await Promise.all([...others].map((other) => open(provider, { region: other })));
  const searched = [first, ...more] as const;
  const found = await readForDisconnect(context, target, searched);
  const signIn = signInWords(provider, options);
  const plan = planDisconnect(found);
  const refusal = await whyKept(context, found, plan);
  // Without a service, the plan removes them.
  const marked = [...found.endpoints, ...found.resources];
  const leftovers = service ? await leftoverNotes(context, found, marked, signIn) : [];
  const { text, commands } = refusal?.hint ?? toHint('');
  const why = refusal ? [{ text: `${refusal.message} ${text}`.trim(), commands }] : [];
  const toDelete = await hintsToDelete(context, found, plan);
  return {
    found,
    searched,
    signIn,
    plan,
    /** The error for an endpoint that stays connected. */
    refusal,
    toDelete,
    notes: [...why, ...toDelete, ...leftovers],
    isEmpty: !service && plan.steps.every(({ action }) => action === 'done'),
    count: plan.steps.flatMap(({ action, ids }) => (action === 'remove' ? ids : [])).length,
  };
}

/** Throws if a permission to remove what is planned is missing. */
export async function rehearseRegion({ searched, plan }: PreparedRegion) {
  const toRemove = [...plan.endpointsToRemove, ...plan.resourcesToRemove];
  for (const cloud of searched) await cloud.rehearseRemoval(toRemove.filter(({ region }) => region === cloud.region));
}

/** Reads which connection to remove. The service may be gone already, if a first run was interrupted. */
export async function readRemovalTarget(context: Context, options: DisconnectOptions) {
  const { endpoint, id: named } = readInterfaceName(options);
  const [inRegion, another] = options.region ?? [];
  if (another !== undefined)
    throw new UsageError('Without --cluster, disconnect takes one region.', 'Run it once for each region.');
  const filter = narrowedBy({ endpoint, id: named }, { region: inRegion, provider: options.provider });
  // An attached interface endpoint shows its service.
  const owners = endpoint || !named ? [] : withName(await listAttached(context, { id: named }, filter), named);
  const found = await findEndpoints(context, [endpoint ?? owners[0]?.service.id], filter);
  const { projectId } = found;
  const [service] = found.endpoints;
  const [name] = found.named;
  const where = service?.region ?? name?.region ?? inRegion;
  const known = service?.provider ?? name?.provider;
  const wanted = readFilter(filter).clouds;
  const provider = known ?? cloudsOf(where ?? '').find((each) => wanted.includes(each)) ?? defaultProvider;
  if (where === undefined && name?.id !== undefined) {
    const title = clouds[provider].title;
    const text = `${title} was not searched for what is left of it, because its region is not known. To search a region:`;
    const commands = [context.settings.again(cmd`--region REGION`)];
    throw new NotFoundError(found.notFound(0).message, { text, commands }, 'notSearched');
  }
  if (where === undefined) throw found.notFound(0);
  // Without its service, only the region shows the cloud.
  if (known === undefined && filter.provider === undefined) checkOneCloud(context, where);
  const { region } = service ?? parseRegion(provider, where);
  if (region === '') {
    const hint = 'Try again later. Or use interface remove and delete instead.';
    throw new CliError('unexpected', `Atlas did not return the region of ${service?.id}.`, { hint });
  }
  const hint = ignoreMissing(context);
  const keepsService = options.keepService ?? false;
  return {
    target: { projectId, provider, region, service, serviceId: name?.id, named, keepsService },
    notFound: found.notFound(0, {
      ...hint,
      text: `${clouds[provider].title} has no resources for it either. ${hint.text}`,
    }),
  };
}
