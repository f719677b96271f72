import type { Endpoint, Project } from '../atlas/model.js';
import { isReady, parseStatus } from '../atlas/status.js';
import type { Effort } from '../base/effort.js';
import { CliError, UsageError } from '../base/errors.js';
import { mostListed } from '../base/listed.js';
import { cmd } from '../base/shell.js';
import { type Provider, providers } from '../clouds/all.js';
import { isRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import { inMermaid, inTerraform } from '../connections/describe.js';
import type { Verdict } from '../connections/doctor/check-endpoints.js';
import type { Context } from '../context.js';
import { referrer } from '../endpoints/find.js';
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
  const isWanted = ({ status }: Endpoint) =>
    wanted === undefined || (wanted === 'ready' ? isReady(status) : status === wanted);
  const names = new Map<string, string>();
  const scopesOf = async (how?: Effort, asked: readonly Provider[] = clouds): Promise<Scope[]> => {
    if (options.allProjects) for (const { id, name } of await allProjects(context)) names.set(id, name);
    const projectIds = options.allProjects ? [...names.keys()] : [await context.projectId(how)];
    return projectIds.flatMap((projectId) => asked.map((provider) => ({ projectId, provider })));
  };
  const viewOf = (rows: readonly Row[]): View => {
    const view = endpointsView(rows);
    // Of several projects nothing else says which one a row is of.
    const shown = (keys: readonly string[] = []) => [
      ...(options.allProjects ? ['projectId'] : []),
      ...keys,
      ...(options.check ? ['check'] : []),
    ];
    return { ...view, columns: shown(view.columns), terminalColumns: shown(view.terminalColumns ?? view.columns) };
  };
  if (isWatching) {
    if (options.check) throw new UsageError('--check and --watch cannot be combined.', 'Use only one of them.');
    const { watch } = await import('../endpoints/watch.js');
    return watch(context, { scopesOf, region, isShown: isWanted, viewOf, interval: options.interval });
  }

  // A cluster may need endpoints that the filter leaves out.
  const scopes = await scopesOf(undefined, options.check ? providers : clouds);
  const read = await readAll(context, scopes, options.check ? undefined : region);
  requireAny(read);
  const all = scopes.flatMap((scope) => read.lists.get(scope) ?? []);
  const endpoints = all
    .filter(({ provider }) => clouds.includes(provider))
    .filter((each) => region === undefined || isRegion(each, region))
    .filter(isWanted);
  const failures = [...read.failures.values()];
  const checked = options.check ? await checkAll(context, all, failures) : undefined;
  const rows = endpoints.map((each) => (checked ? { ...each, check: checked.get(each)?.text ?? null } : each));
  const onFailure = (what: string, error: CliError) => failures.push({ what, error });
  const own = {
    ...inTerraform(context, endpoints, onFailure).own,
    ...inMermaid(context, endpoints, names, onFailure).own,
  };
  await io.print({ ...viewOf(rows), own });
  await hintConversion(context, endpoints);
  if (failures.length > 0) throw incomplete(failures);
  const bad = endpoints.filter((each) => checked?.get(each)?.isError);
  if (bad.length > 0) throw await foundBad(context, bad);
}

async function checkAll(
  context: Context,
  all: readonly Endpoint[],
  failures: Failure[],
): Promise<Map<Endpoint, Verdict>> {
  const { checkEndpoints } = await import('../connections/doctor/check-endpoints.js');
  const projects = new Set(all.map(({ projectId }) => projectId)).size;
  let done = 0;
  const progress = await context.io.progress(() => [[`${done} of ${projects} projects checked`]]);
  const onDone = (count: number) => {
    done = count;
  };
  return checkEndpoints(context, all, { onFailure: (failure) => failures.push(failure), onDone }).finally(
    progress.stop,
  );
}

async function foundBad(context: Context, bad: readonly Endpoint[]): Promise<CliError> {
  const refer = await referrer(context);
  const one = bad.length === 1 ? 'One private endpoint has' : `${bad.length} private endpoints have`;
  const commands = bad.slice(0, mostListed).map((each) => context.commandLine(cmd`doctor ${refer(each)}`));
  return new CliError('endpointFailed', `${one} problems.`, { hint: { text: 'To find out more:', commands } });
}

async function allProjects(context: Pick<Context, 'setting' | 'atlas'>): Promise<Project[]> {
  const given = await context.setting('project');
  if (given?.origin.kind === 'flag')
    throw new UsageError('--all-projects and --project cannot be combined.', 'Use only one of them.');
  const atlas = await context.atlas();
  return atlas.listProjects();
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
