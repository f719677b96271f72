import type { Atlas, ServiceRequest } from '../atlas/client.js';
import { isAlreadyThere, isNoCapacity } from '../atlas/errors.js';
import { createdAt } from '../atlas/ids.js';
import { type Endpoint, isLeaving } from '../atlas/model.js';
import { formatDuration } from '../base/duration.js';
import { advise, CliError, hintText, InterruptedError, orNone } from '../base/errors.js';
import { texts } from '../base/json.js';
import { cmd, type Words } from '../base/shell.js';
import type { RegionNames } from '../clouds/facts.js';
import { isRegion, regionNames } from '../clouds/regions.js';
import { pollLimits, pollUntilFound, type RequestLimits } from '../http/ask.js';
import { isUnanswered } from '../http/request-error.js';
import type { Context } from './context.js';
import { replacing, waysToConnect } from './next-step.js';
import { reconcile } from './reconcile.js';
import { nameOf } from './view.js';

/** Dates from Atlas are precise to the second. An id may come from a server whose clock is slightly ahead. */
const [blurMs, aheadMs] = [2000, 60_000];

/**
 * Never creates two: after a lost response it looks, and sends again only where Atlas would refuse a second service. One that
 * exists is an error that names it; with `orExisting` it is returned, with `isAnyKind` also one of the other kind.
 */
export async function createOnce(
  context: Context,
  request: ServiceRequest & RegionNames,
  { orExisting, isAnyKind = false }: { orExisting: boolean; isAnyKind?: boolean },
) {
  const { provider, portMapping, region, atlasRegion } = request;
  const atlas = await context.atlas();
  const projectId = await context.settings.projectId();
  const existingOr = (existing: Endpoint, refusal?: CliError) => {
    if (!orExisting || isLeaving(existing.status)) throw existsError(context, existing, refusal);
    context.io.note(`${nameOf(existing)} already exists (${existing.status}).`);
    warnOfRegions(context, request, existing);
    return existing;
  };
  const list = cmd`list --provider ${provider.toLowerCase()} --region ${region}`;
  const findAny = async (limits?: RequestLimits) => {
    const all = await atlas.listServices(projectId, provider, limits);
    const here = all.filter((each) => isRegion(each, region) || isRegion(each, atlasRegion));
    return here.sort((a, b) => (a.id < b.id ? -1 : 1));
  };
  const isSameKind = ({ portMappingEnabled }: Endpoint) =>
    portMapping === undefined || portMappingEnabled === portMapping;
  const find = async (limits?: RequestLimits) => (await findAny(limits)).filter(isSameKind);
  const isRegional = (how = pollLimits) => atlas.getRegionalMode(projectId, how);
  // In regional mode, Atlas would create another one instead of returning an error.
  const inRegion = orExisting ? await findAny() : [];
  const existing = stayingFirst([...inRegion.filter(isSameKind), ...(isAnyKind ? inRegion : [])]);
  if (existing) return { endpoint: existingOr(existing), isCreated: false };

  const isOurs = createdFromNow(context, atlas);
  const findOurs = async (how: RequestLimits) => {
    const staying = (await find(how)).filter(({ status }) => !isLeaving(status));
    const ours = staying.find(isOurs);
    if (ours || staying.length === 0) return ours;
    // Another service blocks the create, unless the region may have several.
    return (await isRegional(how)) ? undefined : staying[0];
  };
  const instead = (found: Endpoint) => (isOurs(found) ? undefined : existingOr(found));
  let sends = 0;
  let answer: Endpoint | undefined;
  const send = async () => {
    sends++;
    answer = await createPatiently(context, () => atlas.createService(projectId, request));
    return answer;
  };
  const isRefusedTwice = async () => (await orNone(isRegional())) === false;
  try {
    const endpoint = await sendOnce(context, { send, find: findOurs, list, instead, isRefusedTwice });
    return { endpoint, isCreated: endpoint === answer || isOurs(endpoint) };
  } catch (error) {
    if (!isAlreadyThere(error)) throw error;
    const inTheWay = await pollUntilFound(context, async (how) => stayingFirst(await find(how)));
    // The first of two creates did arrive.
    if (inTheWay && sends > 1 && isOurs(inTheWay)) return { endpoint: inTheWay, isCreated: true };
    if (inTheWay) return { endpoint: existingOr(inTheWay, error), isCreated: false };
    // Atlas is slow to list it, or someone has deleted it since.
    const text = 'Atlas does not list it. Check again in a minute before you create it again:';
    throw error.withHint(advise(context, text, list));
  }
}

function existsError(context: Context, existing: Endpoint, refusal?: CliError) {
  const what = `${existing.region} already has a private endpoint service.`;
  return (refusal ?? new CliError('conflict', what)).withHint(hintExisting(context, existing));
}

/** Sends a create again that Atlas refused for capacity: it may only have met another one in the project. */
async function createPatiently({ io, clock, signal }: Context, create: () => Promise<Endpoint>) {
  for (let tries = 2; ; tries--) {
    try {
      return await create();
    } catch (error) {
      if (!isNoCapacity(error) || tries === 0) throw error;
      const ms = 5000 + clock.random() * 5000;
      io.warn(`${error.message} Retrying in ${formatDuration(ms)}.`);
      await clock.sleep(ms, signal).catch((interruption: unknown) => {
        if (!(interruption instanceof InterruptedError)) throw interruption;
        throw new InterruptedError(interruption.signal, { mayHaveArrived: false });
      });
    }
  }
}

interface Creating {
  send(): Promise<Endpoint>;
  /** Finds what a create made, or another service that blocks it. */
  find(limits: RequestLimits): Promise<Endpoint | undefined>;
  /** What to return for a service that blocks it. */
  instead(found: Endpoint): Endpoint | undefined;
  isRefusedTwice(): Promise<boolean>;
  list: Words;
}

/** Sends a create, and once more only with `isRefusedTwice`. A lost response is checked. */
function sendOnce(context: Context, { send, find, instead, list, isRefusedTwice }: Creating) {
  const { io } = context;
  return reconcile(send, {
    isRefusedTwice,
    check: async ({ message }) => {
      io.warn(`${message} Checking whether the endpoint was created.`);
      const found = await pollUntilFound(context, find, message);
      const other = found && instead(found);
      if (found && !other) io.note(`${nameOf(found)} was created (${found.status}).`);
      return other ?? found;
    },
    unknown: (error) => {
      // Where the network has failed, there is nothing else to check.
      const isOdd = isUnanswered(error) && !(error.mayPass && error.cause !== undefined);
      const own = isOdd ? hintText(error.hint) : '';
      const text = 'The endpoint may or may not have been created. Check before you try again:';
      return advise(context, `${own} ${text}`.trim(), list);
    },
  });
}

/** Returns whether a service was created since this call, by Atlas's clock, which the last response has shown. */
function createdFromNow({ clock }: Context, { timeThere }: Atlas): (endpoint: Endpoint) => boolean {
  const start = clock.now();
  return ({ id }) => {
    const born = createdAt(id) ?? 0;
    return born >= timeThere(start) - blurMs && born <= timeThere(clock.now()) + aheadMs;
  };
}

function stayingFirst(found: readonly Endpoint[]) {
  return found.find(({ status }) => !isLeaving(status)) ?? found[0];
}

function hintExisting(context: Context, existing: Endpoint) {
  const { id, status } = existing;
  if (isLeaving(status))
    return advise(context, `${id} is being deleted. Wait until it is gone:`, cmd`wait ${id} --until DELETED`);
  if (status === 'FAILED') return replacing(context, existing, id);
  const [easiest] = waysToConnect(context, existing, id);
  const text = `To connect a network to ${id} (${status}), or to use it in a script (last line):`;
  return { text, commands: [...(easiest?.commands ?? []), context.settings.again(cmd`--if-not-exists`)] };
}

function warnOfRegions(context: Context, { provider, remoteRegions = [] }: ServiceRequest, existing: Endpoint) {
  const allowed = texts(existing.supportedRemoteRegions);
  const missing = remoteRegions
    .map((name) => regionNames(provider, name).region)
    .filter((name) => !allowed.includes(name));
  if (missing.length === 0) return;
  context.io.warn(`${nameOf(existing)} does not have these remote regions: ${missing.join(', ')}.`);
  context.io.hint(advise(context, 'To add them:', cmd`update ${existing.id} --add ${missing.join()}`));
}
