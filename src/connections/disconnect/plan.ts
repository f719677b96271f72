import { isLeaving } from '../../atlas/model.js';
import { advise, CliError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import { listed } from '../../base/words.js';
import { clouds } from '../../clouds/all.js';
import type { CloudStep } from '../../clouds/facts.js';
import { canConnect, createdService, type Found, ownerOf } from '../../clouds/found.js';
import { shortName } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import { referTo } from '../../endpoints/name.js';
import { deletingAny, yesOf } from '../../endpoints/next-step.js';
import {
  chosenIn,
  cloudEndpointsOf,
  type DisconnectFound,
  meantBy,
  type Outcome,
  outcomeOf,
  ownResources,
  subjectsOf,
  unusedResources,
} from './found.js';

export interface PlannedRemoval {
  id: string;
  title: string;
  action: 'remove' | 'keep' | 'done';
  /** The ids of what it is about, and why it stays or is none of ours. */
  ids: readonly string[];
  why?: string;
  /** Both, and the status before the step. */
  detail: string;
}

export type DisconnectPlan = ReturnType<typeof planDisconnect>;

/** What is removed, and what is kept. At most one connection is selected. An endpoint that isn't ours stays connected. */
export function planDisconnect(found: DisconnectFound) {
  const { provider, named, signedIn } = found;
  const { account, setup } = clouds[provider];
  const [endpointStep, ...resourceSteps] = setup.steps;
  const subjects = subjectsOf(found);
  const chosen = chosenIn(subjects, found);
  const meant = meantBy(chosen, subjects, named).map((each) => ({ ...each, outcome: outcomeOf(each) }));
  const withOutcome = (...outcomes: Outcome[]) => meant.filter(({ outcome }) => outcomes.includes(outcome));
  const toDetach = ids(withOutcome('detach and remove', 'detach'));
  const endpointsToRemove = withOutcome('detach and remove', 'remove').flatMap(({ inCloud }) => inCloud ?? []);
  const refusedId = withOutcome('refuse')[0]?.id;
  const foreign = refusedId ?? withOutcome('detach')[0]?.id;
  const states = endpointsToRemove.map(({ id, state }) => `${shortName(id)} (${state})`);
  const staying = found.endpoints.filter((each) => !endpointsToRemove.includes(each));
  const all = ownResources(found);
  const usersOf = ({ id }: Found) => staying.filter((each) => each.uses.includes(id));
  const resourcesToRemove = all.filter((each) => usersOf(each).length === 0);
  const used = all.filter((each) => !resourcesToRemove.includes(each));
  const isInCloud = found.endpoints.some(({ id }) => id === foreign);
  const why = isInCloud ? 'not created by atlas-pe' : `not in this ${account} and region`;
  const service = serviceOutcome(found, toDetach, staying);
  const attachment =
    refusedId !== undefined && toDetach.length === 0
      ? keep(attachmentStep, [refusedId], why)
      : removal(attachmentStep, toDetach);
  const endpoint: PlannedRemoval =
    foreign !== undefined && endpointsToRemove.length === 0
      ? { ...keep(endpointStep, [foreign], why), action: isInCloud ? 'keep' : 'done' }
      : removal(endpointStep, ids(endpointsToRemove), states);
  // The mark that this program created the service too must outlive it, or an interrupted run leaves the service for ever.
  const isOnlyMark = resourceSteps.length === 0;
  const steps: PlannedRemoval[] = [
    attachment,
    ...(isOnlyMark ? [service.step, endpoint] : [endpoint, service.step]),
    ...resourceSteps.map((step) => {
      const mine = resourcesToRemove.filter(({ stepId }) => stepId === step.id);
      const stay = used.filter(({ stepId }) => stepId === step.id);
      if (mine.length > 0 || stay.length === 0) return removal(step, ids(mine));
      return keep(step, ids(stay), `used by ${listed(ids(stay.flatMap(usersOf)))}`);
    }),
  ];
  return {
    toDetach,
    endpointsToRemove,
    resourcesToRemove,
    /** The selected endpoint, if it stays connected because this program did not create it. */
    refusedId,
    /** Whether the service stays only because nothing shows that this program created it. */
    isServiceForeign: service.isForeign,
    /** The ids of what stays in the user's cloud. */
    remaining: ids([...cloudEndpointsOf(found).filter((each) => staying.includes(each)), ...used]),
    places: [{ title: account, detail: `${signedIn.account}, signed in as ${signedIn.shortPrincipal}` }],
    steps,
  };
}

function ids(things: readonly { id: string }[]) {
  return things.map(({ id }) => id);
}

const attachmentStep = { id: 'attachment', title: 'Attachment' };
const atlasStep = { id: 'service', title: 'Atlas service' };

function removal(step: CloudStep, ids: readonly string[], details = ids.map(shortName)): PlannedRemoval {
  if (ids.length === 0) return { ...step, action: 'done', ids, detail: 'none' };
  return { ...step, action: 'remove', ids, detail: listed(details) };
}

function keep(step: CloudStep, ids: readonly string[], why: string, name = listed(ids.map(shortName))) {
  return { ...step, action: 'keep' as const, ids, why, detail: `${name}, ${why}` };
}

function serviceOutcome(found: DisconnectFound, attached: readonly string[], staying: readonly Found[]) {
  const { service, keepsService } = found;
  if (!service) return { step: removal(atlasStep, []), isForeign: false };
  // Somebody is about to attach an endpoint that exists for the service.
  const waiting = staying.filter((each) => ownerOf(each, found.projectId) === null && canConnect(each));
  const all = new Set([...service.interfaceEndpoints, ...ids(waiting)]);
  const users = [...all].filter((id) => !attached.includes(id));
  const name = `${service.id} (${service.status})`;
  const kept = (why: string) => keep(atlasStep, [service.id], why, name);
  if (keepsService) return { step: kept('because of --keep-service'), isForeign: false };
  if (users.length > 0) return { step: kept(`still used by ${listed(users)}`), isForeign: false };
  const isForeign = !createdService([...found.endpoints, ...found.resources], service) && !isLeaving(service.status);
  return {
    step: isForeign ? kept('without a mark of connect') : removal(atlasStep, [service.id], [name]),
    isForeign,
  };
}

export async function hintsToDelete(context: Context, found: DisconnectFound, plan: DisconnectPlan) {
  const { service } = found;
  if (!service || !plan.isServiceForeign) return [];
  const cloud = clouds[service.provider].title;
  const text = `Nothing in ${cloud} shows that connect created the Atlas service, so disconnect keeps it. To delete it:`;
  return [advise(context, text, cmd`delete ${await referTo(context, service)} ${yesOf(context)}`)];
}

/** What to say of endpoints that stay attached beside ours. */
export async function notesOfOthers(context: Context, found: DisconnectFound, plan: DisconnectPlan) {
  const { service, named } = found;
  if (!service || named !== undefined || plan.toDetach.length === 0) return [];
  const others = service.interfaceEndpoints.filter((id) => !plan.toDetach.includes(id));
  if (others.length === 0) return [];
  const what = `${listed(others)} ${others.length > 1 ? 'stay' : 'stays'} attached, because nothing shows that atlas-pe created ${others.length > 1 ? 'them' : 'it'}. To remove on purpose:`;
  const reference = await referTo(context, service);
  return [advise(context, what, ...others.map((id) => cmd`interface remove ${reference} ${id} ${yesOf(context)}`))];
}

const ofAnotherTool =
  'If another tool such as Terraform created it, remove it with that tool. To remove it on purpose:';
const ofAnotherAccount = 'Sign in to the account that has it. If it was deleted by hand, or to remove it on purpose:';

/** The error for an endpoint that stays connected, with the commands that remove it; undefined if none does. */
export async function whyKept(context: Context, found: DisconnectFound, { refusedId }: DisconnectPlan) {
  const { service, provider, keepsService, signedIn } = found;
  if (refusedId === undefined || !service) return undefined;
  const inCloud = found.endpoints.find(({ id }) => id === refusedId);
  const unused = ids(unusedResources(found));
  const whyAbsent =
    unused.length > 0 ? `but ${listed(unused)} of atlas-pe is` : 'so atlas-pe cannot tell who created it';
  const [why, advice] = inCloud
    ? [`atlas-pe did not create ${refusedId}: it does not have the marks of atlas-pe`, ofAnotherTool]
    : [`${refusedId} is not in this ${clouds[provider].account} and region, ${whyAbsent}`, ofAnotherAccount];
  const reference = await referTo(context, service);
  const yes = yesOf(context);
  const others = service.interfaceEndpoints.filter((id) => id !== refusedId);
  const commands = [
    ...(service.interfaceEndpoints.includes(refusedId)
      ? [cmd`interface remove ${reference} ${refusedId} --wait ${yes}`]
      : []),
    ...(keepsService || others.length > 0 ? [] : [cmd`delete ${reference} ${yes}`]),
  ].map(context.settings.commandLine);
  if (inCloud) commands.push(...deletingAny(context, provider, { ...inCloud, gcpProjectId: signedIn.account }));
  const hint = commands.length === 0 ? undefined : { text: advice, commands };
  return new CliError('conflict', `${why}. disconnect does not remove it.`, { hint });
}
