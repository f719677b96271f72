import type { Context } from '../../context.js';
import type { View } from '../../ui/view.js';

export const modeKeys = ['projectId', 'enabled'];

/** Shows whether a region may have several private endpoints. */
export async function getMode(context: Context): Promise<void> {
  context.io.checkFields(modeKeys);
  const projectId = await context.projectId();
  const atlas = await context.atlas();
  await context.io.print(modeView(projectId, await atlas.getRegionalMode(projectId)));
}

export function modeView(projectId: string, enabled: boolean): View {
  return { single: true, rows: [{ projectId, enabled }], keys: modeKeys, columns: modeKeys, id: 'projectId' };
}
