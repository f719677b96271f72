import type { Context } from '../../context.js';
import type { View } from '../../ui/view.js';

/** Shows whether a region may have several private endpoints. */
export async function run(context: Context): Promise<void> {
  const projectId = await context.projectId();
  const atlas = await context.atlas();
  await context.io.print(modeView(projectId, await atlas.getRegionalMode(projectId)));
}

export function modeView(projectId: string, enabled: boolean): View {
  return { single: true, rows: [{ projectId, enabled }], id: 'projectId' };
}
