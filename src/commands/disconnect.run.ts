import { deleted } from '../atlas/model.js';
import { hintLine, NotFoundError, toHint } from '../base/errors.js';
import { cmd, longName, option } from '../base/shell.js';
import { counted } from '../base/words.js';
import { checkCloudOptions } from '../clouds/access.js';
import { clouds } from '../clouds/all.js';
import { type Found, ownerOf } from '../clouds/found.js';
import { disconnectedView, plannedRemovalRow, runDisconnect } from '../connections/disconnect/carry-out.js';
import { checkOutage, readBrokenStrings, warnOfBroken } from '../connections/removal.js';
import { planView, readProjectName, showNotes, showPlan, whereText } from '../connections/show-plan.js';
import type { Context } from '../context.js';
import { readGoal } from '../endpoints/goal.js';
import { checkPossible, readInterfaceName } from '../endpoints/interfaces.js';
import { deletingLeftovers } from '../endpoints/next-step.js';
import { openClouds } from './cloud-access.js';
import { type DisconnectOptions, prepareRegion, readRemovalTarget, rehearseRegion } from './disconnect-region.js';
import { approval, endpointArgument } from './saving.js';

export async function run(context: Context, options: DisconnectOptions) {
  const { cluster } = options;
  try {
    if (!cluster) return await removeBothSides(context, options);
    const { disconnectClusters } = await import('./disconnect-cluster.run.js');
    await disconnectClusters(context, { ...options, cluster });
  } catch (error) {
    if (!options.ifExists || !(error instanceof NotFoundError)) throw error;
    // Without the cluster, nothing tells which regions to search.
    if (cluster && error.reason !== 'noneAtAll') throw error;
    if (!cluster) checkPossible(readInterfaceName(options), { ...options, region: options.region?.[0] });
    const isSearched = error.reason !== 'notSearched';
    context.io.note(
      isSearched ? 'Nothing to remove.' : `Nothing to remove in Atlas. ${hintLine(error.hint ?? toHint(''))}`,
    );
    const nothing = cluster ? { regions: [] } : { endpoint: null, cloud: null, steps: [] };
    const place = cluster ? {} : { region: null, atlasRegion: null };
    const row = options.dryRun
      ? { projectId: await context.settings.projectId(), ...place, ...nothing, breaks: [], notes: [] }
      : { ...nothing, breaks: [], ...(!cluster && { interfaceEndpointId: null }) };
    const own = { table: () => '', tsv: () => '' };
    await context.io.print({ single: true, rows: [row], id: 'interfaceEndpointId', own });
  }
}

async function removeBothSides(context: Context, options: DisconnectOptions) {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const { target, notFound } = await readRemovalTarget(context, options);
  checkCloudOptions([target.provider], options);
  const opened = openClouds(context, options);
  const prepared = await prepareRegion(context, target, options, opened);
  const { found, plan, refusal, toDelete, notes, count } = prepared;
  if (prepared.isEmpty) throw notFound;
  const breaks = target.service ? await readBrokenStrings(context, target.service, plan.toDetach) : [];
  const places = [{ title: 'Region', detail: found.region }, ...plan.places];
  const project = { ...found, projectName: await readProjectName(context, found.projectId) };
  const shown = { ...plan, project, places, words: { done: 'skip' }, breaks, notes };
  if (options.dryRun) {
    const row = { projectId: found.projectId, ...plannedRemovalRow(prepared) };
    await io.print(planView(row, shown, found.provider));
    warnOfBroken(io, breaks);
    return;
  }
  if (refusal && count === 0) throw refusal;
  const name = endpointArgument(options.endpoint);
  const question = { yes: options.yes, undone: 'Nothing was removed', name };
  const approve = count > 0 ? approval(context, question) : undefined;
  checkOutage(context, breaks, { ...question, allowOutage: options.allowOutage });
  await rehearseRegion(prepared);
  if (approve) showPlan(io, shown);
  else showNotes(io, notes);
  const where = whereText(project, found.signedIn.account);
  await approve?.(`Remove ${counted(count, 'resource')} from ${where}?`);
  const again = (remaining: readonly Found[]) => againOf(context, prepared, remaining);
  const outcome = await runDisconnect(prepared, { context, deadline: opened.start(timeoutMs), again });
  if (outcome.error) throw outcome.error;
  await io.print(disconnectedView(prepared, outcome, breaks), { isDone: true });
  // Without a question, the notes have said it.
  if (count > 0 && outcome.service?.status !== deleted) for (const hint of toDelete) io.hint(hint);
  const error = refusal ?? outcome.kept;
  if (error) throw error;
}

type Prepared = Parameters<typeof rehearseRegion>[0];

/** The same command line. Without the service, only their ids and regions tell what remains. */
function againOf(context: Context, { found, signIn }: Prepared, remaining: readonly Found[]) {
  if (remaining.length === 0) return [context.settings.again(cmd``)];
  const { elsewhere = '' } = clouds[found.provider].setup;
  const lines = remaining.map((each) => {
    const other = each.region === found.region ? [] : option(longName(elsewhere), each.region);
    const serviceId = ownerOf(each, found.projectId) ?? '';
    return deletingLeftovers(context, { serviceId, region: found.region }, [...other, ...signIn]);
  });
  return [...new Set(lines)];
}
