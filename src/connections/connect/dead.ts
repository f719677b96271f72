import { type Endpoint, type InterfaceEndpoint, shortName } from '../../atlas/model.js';
import { isLeaving } from '../../atlas/status.js';
import { type Advice, CliError, type Hint } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { CloudPlan, DeadEndpoint } from '../../cloud-side/cloud-side.js';
import { clouds } from '../../clouds/all.js';
import { isSameId } from '../../clouds/shapes.js';
import { yesOf } from '../../endpoints/next-step.js';
import type { Session } from '../../endpoints/session.js';
import { nextCreatesAnother } from '../waits.js';

/* Endpoints in the user's cloud that can never connect. They stay until somebody deletes them, and are billed. */

export const mayBeRemoved = 'Another program may have removed it.';

/** `signIn`: the options of a command line that sign in to the user's cloud. */
interface At {
  service: Endpoint;
  signIn: readonly string[];
}

/** The error for one of ours that was refused, if the plan has no other endpoint: the next one may be refused too. */
export function refusedError(
  session: Session,
  { endpoint, left }: CloudPlan,
  attached: readonly InterfaceEndpoint[],
  at: At,
): CliError | undefined {
  const refused = left.find((each) => {
    const status = statusOf(each, attached);
    return each.isOurs && (each.isRefused || (status !== undefined && !isLeaving(status)));
  });
  return endpoint || !refused ? undefined : deadError(session, refused, attached, at);
}

export function deadError(
  session: Session,
  dead: DeadEndpoint,
  attached: readonly InterfaceEndpoint[],
  at: At,
): CliError {
  const { text, commands } = deletingOurs(session, dead.id, at);
  const hint = { text, commands: [...commands, session.again(cmd``)] };
  return new CliError('endpointFailed', whyDead(dead, attached), { hint });
}

/** What to do about the endpoint of the plan, which turned out dead. */
export function afterDead(session: Session, { endpoint, steps }: CloudPlan, at: At): Advice {
  const id = endpoint?.id ?? '';
  const isOurs = steps.every(({ action }) => action === 'done');
  return isOurs ? deletingOurs(session, id, at) : `${id} was not deleted. ${nextCreatesAnother}`;
}

/** What the plan says about those that stay, and how to delete them. */
export function deadNotes(
  session: Session,
  { account, region, left }: CloudPlan,
  attached: readonly InterfaceEndpoint[],
  at: At,
): Hint[] {
  const { cleanUp } = clouds[at.service.provider].interfaces;
  return left.map((each) => {
    const { id } = each;
    const ofCloud = { id, region, gcpProjectId: account, endpoints: [{ endpointName: id }] };
    const { commands } = each.isOurs
      ? deletingOurs(session, id, at)
      : { commands: cleanUp(ofCloud).map(({ text }) => text) };
    return { text: `${whyDead(each, attached)} atlas-pe does not use or delete it. To delete it:`, commands };
  });
}

function whyDead(dead: DeadEndpoint, attached: readonly InterfaceEndpoint[]): string {
  const status = statusOf(dead, attached);
  const inAtlas = status === undefined ? '' : `, and ${status} in Atlas`;
  return `${shortName(dead.id)} is ${dead.state}${inAtlas}, so it can never connect.`;
}

/** The status that Atlas has of it, if any. */
function statusOf({ id }: DeadEndpoint, attached: readonly InterfaceEndpoint[]): string | undefined {
  return attached.find((each) => isSameId(each.id, id))?.status;
}

function deletingOurs(session: Session, id: string, { service, signIn }: At): Hint {
  const text = 'It is billed until it is deleted, and another one may be refused too. Delete it, then connect again:';
  const remove = cmd`disconnect ${service.id} ${id} --keep-service ${signIn} ${yesOf(session)}`;
  return { text, commands: [session.commandLine(remove)] };
}
