import type { Endpoint } from '../atlas/model.js';
import { isReady, parseStatus } from '../atlas/status.js';
import type { Effort } from '../base/effort.js';
import { CliError, UsageError } from '../base/errors.js';
import type { OptionsOf } from '../command.js';
import { inTerraform } from '../connections/describe.js';
import type { Context } from '../context.js';
import { readFilter } from '../endpoints/name.js';
import { hintConversion } from '../endpoints/next-step.js';
import { type Failure, type Lists, readLists, requireAny, type Scope } from '../endpoints/read-lists.js';
import { endpointsView } from '../endpoints/view.js';
import type { Row, View } from '../ui/view.js';
import type { list } from './list.js';

type Options = OptionsOf<typeof list>;

/** Lists the private endpoints of a project, or of all. What can't be read is told, and the rest shown all the same. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const isWatching = options.watch === true || options.interval !== undefined;
  const wanted = options.status === undefined ? undefined : parseStatus(options.status);
  const { clouds, region } = readFilter(options);
  const isShown = ({ status }: Endpoint) =>
    wanted === undefined || (wanted === 'ready' ? isReady(status) : status === wanted);
  const scopesOf = async (how?: Effort): Promise<Scope[]> => {
    const projectIds = options.allProjects ? await allProjects(context) : [await context.projectId(how)];
    return projectIds.flatMap((projectId) => clouds.map((provider) => ({ projectId, provider })));
  };
  const viewOf = (rows: readonly Row[]): View => {
    const view = endpointsView(rows);
    // Of several projects nothing else says which one a row is of.
    const shown = (keys: readonly string[] = []) => (options.allProjects ? ['projectId', ...keys] : keys);
    return { ...view, columns: shown(view.columns), terminalColumns: shown(view.terminalColumns ?? view.columns) };
  };
  if (isWatching) {
    const { watch } = await import('../endpoints/watch.js');
    return watch(context, { scopesOf, region, isShown, viewOf, interval: options.interval });
  }

  const scopes = await scopesOf();
  const read = await readAll(context, scopes, region);
  requireAny(read);
  const endpoints = scopes.flatMap((scope) => read.lists.get(scope) ?? []).filter(isShown);
  const failures = [...read.failures.values()];
  const own = inTerraform(context, endpoints, (what, error) => failures.push({ what, error }));
  await io.print({ ...viewOf(endpoints), ...own });
  await hintConversion(context, endpoints);
  if (failures.length > 0) throw incomplete(failures);
}

async function allProjects(context: Pick<Context, 'setting' | 'atlas'>): Promise<string[]> {
  const given = await context.setting('project');
  if (given?.origin.kind === 'flag')
    throw new UsageError('--all-projects and --project cannot be combined.', 'Use only one of them.');
  const atlas = await context.atlas();
  return (await atlas.listProjects()).map(({ id }) => id);
}

/** Asks for each scope; where that may take long, it is shown how far it has come. */
async function readAll(
  context: Pick<Context, 'io' | 'atlas'>,
  scopes: readonly Scope[],
  region: string | undefined,
): Promise<Lists> {
  const { io } = context;
  const projects = new Set(scopes.map(({ projectId }) => projectId)).size;
  if (projects <= 1) return readLists(context, scopes, { region });
  let done = 0;
  io.note(`Reading ${projects} projects.`);
  const progress = await io.progress(() => [[`${done} of ${scopes.length} lists read`]]);
  const onDone = (count: number) => {
    done = count;
  };
  return readLists(context, scopes, { region, onDone }).finally(progress.stop);
}

/** The error of a list that lacks something: what, and why. */
function incomplete(failures: readonly Failure[]): CliError {
  const shown = failures.slice(0, 3).map(({ what, error }) => `${what}: ${error.message}`);
  const more = failures.length > shown.length ? ` ${failures.length - shown.length} more failed.` : '';
  const [first] = failures;
  return new CliError('unexpected', `The list is incomplete. ${shown.join(' ')}${more}`, {
    hint: first?.error.hint,
    cause: first?.error,
  });
}
