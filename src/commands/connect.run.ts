import { regionText } from '../atlas/clusters.js';
import { isAtlasId } from '../atlas/ids.js';
import { advise, CliError, hintLine, InterruptedError, UsageError } from '../base/errors.js';
import { isLoopback } from '../base/loopback.js';
import { cmd, longName, option } from '../base/shell.js';
import { counted, listed, oneOf } from '../base/words.js';
import { clouds, defaultProvider, parseProvider } from '../clouds/all.js';
import { cloudsOf } from '../clouds/regions.js';
import { type ConnectedAll, carryOut } from '../connections/connect/carry-out.js';
import { type ConnectPlan, planConnect, shownPlan } from '../connections/connect/plan.js';
import {
  type ConnectScope,
  chooseRegion,
  isOneRegion,
  readClusterScope,
  readNamedRegion,
  readRegionScope,
} from '../connections/connect/scope.js';
import type { ConnectRegion } from '../connections/connect/sides.js';
import { type Lacking, readLacking } from '../connections/connect/strings.js';
import { clustersView, plannedRow, regionView, testAndUse } from '../connections/connect/views.js';
import { checkFailed, checkInterrupted, checkNoEndpoint, serviceIn } from '../connections/lanes.js';
import { planView, showNotes, showPlan, whereText } from '../connections/show-plan.js';
import { hintToContinue, inSentence } from '../connections/steps.js';
import type { Context } from '../context.js';
import { readGoal } from '../endpoints/goal.js';
import { connectCommand, providerOption } from '../endpoints/next-step.js';
import { checkNetworkOptions } from './cloud-access.js';
import { openPlaces, readRegions, rehearseAll } from './connect-regions.js';
import type { ConnectOptions } from './connections.js';
import { approval } from './saving.js';

export async function run(given: Context, options: ConnectOptions) {
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const { context, scope } = await readScope(given, options);
  const { io } = context;
  const opened = await openPlaces(context, scope, options);
  const regions = await readRegions(context, scope, opened);
  const sides = regions.map((region) => region.sides);
  const lacking = await readLacking(context, scope, sides);
  const plan = planConnect(context, scope, regions, lacking);
  const question = { yes: options.yes, undone: 'Nothing was created' };
  const approve = options.dryRun || plan.isComplete ? undefined : approval(context, question);
  await rehearseAll(context, scope, opened, regions);
  if (options.dryRun) {
    await printPlan(context, scope, regions, plan);
    if (plan.isComplete) io.note(nothingToDo);
    return;
  }
  const shown = shownPlan(scope, plan);
  if (approve) showPlan(io, shown);
  else showNotes(io, [...plan.parts.flatMap(({ notes }) => notes), ...plan.notes]);
  await approve?.(questionFor(scope, regions, plan));
  const deadline = opened.start(timeoutMs);
  const again = (error: CliError) => againAfter(context, options, regions, error);
  const done = await carryOut(context, { scope, regions, plan, lacking, deadline, again });
  await report(context, scope, done);
  if (plan.isComplete) io.note(nothingToDo);
  await hintAfter(context, scope, done, lacking);
}

const nothingToDo = 'Nothing to do.';

/** What the command line is about, which the user may have to choose. With a cluster chosen so, later hints have it too. */
async function readScope(
  context: Context,
  options: ConnectOptions,
): Promise<{ context: Context; scope: ConnectScope }> {
  const { settings } = context;
  const ofClusters = async (inner: Context, cluster: readonly string[]) => {
    checkAlone(options);
    return { context: inner, scope: await readClusterScope(inner, { ...options, cluster }) };
  };
  if (options.cluster) return ofClusters(context, options.cluster);
  const [place, another] = options.region ?? [];
  if (another !== undefined)
    throw new UsageError('connect connects one region, or with --cluster several.', 'Use --region once.');
  const wanted = parseProvider(options.provider ?? (await settings.get('provider'))?.value ?? defaultProvider);
  // Only Atlas knows the cloud of a service that is named by its id. A region may show it.
  const { endpoint = '', provider: given } = options;
  const [only = wanted, ...others] = given === undefined ? cloudsOf(endpoint) : [wanted];
  if (others.length === 0 && !isAtlasId(endpoint)) await checkNetworkOptions([only], options);
  const named = await readNamedRegion(context, { ...options, region: place }, wanted);
  if (named) return { context, scope: await readRegionScope(context, named) };
  const chosen = await chooseRegion(context, wanted, given !== undefined);
  if ('regions' in chosen) {
    const name = cmd`--cluster ${chosen.name}`;
    const again: typeof settings.again = (more, ...without) => settings.again(cmd`${name} ${more}`, ...without);
    return ofClusters({ ...context, settings: { ...settings, again } }, [chosen.name]);
  }
  const services = await (await context.atlas()).listServices(await settings.projectId(), chosen.provider);
  return { context, scope: await readRegionScope(context, { ...chosen, service: serviceIn(chosen, services) }) };
}

function checkAlone(options: ConnectOptions) {
  if (options.adopt !== undefined)
    throw new UsageError('--adopt is for one region, without --cluster.', 'Remove one of them.');
  checkNoEndpoint(options.endpoint);
}

/** Prints the plan for --dry-run. */
async function printPlan(
  context: Context,
  scope: ConnectScope,
  regions: readonly ConnectRegion[],
  plan: ConnectPlan,
) {
  const { projectId, names } = scope;
  const [region] = regions;
  if (names || !region) {
    await context.io.print(planView({ projectId }, shownPlan(scope, plan, true)));
    return;
  }
  const { sides, cloud, provider } = region;
  const row = { projectId, ...plannedRow(sides, cloud) };
  await context.io.print(planView(row, shownPlan(scope, plan), provider));
  if (!sides.cloudPlan.endpoint) hintOther(context, region);
}

function questionFor(scope: ConnectScope, regions: readonly ConnectRegion[], { count }: ConnectPlan) {
  const [region] = regions;
  if (region && isOneRegion(scope)) {
    const where = whereText({ ...scope, provider: region.provider }, region.sides.cloudPlan.account);
    return count > 0 ? `Create ${counted(count, 'resource')} in ${where}?` : `Connect ${where}?`;
  }
  const what = count > 0 ? `Create ${counted(count, 'resource')}` : 'Connect';
  const project = scope.projectName || scope.projectId;
  return `${what} in ${counted(regions.length, 'region')} and Atlas project ${project}?`;
}

/** The command lines that continue after an error in the only region. */
function againAfter(
  { settings }: Context,
  options: ConnectOptions,
  [region]: readonly ConnectRegion[],
  { exit }: CliError,
) {
  if (!region || exit !== 'endpointFailed' || options.adopt === undefined) return [settings.again(cmd``)];
  // Another endpoint, in the account that the id of this one may have named.
  const named = Object.keys(clouds[region.provider].setup.signIn).map(longName);
  return [settings.again(cmd`${region.signIn}`, '--adopt', ...named)];
}

/** Prints what came of it, and throws if something is missing. */
async function report(context: Context, scope: ConnectScope, done: ConnectedAll) {
  const { io, settings } = context;
  const { ends, strings, error } = done;
  const [first] = ends;
  const only = isOneRegion(scope) ? first : undefined;
  if (only?.error && strings.length === 0 && (!scope.names || only.error instanceof InterruptedError))
    throw only.error;
  // An interruption of the wait for strings is one of all regions.
  const stopped = error?.withHint(undefined);
  checkInterrupted(
    context,
    ends.map((end) => ({ ...end, error: end.error ?? stopped })),
  );
  const connected = ends.filter((end) => !end.error);
  await io.print(first && !scope.names ? regionView(done, first) : clustersView(done)).catch((error: unknown) => {
    const isChanged = connected.some(({ outcome }) => outcome.created.length > 0);
    if (!(error instanceof CliError) || !isChanged) throw error;
    const which = connected.map(({ place, outcome }) => `${regionText(place)} (${outcome.sides.attached?.id})`);
    throw error.withHint(`Connected: ${listed(which)}.`);
  });
  if (only?.error) throw only.error;
  if (error && connected.length === ends.length)
    throw error.withHint(hintToContinue(error, 'All regions are connected.', [settings.again(cmd``)]));
  if (error) io.warn(error.message);
  checkFailed(context, ends, (where) => `${oneOf(where, 'and')} ${where.length === 1 ? 'is' : 'are'} not connected.`);
}

/** What else to connect for the strings that are missing, and how to use the others. */
async function hintAfter(context: Context, scope: ConnectScope, { ends, strings }: ConnectedAll, lacking: Lacking) {
  const { io, settings } = context;
  const { names, places } = scope;
  const sides = ends.map(({ outcome }) => outcome.sides);
  const isSandbox = isLoopback(await settings.baseUrl());
  const place = names ? cmd`${names.flatMap((name) => ['--cluster', name])}` : cmd`${places[0]?.region}`;
  const next = testAndUse(context, sides, strings, isSandbox, place);
  if (lacking.uncovered.length > 0) {
    const each = lacking.uncovered.map(({ provider, region }) => connectCommand(provider, region));
    const all = names
      ? [settings.again(cmd``, '--region', '--provider')]
      : [...new Set(each.map((command) => settings.commandLine(command)))];
    const others = { text: 'To get the missing connection strings, also connect the other regions:', commands: all };
    if (strings.length > 0 || !names) io.hint(others);
    // Without any, a pipe needs it too.
    else io.warn(hintLine(others));
  }
  if (strings.length > 0 || !names) io.hint(next);
}

/** The next command for a user who can create only one side. */
function hintOther(context: Context, { provider, region, sides, cloud }: ConnectRegion) {
  const { service } = sides;
  const { placeholder, steps } = clouds[provider].setup;
  const what = inSentence(steps[0].title);
  // Only a ready service has the name that the cloud's command lines need.
  if (!service || clouds[provider].service.target(service) === null) {
    const remote = option('--remote-region', cloud.region === region ? undefined : cloud.region);
    const on = providerOption(provider);
    const first = service ? cmd`wait ${service.id}` : cmd`create ${region} ${on} ${remote} --wait`;
    const text = `If someone else creates the ${what}, they need the Atlas service first. Then print the plan again:`;
    context.io.hint({ text, commands: [context.settings.commandLine(first), context.settings.again(cmd``)] });
    return;
  }
  const text = `If someone else creates the ${what}, run this command afterward:`;
  context.io.hint(advise(context, text, cmd`connect ${service.id} --adopt ${placeholder}`));
}
