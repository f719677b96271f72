import type { Context } from '../../context.js';
import { CliError, DeclinedError, InterruptedError, UsageError } from '../../base/errors.js';
import { modeKeys, modeView } from './get.run.js';

export interface SetModeOptions {
  enabled: boolean;
  yes?: boolean | undefined;
}

/** What changes, told before it is asked for. */
const changes = {
  enable:
    'In regional mode a region may have several private endpoints, and each region of a sharded cluster gets a connection string of its own. Only sharded clusters work with it, and the private connection strings of clusters change.',
  disable:
    'Without regional mode a region has one private endpoint, and a cluster one private connection string for all its regions. The private connection strings of clusters change.',
};

/** Switches regional mode on or off. Asks first in a terminal; elsewhere --yes is the answer. */
export async function setMode(context: Context, { enabled, yes }: SetModeOptions): Promise<void> {
  const { io } = context;
  io.checkFields(modeKeys);
  const verb = enabled ? 'enable' : 'disable';
  if (!yes && !io.isInteractive) {
    throw new UsageError(
      'Nothing was changed: there is no terminal to ask in.',
      `${changes[verb]} To go ahead without being asked: ${context.again('--yes')}`,
    );
  }
  const projectId = await context.projectId();
  const atlas = await context.atlas();
  if ((await atlas.getRegionalMode(projectId)) === enabled) {
    io.note(`Regional mode is ${verb}d already.`);
  } else {
    io.warn(changes[verb]);
    const question = `${enabled ? 'Enable' : 'Disable'} regional mode of project ${projectId}?`;
    if (!yes && !(await io.confirm(question))) throw new DeclinedError('Nothing was changed.');
    await atlas.setRegionalMode(projectId, enabled).catch((error: unknown) => {
      const look = context.commandLine('regional-mode get');
      if (error instanceof CliError && error.exit === 'conflict') {
        error.advise(`Leave one private endpoint in each region first: ${context.commandLine('list')}`);
      }
      if (error instanceof InterruptedError && error.mayHaveArrived)
        error.advise(`Whether Atlas took the change is not known. Look: ${look}`);
      throw error;
    });
  }
  await io.print(modeView(projectId, enabled), { isDone: true });
}
