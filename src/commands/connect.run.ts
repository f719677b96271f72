import { isLoopback } from '../atlas/base-url.js';
import { CliError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { counted } from '../base/listed.js';
import { cmd, option } from '../base/shell.js';
import { sideOf } from '../cloud-side/all.js';
import type { CloudSide } from '../cloud-side/cloud-side.js';
import { CloudError } from '../cloud-side/errors.js';
import { defaultProvider, parseProvider } from '../clouds/all.js';
import type { OptionsOf } from '../command.js';
import { runConnect } from '../connections/connect/carry-out.js';
import {
  type ConnectPlan,
  connectedView,
  connectPlanView,
  isComplete,
  nextSteps,
  planConnect,
} from '../connections/connect/plan.js';
import type { ConnectFound } from '../connections/connect/read-both-sides.js';
import { readForConnect, type Target } from '../connections/connect/read-both-sides.js';
import { checkRemote, readTarget, withoutSide } from '../connections/connect/target.js';
import { showNotes, showPlan, whereText } from '../connections/show-plan.js';
import { inSentence } from '../connections/steps.js';
import type { Context } from '../context.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import type { Deadline } from '../wait/deadline.js';
import { approval } from './approval.js';
import { elsewhereOf, signInTo, signInWords } from './cloud-access.js';
import type { connect } from './connections.js';

type Options = OptionsOf<typeof connect>;

/** Creates everything on both sides of a private endpoint, and prints the connection string. */
export async function run(context: Context, options: Options): Promise<void> {
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const { checkOptions } = await sideOf(parseProvider(options.provider ?? defaultProvider), withoutSide).load();
  checkOptions(options);
  const target = await readTarget(context, options);
  const { projectId, provider, region: place } = target;
  const region = elsewhereOf(provider, options) ?? place;
  checkRemote(context, target, region);
  // The time limit starts after the question.
  let deadline: Deadline | undefined;
  const start = () => {
    deadline = startDeadline(context, { timeoutMs }, true);
    return deadline;
  };
  const left = () => deadline?.left() ?? Number.POSITIVE_INFINITY;
  const access = await signInTo(context, provider, options);
  const isBlindAllowed = options.dryRun === true || options.adopt !== undefined;
  const side = access.side({ projectId, region: region.region, serviceRegion: place.region, isBlindAllowed }, left);
  const remoteRegions = region.atlasRegion === place.atlasRegion ? undefined : [region.atlasRegion];
  try {
    await connectWith(context, { target, side, options, start, remoteRegions });
  } finally {
    side.close();
  }
}

interface Work {
  target: Target;
  side: CloudSide;
  options: Options;
  /** Starts the time limit. */
  start(): Deadline;
  remoteRegions: readonly string[] | undefined;
}

async function connectWith(context: Context, task: Work): Promise<void> {
  const { io } = context;
  const { target, side, start, remoteRegions, options } = task;
  const found = await readForConnect(context, target, side, signInWords(target.provider, options));
  const plan = planConnect(found);
  const isDryRun = options.dryRun === true;
  const approve =
    isDryRun || isComplete(plan) ? undefined : approval(context, { yes: options.yes, undone: 'Nothing was created' });
  const isPossible = await rehearse(context, side, found, isDryRun);
  if (isDryRun) {
    await io.print(connectPlanView(found, plan, side));
    return hintOther(context, found, plan, isPossible);
  }
  if (approve) {
    showPlan(io, plan);
    await approve(questionOf(found, plan));
  } else {
    showNotes(io, plan.notes);
  }
  const another = anotherOne(context, options, found);
  const work = { session: context, side, deadline: start(), remoteRegions, another };
  const outcome = await runConnect(work, plan.steps, found);
  const { cloud } = outcome.found;
  const isChanged = outcome.results.some(({ result }) => result === 'created');
  try {
    await io.print(connectedView(outcome.found, side, outcome));
  } catch (error) {
    if (!(error instanceof CliError) || !isChanged) throw error;
    throw error.withHint(`The connection was set up. Its interface endpoint is ${cloud.endpoint?.id}.`);
  }
  io.hint(nextSteps(context, outcome.found, isLoopback(await context.baseUrl())));
}

/** Whether everything may be created. For a plan alone it is no error if it may not. */
async function rehearse(
  { io }: Pick<Context, 'io'>,
  side: CloudSide,
  { cloud }: ConnectFound,
  isDryRun: boolean,
): Promise<boolean> {
  try {
    await side.rehearse(cloud);
    return true;
  } catch (error) {
    if (!isDryRun || !(error instanceof CloudError) || error.exit !== 'notAllowed') throw error;
    io.warn(error.message);
    return false;
  }
}

/** The command line that creates another endpoint: the current one, but without --adopt. */
function anotherOne(context: Context, options: Options, { service, provider }: ConnectFound): string {
  const { adopt, timeout, yes } = options;
  if (adopt === undefined || !service) return context.again(cmd``);
  const access = signInWords(provider, options, sideOf(provider).elsewhere);
  const rest = [...option('--timeout', timeout), ...(yes ? ['--yes'] : [])];
  return context.commandLine(cmd`connect ${service.id} ${access} ${rest}`);
}

/** The next command for a user who can create only one side. */
function hintOther(
  context: Context,
  { provider, region, service, cloud }: ConnectFound,
  { commands }: ConnectPlan,
  isPossible: boolean,
): void {
  if (commands.length === 0) return;
  const { placeholder, removals } = sideOf(provider);
  const what = inSentence(removals[0].title);
  if (!service) {
    // Only an existing service has the name that the command lines need.
    const remote = option('--remote-region', cloud.region === region.region ? undefined : cloud.region);
    const create = context.commandLine(cmd`create ${region.region} ${remote} --wait`);
    const text = `If someone else creates the ${what}, first create the Atlas service. Then print the plan again:`;
    context.io.hint({ text, commands: [create, context.again(cmd``)] });
    return;
  }
  const text = isPossible
    ? `If someone else creates the ${what}, run this command afterward:`
    : `After someone else has created the ${what}, run:`;
  context.io.hint(advise(context, text, cmd`connect ${service.id} --adopt ${placeholder}`));
}

function questionOf(found: ConnectFound, { steps }: ConnectPlan): string {
  const count = steps.filter(({ action }) => action === 'create').length;
  const where = whereText(found, found.cloud.account);
  return count > 0 ? `Create ${counted(count, 'resource')} in ${where}?` : `Connect ${where}?`;
}
