import { type Endpoint, type InterfaceEndpoint, shortName } from '../../atlas/model.js';
import { isLeaving } from '../../atlas/status.js';
import { CliError, type Hint } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { CloudPlan } from '../../clouds/cloud-side.js';
import { isSameId } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import { cleanUpLines, yesOf } from '../../endpoints/next-step.js';

/* Endpoints in the user's cloud that can never connect. They stay, and are billed, until somebody deletes them. */

/** `signIn`: the options of a command line that sign in to the user's cloud. */
interface At {
  service: Endpoint;
  signIn: readonly string[];
}

/**
 * What to say of those beside the plan, and how to delete each. Throws if one of ours was refused and the plan would create
 * another one, which may be refused too. `attached`: as Atlas has them.
 */
export function checkDead(
  context: Context,
  { endpoint, account, region, left }: CloudPlan,
  attached: readonly InterfaceEndpoint[],
  at: At,
): Hint[] {
  return left.map(({ id, state, isOurs, isRefused }) => {
    const status = attached.find((each) => isSameId(each.id, id))?.status;
    const isHeld = status !== undefined && !isLeaving(status);
    const inAtlas = status === undefined ? '' : `, and ${status} in Atlas`;
    const what = `${shortName(id)} is ${state}${inAtlas}, so it can never connect.`;
    const inCloud = { id, region, gcpProjectId: account, endpoints: [{ endpointName: id }] };
    const commands = isOurs ? deleting(context, id, at) : cleanUpLines(context, at.service.provider, inCloud);
    if (endpoint === null && isOurs && (isRefused || isHeld)) {
      const text = 'It is billed, and another one may be refused too. Delete it, then run this again:';
      throw new CliError('endpointFailed', what, {
        hint: { text, commands: [...commands, context.settings.again(cmd``)] },
      });
    }
    const how = commands.length > 0 ? ' To delete it:' : '';
    return { text: `${what} atlas-pe does not use or delete it.${how}`, commands };
  });
}

/** The command line that deletes one of ours, and detaches it. */
export function deleting(context: Context, id: string, { service, signIn }: At): string[] {
  return [context.settings.commandLine(cmd`disconnect ${service.id} ${id} --keep-service ${signIn} ${yesOf(context)}`)];
}
