import { isAtlasId } from '../atlas/ids.js';
import { isAhead, untilsOf } from '../atlas/status.js';
import { advise, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { awaiterOf } from '../endpoints/await.js';
import { draftService } from '../endpoints/create-service.js';
import { type Draft, isService } from '../endpoints/family.js';
import { readGoal } from '../endpoints/goal.js';
import { checkKindOptions, kinds } from '../endpoints/kinds/all.js';
import { hintConversion, hintNext, warnOfNoCluster } from '../endpoints/next-step.js';
import { endpointView } from '../endpoints/view.js';
import type { View } from '../ui/view.js';
import { readFamily } from './kind-option.js';
import type { create } from './services.js';

export async function run(context: Context, options: OptionsOf<typeof create>): Promise<void> {
  const { io } = context;
  const family = readFamily(io, options);
  const kind = kinds.find(({ name }) => name === family.name);
  checkKindOptions(options, kind);
  const { statuses } = family;
  const goal = readGoal(options, statuses);
  if (!isAhead(statuses, goal.until)) {
    const possible = untilsOf(statuses).filter((until) => isAhead(statuses, until));
    throw new UsageError(`create cannot wait for ${goal.until}.`, `Valid values: ${possible.join(', ')}`);
  }
  const draft = kind
    ? await (await import('../endpoints/kinds/create.js')).draftOfKind(context, kind, options)
    : await draftService(context, options);
  if (options.dryRun) {
    await io.print(await dryRunView(context, draft));
    return;
  }
  const created = await draft.create(options.ifNotExists ?? false);
  const [last = created] = goal.waits ? await awaiterOf(family)(context, [created], goal) : [];
  const endpoint = (await family.complete?.(await context.atlas(), last)) ?? last;
  await io.print(endpointView(endpoint, family.view), { isDone: true });
  const isUsable = await warnOfNoCluster(context, endpoint);
  await hintNext(context, family, endpoint, isUsable);
  // The user may not know that an existing service is of the older kind.
  if (!options.noPortMapping && isService(endpoint)) await hintConversion(context, [endpoint]);
}

/**
 * Prints the request without sending it. The project must be given by id, because looking up a name takes a request.
 */
async function dryRunView(context: Context, { request }: Draft): Promise<View> {
  const project = await context.settings.get('project');
  if (project && !isAtlasId(project.value.toLowerCase())) {
    throw new UsageError('--dry-run sends nothing, so it cannot look up a project by name.', 'Use the project id.');
  }
  // A dry run works without credentials.
  const projectId = await context.settings.usualProject();
  const hint = advise(context, 'Use --project, or save a default:', cmd`config set project ID`);
  if (projectId === undefined) throw new UsageError('No project specified.', hint);
  const { method, path, body = {} } = request(projectId);
  return {
    single: true,
    rows: [{ method, url: `${await context.settings.baseUrl()}${path}`, body: body as Record<string, string> }],
    id: 'url',
  };
}
