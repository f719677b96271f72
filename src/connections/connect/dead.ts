import { type Endpoint, type InterfaceEndpoint, isLeaving } from '../../atlas/model.js';
import { CliError, type Hint } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { CloudPlan } from '../../clouds/cloud.js';
import { isMarkedFor } from '../../clouds/found.js';
import { isSameId, shortName } from '../../clouds/shapes.js';
import type { Context } from '../../endpoints/context.js';
import { deletingAny, deletingOurs } from '../../endpoints/next-step.js';

/* Endpoints in the user's cloud that can never connect. They stay, and are billed, until somebody deletes them. */

/** What to say of each. Throws if one of ours was refused and another would be created, which may be refused too. */
export function checkDead(
  context: Context,
  { endpoint, account, dead }: CloudPlan,
  attached: readonly InterfaceEndpoint[],
  { service, signIn }: { service: Endpoint; signIn: readonly string[] },
): Hint[] {
  return dead.map((found) => {
    const { id, state, stage } = found;
    const isMine = isMarkedFor(found, service);
    const status = attached.find((each) => isSameId(each.id, id))?.status;
    const isHeld = status !== undefined && !isLeaving(status);
    const inAtlas = status === undefined ? '' : `, and ${status} in Atlas`;
    const what = `${shortName(id)} is ${state}${inAtlas}, so it can never connect.`;
    const inCloud = { ...found, gcpProjectId: account };
    const commands = isMine
      ? [deletingOurs(context, service.id, id, signIn)]
      : deletingAny(context, service.provider, inCloud);
    if (endpoint === null && isMine && (stage === 'refused' || isHeld)) {
      const text = 'It is billed, and another one may be refused too. Delete it, then run this again:';
      throw new CliError('endpointFailed', what, {
        hint: { text, commands: [...commands, context.settings.again(cmd``)] },
      });
    }
    const how = commands.length > 0 ? ' To delete it:' : '';
    return { text: `${what} atlas-pe does not use or delete it.${how}`, commands };
  });
}
