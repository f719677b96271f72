import { isLeaving, mayBeIn } from '../atlas/model.js';
import { advise, CliError, hintText, isFailure } from '../base/errors.js';
import { objects, text } from '../base/json.js';
import { cmd, option } from '../base/shell.js';
import { counted, listed } from '../base/words.js';
import { clouds, stepTitle } from '../clouds/all.js';
import type { Cloud, CloudPlan } from '../clouds/cloud.js';
import type { OptionsOf } from '../command.js';
import { refOf } from '../connections/connect/sides.js';
import { type Conversion, newService, oldAttachment, oldService, runConvert } from '../connections/convert/steps.js';
import {
  conversionView,
  findPair,
  inProjectOf,
  interfacesToReplace,
  isConnected,
  projectsToReplace,
  readUsage,
  type Usage,
  unknownProject,
  whyNotYet,
} from '../connections/convert/strings.js';
import { checkOutage, readBrokenStrings } from '../connections/removal.js';
import { checkDead, readProjectName, showPlan } from '../connections/show-plan.js';
import type { Context } from '../context.js';
import { readGoal } from '../endpoints/goal.js';
import { referrer } from '../endpoints/name.js';
import { deletingAny, yesOf } from '../endpoints/next-step.js';
import { isOlder } from '../endpoints/port-mapping.js';
import { nameOf } from '../endpoints/view.js';
import { type OpenedClouds, openClouds, signInWords } from './cloud-access.js';
import type { convert } from './connections.js';
import { approval, endpointArgument } from './saving.js';

type Options = OptionsOf<typeof convert>;

export async function run(usual: Context, options: Options) {
  const { io } = usual;
  const { timeoutMs } = readGoal({ timeout: options.timeout });
  const pair = await findPair(usual, options.endpoint, options.provider);
  const { older, mapped } = pair;
  const context = await inProjectOf(usual, older ?? mapped);
  const usage = await readUsage(context, pair);
  if (!older) {
    const why = mapped
      ? `${nameOf(mapped)} has port mapping, and ${mapped.region} has no private endpoint without it.`
      : 'all private endpoints of the project have port mapping.';
    io.note(`Nothing to convert: ${why}`);
    await io.print(conversionView(pair, usage));
    return;
  }
  const isBegun = options.finish === true && isLeaving(older.status);
  if (!isBegun) await checkNames(context, usage);
  const opened = openClouds(context, {});
  const found = { ...pair, older, usage };
  const inCloud = options.finish ? [] : await planNewSide(context, found, options, opened);
  const start = { ...found, inCloud };
  const broken = options.finish && !isBegun ? await approveRemoval(context, start, options) : [];
  const now = await runConvert(context, start, opened.start(timeoutMs), options.finish === true);
  await io.print(conversionView(now, now.usage, broken), { isDone: true });
  if (now.failure) throw now.failure;
  if (options.finish) hintLeftovers(context, start);
  else await hintNext(context, now);
}

/** In the Google projects of old interface endpoints that it can sign in to. */
async function planNewSide(
  context: Context,
  { older, mapped, usage }: Omit<Conversion, 'inCloud'>,
  { yes }: Options,
  { open }: OpenedClouds,
) {
  const { io } = context;
  if (!yes && !io.isInteractive) return [];
  const { provider, projectId, region } = older;
  const found: { cloud: Cloud; plan: CloudPlan }[] = [];
  for (const { gcpProjectId, endpoints } of interfacesToReplace(usage)) {
    const gcpProject = text(gcpProjectId) ?? undefined;
    try {
      const like = objects(endpoints).flatMap(({ endpointName }) => text(endpointName) ?? []);
      const cloud = await open(provider, { region, like }, { gcpProject });
      const plan = await cloud.survey(mapped && refOf(mapped, []));
      const name = plan.endpoint?.id;
      const others = usage.allMapped.filter((each) => !mayBeIn(plan.account, each));
      // Atlas knows an interface endpoint only by its name.
      if ([...others, ...found.map((each) => each.plan.endpoint)].some((each) => each && each.id === name))
        throw new CliError('conflict', `Another Google project has a new forwarding rule named ${name} too.`);
      const signIn = signInWords(provider, { gcpProject });
      const dead = mapped ? checkDead(context, plan, usage.allMapped, mapped, signIn) : [];
      await cloud.rehearse(plan, projectId);
      found.push({ cloud, plan: { ...plan, notes: [...plan.notes, ...dead] } });
    } catch (error) {
      if (!isFailure(error)) throw error;
      const why = `${error.message} ${hintText(error.hint)}`.trim();
      io.note(`Cannot create the new side in Google project ${gcpProject}. ${why}`);
    }
  }
  if (found.length === 0) return [];
  const approve = approval(context, { yes, undone: 'Nothing was created' });
  const steps = found.flatMap(({ plan }) =>
    plan.steps.map((step) => ({ ...step, title: stepTitle(provider, step.id) })),
  );
  showPlan(io, {
    project: { projectId, projectName: await readProjectName(context, projectId) },
    places: found.flatMap(({ plan }) => plan.places),
    steps: [{ ...newService, action: mapped ? 'adopt' : 'create', detail: `in ${region}` }, ...steps],
    costs: [...new Set(found.flatMap(({ plan }) => plan.costs))],
    notes: found.flatMap(({ plan }) => plan.notes),
  });
  const accounts = [...new Set(found.map(({ plan }) => plan.account))];
  const rules = steps.filter(({ action }) => action === 'create').length;
  const count = counted(mapped ? rules : rules + 1, 'resource');
  await approve(`Create ${count} in Atlas and Google project ${accounts.join(', ')}?`);
  return found.map(({ cloud }) => cloud);
}

async function checkNames(context: Context, { allOlder, allMapped }: Usage) {
  const same = allMapped.find(({ id }) => allOlder.some((older) => older.id === id));
  if (!same) return;
  const { projectId, endpointId, id } = same;
  const service = (await referrer(context))({ projectId, id: endpointId });
  const text = 'Create a forwarding rule with a different name. To remove the new interface endpoint:';
  throw new CliError(
    'conflict',
    `The old and the new private endpoint service both have an interface endpoint named ${id}. A connection string shows only this name, so atlas-pe cannot match it to one of them.`,
    { hint: advise(context, text, cmd`interface remove ${service} ${id} --wait ${yesOf(context)}`) },
  );
}

async function approveRemoval(context: Context, now: Conversion, options: Options) {
  const { older, usage } = now;
  const remove = cmd`delete ${older.id} ${yesOf(context)}`;
  const check = (current: Usage, undone: string) => {
    const why = whyNotYet(now, current);
    if (why === undefined) return;
    const isUsed = older.interfaceEndpoints.length > 0;
    const hint = isUsed
      ? advise(context, 'To continue:', cmd`convert ${nameOfOld(now)}`)
      : advise(context, 'The old one has no interface endpoint, so nothing uses it. To delete it:', remove);
    throw new CliError('conflict', `${undone} ${why}`, { hint });
  };
  check(usage, `${nameOf(older)} cannot be removed yet.`);
  const name = endpointArgument(options.endpoint);
  const approve = approval(context, { yes: options.yes, undone: 'Nothing was removed', name });
  const ids = usage.older.map(({ id }) => id);
  const breaks = await readBrokenStrings(context, older.projectId, [{ service: older, ids }], [older]);
  checkOutage(context, breaks, { ...options, undone: 'Nothing was removed' });
  const projectName = await readProjectName(context, older.projectId);
  showPlan(context.io, {
    project: { projectId: older.projectId, projectName },
    places: [{ title: 'Region', detail: older.region }],
    steps: [
      { ...oldAttachment, action: ids.length > 0 ? 'remove' : 'skip', detail: listed(ids) || 'none' },
      { ...oldService, action: 'remove', detail: `${nameOf(older)} (${older.status})` },
    ],
    breaks,
    notes: [],
  });
  await approve(
    `Remove ${counted(ids.length + 1, 'resource')} from Atlas project ${projectName || older.projectId}?`,
  );
  // The answer may have taken any time.
  check(await readUsage(context, now), 'Nothing was removed.');
  return breaks;
}

/** How a command line names the old service. A region still works when the old service is gone. */
function nameOfOld({ older, inRegion }: Conversion) {
  return inRegion.filter(isOlder).length > 1 ? older.id : older.region;
}

async function hintNext(context: Context, now: Conversion) {
  const { io } = context;
  const why = whyNotYet(now, now.usage);
  if (why === undefined) {
    const text = 'Change the connection strings in your applications. Then remove the old private endpoint service:';
    return io.hint(advise(context, text, cmd`convert ${nameOfOld(now)} --finish ${yesOf(context)}`));
  }
  io.note(why);
  const projects = projectsToReplace(now.usage);
  if (!now.mapped || (projects.length === 0 && isConnected(now))) return;
  const { mapped } = now;
  const commands = (projects.length > 0 ? projects : [unknownProject]).map((project) => {
    const named = option('--gcp-project', project === unknownProject ? undefined : project);
    return context.settings.commandLine(cmd`connect ${mapped.id} ${named}`);
  });
  const named = projects.length > 1 ? 'each of the Google projects' : 'Google project';
  const where =
    projects.length > 0 ? `${named} ${listed(projects)}` : `your ${clouds[mapped.provider].title} project`;
  const text = `Create a forwarding rule in ${where}, attach it, and continue:`;
  io.hint({ text, commands: [...commands, context.settings.again(cmd``)] });
}

function hintLeftovers(context: Context, { older, usage }: Conversion) {
  const { title } = clouds[older.provider];
  const commands = usage.older.flatMap((each) => deletingAny(context, older.provider, each));
  const text = `Remove the forwarding rules and addresses of the old service from your ${title} project, in bash or zsh:`;
  if (commands.length > 0) context.io.hint({ text, commands });
}
