import { isAtlasId } from '../atlas/ids.js';
import { advise, CliError } from '../base/errors.js';
import { counted } from '../base/lists.js';
import { isLoopback } from '../base/loopback.js';
import { cmd, option } from '../base/shell.js';
import { checkCloudOptions, loadAccess } from '../clouds/access.js';
import { clouds, defaultProvider, type Provider, parseProvider } from '../clouds/all.js';
import { isNotAllowed } from '../clouds/errors.js';
import { cloudsOf } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import { lastStrings } from '../config/cache.js';
import { runConnect } from '../connections/connect/carry-out.js';
import { type ConnectFound, checkRemote, readForConnect, readTarget } from '../connections/connect/found.js';
import { connectedView, connectPlanView, nextSteps, planConnect, stringOf } from '../connections/connect/plan.js';
import { showNotes, showPlan, whereText } from '../connections/show-plan.js';
import { inSentence } from '../connections/steps.js';
import type { Context } from '../context.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import type { Deadline } from '../wait/deadline.js';
import { approval } from './approval.js';
import { elsewhereOf, signInTo, signInWords } from './cloud-access.js';
import type { connect } from './connections.js';

type Options = OptionsOf<typeof connect>;

export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const wanted = parseProvider(options.provider ?? (await context.settings.get('provider'))?.value ?? defaultProvider);
  // Only Atlas knows the cloud of a service that is named by its id. A region may show it.
  const { endpoint = '', provider: given } = options;
  const [only = wanted, ...others] = given === undefined && endpoint !== '' ? cloudsOf(endpoint) : [wanted];
  if (others.length === 0 && !isAtlasId(endpoint)) await checkOptions(only, options);
  const target = await readTarget(context, options, wanted);
  const { projectId, provider, region: place } = target;
  await checkOptions(provider, options);
  const region = elsewhereOf(provider, options) ?? place;
  checkRemote(context, target, region);
  const isDryRun = options.dryRun === true;
  const open = await signInTo(context, provider, options);
  // The time limit starts after the question.
  let deadline: Deadline | undefined;
  const left = () => deadline?.left() ?? Number.POSITIVE_INFINITY;
  const isBlindAllowed = isDryRun || options.adopt !== undefined;
  const cloud = open({ region: region.region, serviceRegion: place.region, isBlindAllowed }, { left });
  try {
    const signIn = signInWords(provider, options);
    const found = await readForConnect(context, target, cloud, signIn);
    const plan = planConnect(found);
    const question = { yes: options.yes, undone: 'Nothing was created' };
    const approve = isDryRun || plan.isComplete ? undefined : approval(context, question);
    await cloud.rehearse(found.cloudPlan, projectId).catch((error: unknown) => {
      // For a plan alone it is no error if something may not be created.
      if (!isDryRun || !isNotAllowed(error)) throw error;
      io.warn(error.message);
    });
    if (isDryRun) {
      const commands = context.settings.profile.isSandbox ? [] : plan.commands;
      await io.print(connectPlanView(found, { ...plan, commands }, cloud));
      if (!found.cloudPlan.endpoint) hintOther(context, found, region.region);
      return;
    }
    if (approve) showPlan(io, plan);
    else showNotes(io, plan.notes);
    const count = plan.steps.filter(({ action }) => action === 'create').length;
    const where = whereText(found, found.cloudPlan.account);
    await approve?.(count > 0 ? `Create ${counted(count, 'resource')} in ${where}?` : `Connect ${where}?`);
    const remoteRegions = region.atlasRegion === place.atlasRegion ? undefined : [region.atlasRegion];
    const another = anotherOne(context, options, found);
    deadline = startDeadline(context, { timeoutMs }, true);
    const work = { context, cloud, deadline, remoteRegions, another, signIn };
    const outcome = await runConnect(work, plan.steps, found);
    const isChanged = outcome.results.some(({ result }) => result === 'created');
    await lastStrings(context.settings, context.clock)?.write(outcome.found.strings.map(stringOf));
    await io.print(connectedView(outcome.found, cloud, outcome)).catch((error: unknown) => {
      if (!(error instanceof CliError) || !isChanged) throw error;
      throw error.withHint(
        `The connection was set up. Its interface endpoint is ${outcome.found.cloudPlan.endpoint?.id}.`,
      );
    });
    if (outcome.failure) throw outcome.failure;
    for (const hint of nextSteps(context, outcome.found, isLoopback(await context.settings.baseUrl()))) io.hint(hint);
  } finally {
    cloud.close?.();
  }
}

/** Throws usage errors for the options of the user's network. */
async function checkOptions(provider: Provider, options: Options): Promise<void> {
  checkCloudOptions(provider, options);
  (await loadAccess[provider]()).checkOptions(options);
}

/** The command line that creates another endpoint: the current one, but without --adopt. */
function anotherOne(context: Context, options: Options, { service, provider }: ConnectFound): string {
  const { adopt, timeout, yes } = options;
  if (adopt === undefined || !service) return context.settings.again(cmd``);
  const access = signInWords(provider, options, clouds[provider].setup.elsewhere);
  const rest = [...option('--timeout', timeout), ...(yes ? ['--yes'] : [])];
  return context.settings.commandLine(cmd`connect ${service.id} ${access} ${rest}`);
}

/** The next command for a user who can create only one side. */
function hintOther(context: Context, { provider, region, service }: ConnectFound, networkRegion: string): void {
  const { placeholder, steps } = clouds[provider].setup;
  const what = inSentence(steps[0].title);
  // Only a ready service has the name that the cloud's command lines need.
  if (!service || clouds[provider].service.target(service) === null) {
    const remote = option('--remote-region', networkRegion === region.region ? undefined : networkRegion);
    const on = option('--provider', provider === defaultProvider ? undefined : provider.toLowerCase());
    const first = service ? cmd`wait ${service.id}` : cmd`create ${region.region} ${on} ${remote} --wait`;
    const text = `If someone else creates the ${what}, they need the Atlas service first. Then print the plan again:`;
    context.io.hint({ text, commands: [context.settings.commandLine(first), context.settings.again(cmd``)] });
    return;
  }
  const text = `If someone else creates the ${what}, run this command afterward:`;
  context.io.hint(advise(context, text, cmd`connect ${service.id} --adopt ${placeholder}`));
}
