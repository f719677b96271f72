import { isAtlasId } from '../atlas/ids.js';
import { advise, CliError, UsageError } from '../base/errors.js';
import { isLoopback } from '../base/loopback.js';
import { cmd, longName, option } from '../base/shell.js';
import { counted } from '../base/words.js';
import { clouds, defaultProvider, parseProvider } from '../clouds/all.js';
import { cloudsOf } from '../clouds/regions.js';
import { runConnect } from '../connections/connect/carry-out.js';
import { type ConnectFound, chooseRegion, readTarget, targetIn } from '../connections/connect/found.js';
import { connectedView, nextSteps, plannedRow } from '../connections/connect/plan.js';
import { checkNoEndpoint } from '../connections/lanes.js';
import { planView, showNotes, showPlan, whereText } from '../connections/show-plan.js';
import { inSentence } from '../connections/steps.js';
import type { Context } from '../context.js';
import { readGoal } from '../endpoints/goal.js';
import { providerOption } from '../endpoints/next-step.js';
import { checkNetworkOptions, openClouds } from './cloud-access.js';
import { prepareLane, rehearseLane } from './connect-region.js';
import type { ConnectOptions } from './connections.js';
import { approval } from './saving.js';

export async function run(context: Context, options: ConnectOptions) {
  const { io, settings } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const connectAll = async (cluster: readonly string[], again = settings.again) => {
    const { connectClusters } = await import('./connect-cluster.run.js');
    return connectClusters({ ...context, settings: { ...settings, again } }, { ...options, cluster }, timeoutMs);
  };
  if (options.cluster) {
    checkAlone(context, options);
    return connectAll(options.cluster);
  }
  const [place, another] = options.region ?? [];
  if (another !== undefined)
    throw new UsageError('connect connects one region, or with --cluster several.', 'Use --region once.');
  const wanted = parseProvider(options.provider ?? (await settings.get('provider'))?.value ?? defaultProvider);
  // Only Atlas knows the cloud of a service that is named by its id. A region may show it.
  const { endpoint = '', provider: given } = options;
  const [only = wanted, ...others] = given === undefined ? cloudsOf(endpoint) : [wanted];
  if (others.length === 0 && !isAtlasId(endpoint)) await checkNetworkOptions([only], options);
  let target = await readTarget(context, { ...options, region: place }, wanted);
  if (!target) {
    const chosen = await chooseRegion(context, wanted, given !== undefined);
    if ('regions' in chosen) {
      checkAlone(context, { ...options, cluster: [chosen.name] });
      const name = cmd`--cluster ${chosen.name}`;
      return connectAll([chosen.name], (more, ...without) => settings.again(cmd`${name} ${more}`, ...without));
    }
    const projectId = await settings.projectId();
    const services = await (await context.atlas()).listServices(projectId, chosen.provider);
    target = targetIn(context, projectId, chosen, services);
  }
  const { provider } = target;
  await checkNetworkOptions([provider], options);
  const opened = openClouds(context, options);
  const lane = await prepareLane(context, target, options, opened);
  const { cloud, found, plan } = lane;
  const question = { yes: options.yes, undone: 'Nothing was created' };
  const approve = options.dryRun || plan.isComplete ? undefined : approval(context, question);
  await rehearseLane(context, lane, options);
  if (options.dryRun) {
    const { projectId } = found;
    await io.print(planView({ projectId, ...plannedRow(found, cloud) }, plan, provider));
    if (!found.cloudPlan.endpoint) hintOther(context, found, cloud.region);
    return;
  }
  if (approve) showPlan(io, plan);
  else showNotes(io, plan.notes);
  const count = plan.steps.filter(({ action }) => action === 'create').length;
  const where = whereText(found, found.cloudPlan.account);
  await approve?.(count > 0 ? `Create ${counted(count, 'resource')} in ${where}?` : `Connect ${where}?`);
  const again = ({ exit }: CliError) => {
    if (exit !== 'endpointFailed' || options.adopt === undefined) return [settings.again(cmd``)];
    // Another endpoint, in the account that the id of this one may have named.
    const named = Object.keys(clouds[provider].setup.signIn).map(longName);
    return [settings.again(cmd`${lane.signIn}`, '--adopt', ...named)];
  };
  const outcome = await runConnect(lane, { context, deadline: opened.start(timeoutMs), again });
  const { error } = outcome;
  if (error && !outcome.found.failure) throw error;
  const isChanged = outcome.results.some(({ result }) => result === 'created');
  await io.print(connectedView(cloud, outcome)).catch((error: unknown) => {
    if (!(error instanceof CliError) || !isChanged) throw error;
    throw error.withHint(
      `The connection was set up. Its interface endpoint is ${outcome.found.cloudPlan.endpoint?.id}.`,
    );
  });
  if (error) throw error;
  const isSandbox = isLoopback(await settings.baseUrl());
  for (const hint of nextSteps(context, outcome.found, isSandbox)) io.hint(hint);
}

function checkAlone(context: Context, options: ConnectOptions) {
  if (options.adopt !== undefined)
    throw new UsageError('--adopt is for one region, without --cluster.', 'Remove one of them.');
  checkNoEndpoint(context, 'connect', options);
}

/** The next command for a user who can create only one side. */
function hintOther(context: Context, { provider, region, service }: ConnectFound, networkRegion: string) {
  const { placeholder, steps } = clouds[provider].setup;
  const what = inSentence(steps[0].title);
  // Only a ready service has the name that the cloud's command lines need.
  if (!service || clouds[provider].service.target(service) === null) {
    const remote = option('--remote-region', networkRegion === region ? undefined : networkRegion);
    const on = providerOption(provider);
    const first = service ? cmd`wait ${service.id}` : cmd`create ${region} ${on} ${remote} --wait`;
    const text = `If someone else creates the ${what}, they need the Atlas service first. Then print the plan again:`;
    context.io.hint({ text, commands: [context.settings.commandLine(first), context.settings.again(cmd``)] });
    return;
  }
  const text = `If someone else creates the ${what}, run this command afterward:`;
  context.io.hint(advise(context, text, cmd`connect ${service.id} --adopt ${placeholder}`));
}
