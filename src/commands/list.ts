import type { Endpoint } from '../atlas/model.js';
import { endpointKeys } from '../atlas/model.js';
import type { Provider } from '../atlas/provider.js';
import { isRegion } from '../atlas/regions.js';
import { isReady, parseStatus } from '../atlas/status.js';
import type { Context } from '../context.js';
import { CliError, InterruptedError, UsageError } from '../errors.js';
import { describeAll } from './shared/describe.js';
import { endpointsView } from './shared/endpoint-view.js';
import { type Filter, readFilter } from './shared/endpoints.js';

export interface ListOptions extends Filter {
  status?: string | undefined;
  /** Of every project that the key can see. */
  allProjects?: boolean | undefined;
}

/** So many requests are under way at once at most. */
const mostAtOnce = 8;

/** Lists the private endpoints of a project, or of all. What can't be read is told, and the rest shown all the same. */
export async function list(context: Context, options: ListOptions): Promise<void> {
  const { io } = context;
  io.checkFields(endpointKeys, { terraform: true });
  const wanted = options.status === undefined ? undefined : parseStatus(options.status);
  const { clouds, region } = readFilter(options);
  const projectIds = options.allProjects ? await allProjects(context) : [await context.projectId()];
  const places = projectIds.flatMap((projectId) => clouds.map((provider) => ({ projectId, provider })));

  const { found, failures } = await readAll(context, places, projectIds.length);
  const isShown = (endpoint: Endpoint) =>
    (region === undefined || isRegion(endpoint, region)) &&
    (wanted === undefined || (wanted === 'ready' ? isReady(endpoint.status) : endpoint.status === wanted));
  const endpoints = found.filter(isShown);
  const terraform =
    io.format === 'terraform'
      ? await describeAll(context, endpoints, (what, error) => failures.push({ what, error }))
      : undefined;
  const view = endpointsView(endpoints);
  // Of several projects nothing else says which one a row is of.
  const shown = (keys: readonly string[]) => (options.allProjects ? ['projectId', ...keys] : keys);
  const columns = shown(view.columns);
  await io.print({ ...view, ...terraform, columns, terminalColumns: shown(view.terminalColumns ?? view.columns) });
  if (failures.length > 0) throw incomplete(failures);
}

interface Place {
  projectId: string;
  provider: Provider;
}

interface Failure {
  /** What could not be read. */
  what: string;
  error: CliError;
}

async function allProjects(context: Context): Promise<string[]> {
  const given = await context.setting('project');
  if (given?.origin.startsWith('flag'))
    throw new UsageError('--all-projects and --project leave open which are meant.');
  const atlas = await context.atlas();
  return (await atlas.listProjects()).map(({ id }) => id);
}

/** Asks for each place, a few at once. Where nothing at all can be read, the first error is thrown. */
async function readAll(
  context: Context,
  places: readonly Place[],
  projects: number,
): Promise<{ found: Endpoint[]; failures: Failure[] }> {
  const { io } = context;
  const atlas = await context.atlas();
  const failures: Failure[] = [];
  let done = 0;
  const isLong = projects > 1;
  if (isLong) io.note(`Asking ${projects} projects.`);
  const progress = isLong ? await io.progress(() => [[`${done} of ${places.length} lists read`]]) : undefined;
  const { default: map } = await import('p-map');
  try {
    const lists = await map(
      places,
      async ({ projectId, provider }) => {
        try {
          return await atlas.listServices(projectId, provider);
        } catch (error) {
          if (!(error instanceof CliError) || error instanceof InterruptedError) throw error;
          failures.push({ what: `${provider} of ${projectId}`, error });
          return [];
        } finally {
          done++;
        }
      },
      { concurrency: mostAtOnce },
    );
    const [first] = failures;
    if (first && failures.length === places.length) throw first.error;
    return { found: lists.flat(), failures };
  } finally {
    progress?.stop();
  }
}

/** The error of a list that lacks something: what, and why. */
function incomplete(failures: readonly Failure[]): CliError {
  const shown = failures.slice(0, 3).map(({ what, error }) => `${what}: ${error.message}`);
  const more = failures.length > shown.length ? ` And ${failures.length - shown.length} more.` : '';
  const [first] = failures;
  return new CliError('unexpected', `The list is not complete. ${shown.join(' ')}${more}`, {
    hint: first?.error.hint,
    cause: first?.error,
  });
}
