import { CliError } from '../base/errors.js';
import { cmd, option } from '../base/shell.js';
import { openAwsSide } from '../cloud-side/aws/side.js';
import { readWanted } from '../cloud-side/aws/wanted.js';
import type { CloudPlan, CloudSide } from '../cloud-side/cloud-side.js';
import { CloudError } from '../cloud-side/errors.js';
import { parseRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import { runConnect } from '../connections/connect/carry-out.js';
import type { ConnectFound } from '../connections/connect/found.js';
import {
  type ConnectPlan,
  connectedView,
  connectPlanView,
  isComplete,
  planConnect,
} from '../connections/connect/plan.js';
import { readForConnect, type Target } from '../connections/connect/read-both-sides.js';
import { checkRemote, readTarget } from '../connections/connect/target.js';
import { planSections } from '../connections/steps.js';
import type { Context } from '../context.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import type { Deadline } from '../wait/deadline.js';
import { approval } from './approval.js';
import { awsAccess, lineOf } from './aws-access.js';
import type { connect } from './connections.js';

type Options = OptionsOf<typeof connect>;

/** Sets up both sides of a private endpoint, and returns when there is a connection string. */
export async function run(context: Context, options: Options): Promise<void> {
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const wanted = readWanted(options);
  const target = await readTarget(context, options);
  const region = options.vpcRegion === undefined ? target.region : parseRegion(target.provider, options.vpcRegion);
  checkRemote(context, target, region.atlasRegion);
  // The question for approval may take any time.
  let deadline: Deadline | undefined;
  const start = () => {
    deadline = startDeadline(context, { timeoutMs }, true);
    return deadline;
  };
  const left = () => deadline?.left() ?? Number.POSITIVE_INFINITY;
  const side = openAwsSide(
    {
      region: region.region,
      serviceRegion: target.region.region,
      projectId: target.projectId,
      access: await awsAccess(context, options),
      wanted,
      isBlindAllowed: options.dryRun === true || options.adopt !== undefined,
    },
    { ...lineOf(context, options.verbose), left },
  );
  const remoteRegions = region.atlasRegion === target.region.atlasRegion ? undefined : [region.atlasRegion];
  try {
    await connectWith(context, { target, side, options, start, remoteRegions });
  } finally {
    side.close();
  }
}

interface Work<P extends CloudPlan> {
  target: Target;
  side: CloudSide<P>;
  options: Options;
  /** Starts the time limit. */
  start(): Deadline;
  remoteRegions: readonly string[] | undefined;
}

async function connectWith<P extends CloudPlan>(context: Context, task: Work<P>): Promise<void> {
  const { io } = context;
  const { target, side, start, remoteRegions, options } = task;
  const found = await readForConnect(context, target, side, option('--aws-profile', options.awsProfile));
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
    for (const { title, lines } of planSections(plan)) io.note(title, lines);
    await approve(questionOf(found, plan));
  } else if (plan.notes.length > 0) {
    io.note('Notes:', plan.notes);
  }
  const another = anotherOne(context, options, found);
  const work = { session: context, side, deadline: start(), remoteRegions, another };
  const outcome = await runConnect(work, plan.steps, found);
  const view = connectedView(outcome.found, side, outcome);
  const { cloud } = outcome.found;
  const isChanged = outcome.results.some(({ result }) => result === 'created');
  try {
    await io.print(view);
  } catch (error) {
    if (!(error instanceof CliError) || !isChanged) throw error;
    throw error.withHint(`The connection was set up. Its VPC endpoint is ${cloud.endpoint?.id}.`);
  }
}

/** Whether everything may be created. For a plan alone it is no error if it may not. */
async function rehearse<P extends CloudPlan>(
  { io }: Pick<Context, 'io'>,
  side: CloudSide<P>,
  { cloud }: ConnectFound<P>,
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

/** The command line that creates another VPC endpoint: the current one, but without --adopt. */
function anotherOne(context: Context, options: Options, { service }: ConnectFound<CloudPlan>): string {
  if (options.adopt === undefined || !service) return context.again(cmd``);
  const { vpcRegion, awsProfile, timeout, yes } = options;
  const access = [...option('--vpc-region', vpcRegion), ...option('--aws-profile', awsProfile)];
  const rest = [...option('--timeout', timeout), ...(yes ? ['--yes'] : [])];
  return context.commandLine(cmd`connect ${service.id} ${access} ${rest}`);
}

/** How somebody goes on who may create only one half. */
function hintOther(
  context: Context,
  { region, service, cloud }: ConnectFound<CloudPlan>,
  { commands }: ConnectPlan,
  isPossible: boolean,
): void {
  if (commands.length === 0) return;
  if (!service) {
    // Only an existing service has the name that the command lines need.
    const remote = option('--remote-region', cloud.region === region.region ? undefined : cloud.region);
    const create = context.commandLine(cmd`create --region ${region.region} ${remote} --wait`);
    const text = 'If someone else creates the VPC endpoint, first create the Atlas service. Then print the plan again:';
    context.io.hint({ text, commands: [create, context.again(cmd``)] });
    return;
  }
  const adopt = context.commandLine(cmd`connect ${service.id} --adopt VPCE_ID`);
  const text = isPossible
    ? 'If someone else creates the VPC endpoint, run this command afterward:'
    : 'After someone else has created the VPC endpoint, run:';
  context.io.hint({ text, commands: [adopt] });
}

function questionOf({ projectId, cloud }: ConnectFound<CloudPlan>, { steps }: ConnectPlan): string {
  const created = steps.filter(({ action, id }) => action === 'create' && id !== 'connection-strings');
  const what = created.map(({ title }) => title).join(', ');
  const where = `AWS account ${cloud.account} (${cloud.region}) and Atlas project ${projectId}`;
  return created.length > 0 ? `Create these resources in ${where}: ${what}?` : `Connect ${where}?`;
}
