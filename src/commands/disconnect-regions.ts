import { type ClusterRegion, isSamePlace } from '../atlas/clusters.js';
import { toHint } from '../base/errors.js';
import { texts } from '../base/json.js';
import type { OptionsOf } from '../command.js';
import { readForDisconnect } from '../connections/disconnect/found.js';
import { hintsToDelete, notesOfOthers, planDisconnect, whyKept } from '../connections/disconnect/plan.js';
import type { RemovalScope } from '../connections/disconnect/scope.js';
import { checkRefused, inEach, type LaneEnd } from '../connections/lanes.js';
import { leftoverNotes } from '../connections/show-plan.js';
import type { Context } from '../context.js';
import { elsewhereOf, type OpenedClouds, signInWords } from './cloud-access.js';
import type { disconnect } from './connections.js';

/* What exists in each region, and what disconnect removes of it. */

export type DisconnectOptions = OptionsOf<typeof disconnect>;

export type DisconnectRegion = Awaited<ReturnType<typeof readRegion>>;

export const undone = 'Nothing was removed';

/** Changes nothing; throws if one of them can't be read, or isn't ours, with the command for the others. */
export async function readRemovals(
  context: Context,
  scope: RemovalScope,
  options: DisconnectOptions,
  opened: OpenedClouds,
) {
  const ends = await inEach(scope.own, (place) => readRegion(context, scope, place, options, opened));
  const regions = ends.flatMap(({ result }) => result ?? []);
  checkNoneRefused(context, scope, options, ends, regions);
  return regions;
}

async function readRegion(
  context: Context,
  scope: RemovalScope,
  place: ClusterRegion,
  options: DisconnectOptions,
  { open }: OpenedClouds,
) {
  const target = scope.targetAt(place);
  const { provider, region, atlasRegion, service } = target;
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
    provider,
    region,
    atlasRegion,
    found,
    searched,
    signIn,
    plan,
    /** The error for an endpoint that stays connected. */
    refusal,
    toDelete,
    notes: [...why, ...(await notesOfOthers(context, found, plan)), ...toDelete, ...leftovers],
    isEmpty: !service && plan.steps.every(({ action }) => action === 'done'),
    count: plan.steps.flatMap(({ action, ids }) => (action === 'remove' ? ids : [])).length,
  };
}

/** Throws if nothing of a region can be removed because it isn't ours, or a permission to remove what is planned is missing. */
export async function checkRemovable(
  context: Context,
  scope: RemovalScope,
  options: DisconnectOptions,
  regions: readonly DisconnectRegion[],
) {
  const refused = regions.map((place) => ({ place, error: place.count === 0 ? place.refusal : undefined }));
  checkNoneRefused(context, scope, options, refused, regions);
}

export async function rehearseRegions(
  context: Context,
  scope: RemovalScope,
  options: DisconnectOptions,
  regions: readonly DisconnectRegion[],
) {
  const removing = regions.filter(({ count }) => count > 0);
  const ends = await inEach(removing, async ({ searched, plan }) => {
    const toRemove = [...plan.endpointsToRemove, ...plan.resourcesToRemove];
    for (const cloud of searched)
      await cloud.rehearseRemoval(toRemove.filter(({ region }) => region === cloud.region));
  });
  checkNoneRefused(context, scope, options, ends, regions);
}

function checkNoneRefused(
  context: Context,
  { names }: RemovalScope,
  options: DisconnectOptions,
  ends: readonly LaneEnd[],
  regions: readonly DisconnectRegion[],
) {
  // The command line names the region.
  if (!names && ends[0]?.error) throw ends[0].error;
  const isRefused = (region: ClusterRegion) => ends.some(({ place, error }) => error && isSamePlace(place, region));
  const others = regions.filter((region) => region.count > 0 && !isRefused(region));
  checkRefused(context, options, ends, { undone, verb: 'disconnect', others });
}
