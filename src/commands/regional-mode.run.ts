import { advise, CliError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import type { Context } from '../context.js';
import { changeUnknown, reconcile } from '../endpoints/reconcile.js';
import { approval } from './saving.js';

export async function getMode(context: Context) {
  const projectId = await context.settings.projectId();
  const atlas = await context.atlas();
  await context.io.print(modeView(projectId, await atlas.getRegionalMode(projectId)));
}

export const enableMode = changeMode(
  true,
  'In regional mode, a region can have multiple private endpoints, and each region of a ' +
    'sharded cluster gets its own connection string. Only sharded clusters support it. Private ' +
    'connection strings will change.',
);

export const disableMode = changeMode(
  false,
  'Without regional mode, a region has one private endpoint, and a cluster has one private ' +
    'connection string for all its regions. Private connection strings will change.',
);

function changeMode(enabled: boolean, about: string) {
  return async (context: Context, { yes }: { yes?: boolean | undefined }): Promise<void> => {
    const { io } = context;
    const approve = approval(context, { yes, undone: 'Nothing was changed', about });
    const projectId = await context.settings.projectId();
    const atlas = await context.atlas();
    if ((await atlas.getRegionalMode(projectId)) === enabled) {
      io.note(`Regional mode is already ${enabled ? 'enabled' : 'disabled'}.`);
    } else {
      io.warn(about);
      await approve(`${enabled ? 'Enable' : 'Disable'} regional mode for project ${projectId}?`);
      const unknown = () => advise(context, changeUnknown, cmd`regional-mode get`);
      await reconcile(() => atlas.setRegionalMode(projectId, enabled), { unknown }).catch((error: unknown) => {
        if (!(error instanceof CliError) || error.exit !== 'conflict') throw error;
        const text = 'First, delete private endpoints until no region has more than one. List them:';
        throw error.withHint(advise(context, text, cmd`list`));
      });
    }
    await io.print(modeView(projectId, enabled), { isDone: true });
  };
}

function modeView(projectId: string, enabled: boolean) {
  return { single: true, rows: [{ projectId, enabled }], id: 'projectId' };
}
