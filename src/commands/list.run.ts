import { type Endpoint, isReady, type Project, statusFilters } from '../atlas/model.js';
import { advise, CliError, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { mostListed, parseName } from '../base/words.js';
import { parseProvider, providers } from '../clouds/all.js';
import type { CloudOptions } from '../clouds/cloud.js';
import { cloudsOf, isRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import type { OnFailure } from '../connections/terraform.js';
import type { Context } from '../context.js';
import { type Failure, findEndpoint, readLists, requireAny } from '../endpoints/find.js';
import { readFilter, referrer } from '../endpoints/name.js';
import { adviceToCreate, hintConversion, hintNext } from '../endpoints/next-step.js';
import { endpointsView, endpointView } from '../endpoints/view.js';
import type { View } from '../ui/view.js';
import type { get, list } from './services.js';

type Options = OptionsOf<typeof list>;

/** Lists the private endpoints of a project, or of all. Reports what can't be read, and shows the rest. */
export async function run(context: Context, options: Options) {
  const isShown = filterOf(options);
  const projects = await projectsOf(context, options);
  const clouds = [...new Set(options.provider?.map(parseProvider) ?? providers)];
  const scopes = projects.flatMap(({ id: projectId }) => clouds.map((provider) => ({ projectId, provider })));
  if (projects.length > 1) context.io.note(`Reading ${projects.length} projects.`);
  const read = await readLists(context, scopes);
  requireAny(read);
  const endpoints = scopes.flatMap((scope) => read.lists.get(scope)?.filter(isShown) ?? []);
  const failures = [...read.failures.values()];
  let checked: ReadonlyMap<Endpoint, { text: string; isError: boolean }> | undefined;
  if (options.check) {
    const { checkEndpoints } = await import('../connections/doctor/run-checks.js');
    checked = await checkEndpoints(context, endpoints, read, failures);
  }

  const rows = endpoints.map((each) => (checked ? { ...each, check: checked.get(each)?.text ?? null } : each));
  const onFailure = (what: string, error: CliError) => failures.push({ what, error });
  const terraform = () => toTerraform(context, options, { endpoints, whole: true }, onFailure);
  const view = viewWith(options, endpointsView(rows), projects);
  await context.io.print({ ...view, own: { terraform } });

  await hintConversion(context, endpoints);
  const isEmpty = endpoints.length === 0 && options.status === undefined && !options.allProjects;
  if (isEmpty && failures.length === 0) {
    const region = options.region?.[0];
    context.io.hint(adviceToCreate(context, {}, { region, provider: providerOf(options, region) }));
  }
  if (failures.length > 0) throw incomplete(failures);
  const bad = endpoints.filter((each) => checked?.get(each)?.isError);
  if (bad.length > 0) throw await foundBad(context, bad);
}

export async function getEndpoint(context: Context, options: OptionsOf<typeof get>) {
  const endpoint = await findEndpoint(context, options.endpoint, options);
  const terraform = () =>
    toTerraform(context, options, { endpoints: [endpoint], whole: false }, (_, error) => {
      throw error;
    });
  await context.io.print({ ...endpointView(endpoint), own: { terraform } });
  await hintNext(context, endpoint);
  await hintConversion(context, [endpoint]);
}

async function toTerraform(
  context: Context,
  options: CloudOptions,
  shown: { endpoints: readonly Endpoint[]; whole: boolean },
  onFailure: OnFailure,
) {
  const { openEach, regionsOf } = await import('./cloud-access.js');
  const { writeTerraform } = await import('../connections/terraform.js');
  return writeTerraform(context, shown, regionsOf(openEach(context, options, false)), onFailure);
}

/** Which endpoints --status and --region select. Throws usage errors. */
function filterOf(options: Options) {
  const wanted = options.status?.map((each) => parseName('status', each, statusFilters));
  const { region: regions } = options;
  for (const region of regions ?? []) readFilter({ region, provider: providerOf(options, region) });
  const hasStatus = ({ status }: Endpoint) =>
    wanted?.some((one) => (one === 'ready' ? isReady(status) : status === one)) ?? true;
  return (each: Endpoint) => (regions?.some((region) => isRegion(each, region)) ?? true) && hasStatus(each);
}

/** The chosen provider that has this region, or else the first one. */
function providerOf({ provider: all = [] }: Options, region = '') {
  return all.find((each) => cloudsOf(region).includes(parseProvider(each))) ?? all[0];
}

/** The name of a project is known only with --all-projects. */
type Listed = Pick<Project, 'id'> & { name: string | undefined };

function viewWith({ allProjects, check }: Options, view: View, projects: readonly Listed[]) {
  const names = new Map<unknown, string | undefined>(projects.map(({ id, name }) => [id, name]));
  const brief: View['brief'] = {
    ...view.brief,
    check: (row) => row.check ?? 'not checked',
    project: ({ projectId }) => names.get(projectId) || (projectId ?? null),
  };
  const more = [...(check ? ['check'] : []), ...(allProjects ? ['project'] : [])];
  return { ...view, columns: [...(view.columns ?? []), ...more], brief };
}

async function projectsOf(context: Context, { allProjects }: Options) {
  if (!allProjects) return [{ id: await context.settings.projectId(), name: undefined }];
  const given = await context.settings.get('project');
  if (given?.origin.kind === 'flag')
    throw new UsageError('--all-projects and --project cannot be combined.', 'Use only one of them.');
  return (await context.atlas()).listProjects();
}

async function foundBad(context: Context, bad: readonly Endpoint[]) {
  const refer = await referrer(context);
  const one = bad.length === 1 ? 'One private endpoint service has' : `${bad.length} private endpoint services have`;
  const commands = bad.slice(0, mostListed).map((each) => cmd`doctor ${refer(each)}`);
  const hint = advise(context, 'To find out more:', ...commands);
  return new CliError('endpointFailed', `${one} problems.`, { hint });
}

function incomplete(failures: readonly Failure[]) {
  const shown = failures.slice(0, 3).map(({ what, error }) => `${what}: ${error.message}`);
  const more = failures.length > shown.length ? ` ${failures.length - shown.length} more failed.` : '';
  const [first] = failures;
  return new CliError('unexpected', `The list is incomplete. ${shown.join(' ')}${more}`, {
    hint: first?.error.hint,
    cause: first?.error,
  });
}
