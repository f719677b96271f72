import { CliError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { cmd } from '../base/shell.js';
import type { Context } from '../context.js';
import { changeUnknown, reconcile } from '../endpoints/reconcile.js';
import type { View } from '../ui/view.js';
import { approval } from './approval.js';

interface Approved {
  yes?: boolean | undefined;
}

/** Shows whether a region may have several private endpoints. */
export async function getMode(context: Context): Promise<void> {
  const projectId = await context.projectId();
  const atlas = await context.atlas();
  await context.io.print(modeView(projectId, await atlas.getRegionalMode(projectId)));
}

export const enableMode = (context: Context, options: Approved) => setMode(context, true, options);

export const disableMode = (context: Context, options: Approved) => setMode(context, false, options);

/** What changes. It is shown before the question. */
const changes = {
  enable:
    'In regional mode, a region can have multiple private endpoints, and each region of a sharded cluster gets its own connection string. Only sharded clusters support it. Private connection strings will change.',
  disable:
    'Without regional mode, a region has one private endpoint, and a cluster has one private connection string for all its regions. Private connection strings will change.',
};

/** Enables or disables regional mode. Asks first in a terminal. Elsewhere it requires --yes. */
async function setMode(context: Context, enabled: boolean, { yes }: Approved): Promise<void> {
  const { io } = context;
  const verb = enabled ? 'enable' : 'disable';
  const approve = approval(context, { yes, undone: 'Nothing was changed', about: changes[verb] });
  const projectId = await context.projectId();
  const atlas = await context.atlas();
  if ((await atlas.getRegionalMode(projectId)) === enabled) {
    io.note(`Regional mode is already ${verb}d.`);
  } else {
    io.warn(changes[verb]);
    await approve(`${enabled ? 'Enable' : 'Disable'} regional mode for project ${projectId}?`);
    const unknown = () => advise(context, changeUnknown, cmd`regional-mode get`);
    await reconcile(() => atlas.setRegionalMode(projectId, enabled), { unknown }).catch((error: unknown) => {
      if (!(error instanceof CliError) || error.exit !== 'conflict') throw error;
      const text = 'First, delete private endpoints until no region has more than one. List them:';
      throw error.withHint(advise(context, text, cmd`list`));
    });
  }
  await io.print(modeView(projectId, enabled), { isDone: true });
}

function modeView(projectId: string, enabled: boolean): View {
  return { single: true, rows: [{ projectId, enabled }], id: 'projectId' };
}
