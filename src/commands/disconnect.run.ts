import { interfaceKind, withName } from '../atlas/model.js';
import { deleted } from '../atlas/status.js';
import { CliError, hintLine, NotFoundError, toHint } from '../base/errors.js';
import { texts } from '../base/json.js';
import { counted } from '../base/lists.js';
import { cmd, longName, option } from '../base/shell.js';
import { checkCloudOptions } from '../clouds/access.js';
import { clouds, defaultProvider, type Provider, parseProvider, stepTitle } from '../clouds/all.js';
import { type Found, ownerOf } from '../clouds/found.js';
import { cloudsOf, parseRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import { disconnectedView, disconnectPlanView, runDisconnect } from '../connections/disconnect/carry-out.js';
import { type DisconnectFound, type DisconnectTarget, readForDisconnect } from '../connections/disconnect/found.js';
import { hintsToDelete, planDisconnect, whyKept } from '../connections/disconnect/plan.js';
import { checkOutage, readBrokenStrings, warnOfBroken } from '../connections/removal.js';
import { leftoverNotes, showNotes, showPlan, whereText } from '../connections/show-plan.js';
import { inSentence } from '../connections/steps.js';
import type { Context } from '../context.js';
import { findEndpoints } from '../endpoints/find.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import { listAttached, narrowedBy, readInterfaceName } from '../endpoints/interfaces/find.js';
import { checkOneCloud, readFilter, readNames } from '../endpoints/name.js';
import { deletingLeftovers } from '../endpoints/next-step.js';
import { services } from '../endpoints/services.js';
import type { Deadline } from '../wait/deadline.js';
import { approval, ignoreMissing } from './approval.js';
import { elsewhereOf, signInTo, signInWords } from './cloud-access.js';
import type { disconnect } from './connections.js';

type Options = OptionsOf<typeof disconnect>;

/** Removes both sides of a private endpoint, as far as this program created them. */
export async function run(context: Context, options: Options): Promise<void> {
  try {
    await removeBothSides(context, options);
  } catch (error) {
    if (!options.ifExists || !(error instanceof NotFoundError)) throw error;
    const isSearched = error.reason !== 'notSearched';
    context.io.note(
      isSearched ? 'Nothing to remove.' : `Nothing to remove in Atlas. ${hintLine(error.hint ?? toHint(''))}`,
    );
    const cloud = { provider: providerIn(options), account: null, principal: null, regions: [], deleted: [], left: [] };
    const nothing = { endpoint: null, cloud, steps: [], breaks: [] };
    const row = options.dryRun
      ? { projectId: await context.settings.projectId(), region: null, atlasRegion: null, ...nothing, notes: [] }
      : { ...nothing, interfaceEndpointId: null };
    const own = { table: () => '', tsv: () => '' };
    await context.io.print({ single: true, rows: [row], id: 'interfaceEndpointId', own });
  }
}

function providerIn(options: Options): Provider {
  if (options.provider !== undefined) return parseProvider(options.provider);
  const { endpoint, id = '' } = readInterfaceName(options);
  const [{ provider, region = options.region ?? '' } = {}] = readNames(endpoint === undefined ? [] : [endpoint], {});
  return provider ?? interfaceKind(id) ?? cloudsOf(region)[0] ?? defaultProvider;
}

async function removeBothSides(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const { target, notFound } = await readTarget(context, options);
  checkCloudOptions([target.provider], options);
  const elsewhere = elsewhereOf(target.provider, options)?.region ?? target.region;
  const open = await signInTo(context, target.provider, options);
  // The time limit starts after the question.
  let deadline: Deadline | undefined;
  const left = () => deadline?.left() ?? Number.POSITIVE_INFINITY;
  const openIn = (region: string) => open({ region }, { left });
  const others = new Set([...texts(target.service?.supportedRemoteRegions), elsewhere]);
  others.delete(target.region);
  const regions = [openIn(target.region), ...[...others].map(openIn)] as const;
  try {
    const found = await readForDisconnect(context, target, regions);
    const signIn = signInWords(found.provider, options);
    const { plan, refusal, toDelete } = await planRemoval(context, found, signIn);
    if (!found.service && plan.steps.every(({ action }) => action === 'done')) throw notFound;
    if (options.dryRun) {
      await io.print(disconnectPlanView(found, plan));
      warnOfBroken(io, plan.breaks);
      return;
    }
    const isRemoving = plan.steps.some(({ action }) => action === 'remove');
    if (refusal && !isRemoving) throw refusal;
    const name = { what: 'an endpoint argument', word: 'ENDPOINT', isGiven: options.endpoint !== undefined };
    const question = { yes: options.yes, undone: 'Nothing was removed', name };
    const approve = isRemoving ? approval(context, question) : undefined;
    checkOutage(context, plan.breaks, { ...question, allowOutage: options.allowOutage });
    const toRemove = [...plan.endpointsToRemove, ...plan.resourcesToRemove];
    for (const cloud of regions) await cloud.rehearseRemoval(toRemove.filter(({ region }) => region === cloud.region));
    if (approve) showPlan(io, plan);
    else showNotes(io, plan.notes);
    const removed = plan.steps.flatMap(({ action, ids }) => (action === 'remove' ? ids : []));
    const where = whereText(found, found.signedIn.account);
    await approve?.(`Remove ${counted(removed.length, 'resource')} from ${where}?`);
    deadline = startDeadline(context, { timeoutMs }, true);
    const rest = (remaining: Found) => removingRest(context, found, remaining, signIn);
    const outcome = await runDisconnect({ context, found, regions, deadline, rest }, plan);
    await io.print(disconnectedView(found, plan, outcome), { isDone: true });
    // Without a question, the notes have said it.
    if (isRemoving && outcome.service?.status !== deleted) for (const hint of toDelete) io.hint(hint);
    if (refusal) throw refusal;
    const [inUse] = outcome.inUse;
    if (!inUse) return;
    const text = inUse.mayPass ? 'Wait a few minutes, then run:' : 'Remove it from what uses it, then run:';
    const hint = { text, commands: outcome.again };
    throw new CliError(
      'conflict',
      `The ${inSentence(stepTitle(found.provider, inUse.stepId))} ${inUse.id} was kept: ${inUse.why}.`,
      { hint },
    );
  } finally {
    for (const { close } of regions) close?.();
  }
}

/** The plan with all that is said of it. `refusal`: the error for an endpoint that stays connected. */
async function planRemoval(context: Context, found: DisconnectFound, signIn: readonly string[]) {
  const plan = planDisconnect(found);
  const refusal = await whyKept(context, found, plan);
  // Without a service, the plan removes them.
  const marked = [...found.endpoints, ...found.resources];
  const leftovers = found.service ? await leftoverNotes(context, found, marked, signIn) : [];
  const why = refusal ? [{ ...refusal.hint, text: `${refusal.message} ${refusal.hint?.text ?? ''}`.trim() }] : [];
  const toDelete = await hintsToDelete(context, found, plan);
  const breaks = found.service ? await readBrokenStrings(context, found.service, plan.toDetach) : [];
  const notes = [...why, ...toDelete, ...leftovers];
  return { plan: { ...plan, project: found, words: { done: 'skip' }, breaks, notes }, refusal, toDelete };
}

/** The command line that removes what remains, whether or not the Atlas service still exists. */
function removingRest(context: Context, found: DisconnectFound, remaining: Found, signIn: readonly string[]): string {
  const { elsewhere = '' } = clouds[found.provider].setup;
  const other = remaining.region === found.region ? [] : option(longName(elsewhere), remaining.region);
  const serviceId = ownerOf(remaining, found.projectId) ?? '';
  return deletingLeftovers(context, { serviceId, region: found.region }, [...other, ...signIn]);
}

/** Reads which connection to remove. The service may be gone already, if a first run was interrupted. */
async function readTarget(context: Context, options: Options): Promise<{ target: DisconnectTarget; notFound: Error }> {
  const { endpoint, id: named } = readInterfaceName(options);
  const filter = narrowedBy({ endpoint, id: named }, { region: options.region, provider: options.provider });
  // An attached interface endpoint shows its service.
  const owners = endpoint || !named ? [] : withName(await listAttached(context, { id: named }, filter), named);
  const names = [endpoint ?? owners[0]?.service.id].flatMap((name) => name ?? []);
  const found = await findEndpoints(context, services, names, filter);
  const { projectId } = found;
  const [service] = found.endpoints;
  const [name] = found.named;
  const where = service?.region ?? name?.region ?? options.region;
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
