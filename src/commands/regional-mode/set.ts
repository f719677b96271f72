import { CliError } from '../../base/errors.js';
import { cmd } from '../../base/shell.js';
import type { Context } from '../../context.js';
import { changeUnknown, orLook } from '../../endpoints/lost-answer.js';
import { approval } from '../approval.js';
import { modeView } from './get.run.js';

/** What changes, told before it is asked for. */
const changes = {
  enable:
    'In regional mode a region may have several private endpoints, and each region of a sharded cluster gets a connection string of its own. Only sharded clusters work with it, and the private connection strings of clusters change.',
  disable:
    'Without regional mode a region has one private endpoint, and a cluster one private connection string for all its regions. The private connection strings of clusters change.',
};

/** Switches regional mode on or off. Asks first in a terminal; elsewhere --yes is the answer. */
export async function setMode(context: Context, enabled: boolean, yes: boolean | undefined): Promise<void> {
  const { io } = context;
  const verb = enabled ? 'enable' : 'disable';
  const approve = approval(context, { yes, undone: 'Nothing was changed', about: changes[verb] });
  const projectId = await context.projectId();
  const atlas = await context.atlas();
  if ((await atlas.getRegionalMode(projectId)) === enabled) {
    io.note(`Regional mode is ${verb}d already.`);
  } else {
    io.warn(changes[verb]);
    await approve(`${enabled ? 'Enable' : 'Disable'} regional mode of project ${projectId}?`);
    const unknown = () => changeUnknown(context.commandLine(cmd`regional-mode get`));
    await orLook(() => atlas.setRegionalMode(projectId, enabled), { unknown }).catch((error: unknown) => {
      if (!(error instanceof CliError) || error.exit !== 'conflict') throw error;
      const list = context.commandLine(cmd`list`);
      throw error.withHint({ text: 'Leave one private endpoint in each region first:', commands: [list] });
    });
  }
  await io.print(modeView(projectId, enabled), { isDone: true });
}
