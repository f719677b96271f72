import type { Patience } from '../atlas/http.js';
import { isAtlasId, parseImportId } from '../atlas/ids.js';
import type { Endpoint } from '../atlas/model.js';
import { type Provider, parseProvider, providers } from '../atlas/provider.js';
import { checkRegionOfAnyCloud, cloudsOf, isRegion, parseRegion } from '../atlas/regions.js';
import type { Context } from '../context.js';
import { NotFoundError, UsageError } from '../base/errors.js';
import { listed } from '../base/listed.js';
import { quote } from '../base/shell.js';
import { askClouds } from './ask-clouds.js';

/** The options that narrow which endpoints are meant. */
export interface Filter {
  provider?: string | undefined;
  region?: string | undefined;
}

/** An ENDPOINT argument, read. */
interface Named {
  id?: string;
  region?: string;
  projectId?: string;
  provider?: Provider;
}

/** What one command line means by its ENDPOINT arguments. */
export interface Found {
  projectId: string;
  /** One for each argument, in their order; without arguments the only one there is, or all. Undefined where none fits. */
  endpoints: (Endpoint | undefined)[];
  named: Named[];
  /** The error to throw for an argument that nothing fits; where there is nothing else it hints `instead` of a create. */
  notFound(index: number, instead?: string): NotFoundError;
}

/**
 * The endpoints of a project (by default the one in question), of every provider unless one is named; each provider is
 * asked at the same time.
 */
export async function listEndpoints(
  context: Context,
  filter: Filter,
  { project, patience }: { project?: string; patience?: Patience | undefined } = {},
): Promise<Endpoint[]> {
  const { clouds, region } = readFilter(filter);
  const projectId = project ?? (await context.projectId(patience));
  const atlas = await context.atlas();
  const lists = await Promise.all(clouds.map((provider) => atlas.listServices(projectId, provider, patience)));
  return lists.flat().filter((endpoint) => region === undefined || isRegion(endpoint, region));
}

export interface FindOptions {
  /** Without arguments all there are, rather than the only one. */
  all?: boolean | undefined;
  /** For whoever sees to trying again. */
  patience?: Patience | undefined;
}

/**
 * Finds what the ENDPOINT arguments name: an id, a region, or a Terraform import id, which names the project too. Throws
 * a usage error before anything is sent where an argument is malformed, and after where it fits several endpoints.
 */
export async function findEndpoints(
  context: Context,
  args: readonly string[],
  filter: Filter,
  { all: isAll = false, patience }: FindOptions = {},
): Promise<Found> {
  const { clouds, region } = readFilter(filter);
  const named = args.map(readEndpoint);
  if (filter.provider !== undefined) {
    const cloud = parseProvider(filter.provider);
    for (const { id, region: there } of named) if (id === undefined && there !== undefined) parseRegion(cloud, there);
  }
  const projectId = await projectOf(context, named, patience);
  const asked = clouds.filter((cloud) => named.length === 0 || named.some((name) => isPossible(name, cloud)));
  const atlas = await context.atlas();
  const { answers, failures } = await askClouds(asked, (cloud) => atlas.listServices(projectId, cloud, patience));
  const all = asked.flatMap((cloud) => answers.get(cloud) ?? []);
  const inRegion = all.filter((endpoint) => region === undefined || isRegion(endpoint, region));

  const pick = (fits: (endpoint: Endpoint) => boolean, what: string): Endpoint | undefined => {
    const fitting = inRegion.filter(fits);
    if (fitting.length <= 1) return fitting[0];
    throw new UsageError(`${what}: there are ${fitting.length}.`, `Name one: ${listed(fitting.map(describe))}`);
  };
  const unclear = 'Which private endpoint is meant is not clear';
  const endpoints =
    named.length > 0
      ? named.map((name) =>
          pick((endpoint) => isNamed(name, endpoint), `Which private endpoint in ${name.region} is meant is not clear`),
        )
      : isAll
        ? inRegion
        : [pick(() => true, unclear)];

  // Of a cloud that gives no answer nothing is known, unless it is an id that another one has.
  const isSure = named.length > 0 && endpoints.every((endpoint, index) => endpoint && named[index]?.id !== undefined);
  const [failed] = failures;
  if (failed && !isSure) {
    const [cloud, error] = failed;
    // Where others answer, it matters who doesn't.
    error.message = `${cloud}: ${error.message}`;
    throw error;
  }

  // A command line names the project that an import id names, unless it means that one anyway.
  const isForeign = endpoints.some((endpoint) => !endpoint) && (await usualProject(context)) !== projectId;
  const creating = (index: number) => {
    const { region: there = filter.region, provider } = named[index] ?? {};
    const [likely] = there === undefined ? [] : cloudsOf(there);
    const cloud = provider ?? (filter.provider === undefined ? likely : parseProvider(filter.provider));
    const more = cloud === undefined || cloud === 'AWS' ? '' : ` --provider ${cloud.toLowerCase()}`;
    return `create --region ${there === undefined ? 'REGION' : quote(there)}${more}${isForeign ? ` --project ${projectId}` : ''}`;
  };
  // Before something counts as missing, it is looked for where it was said not to be.
  const isMissing =
    endpoints.some((endpoint) => !endpoint) && (asked.length < providers.length || region !== undefined);
  const everything = isMissing ? await listEndpoints(context, {}, { project: projectId, patience }) : all;
  for (const [index, name] of named.entries()) {
    const isThere = (endpoint: Endpoint) =>
      endpoint.id === name.id || (region !== undefined && name.id === undefined && isNamed(name, endpoint));
    const elsewhere = endpoints[index] === undefined ? everything.find(isThere) : undefined;
    if (elsewhere)
      throw new UsageError(
        `${describe(elsewhere)} is there, but not where it was said to be.`,
        'Name it by its id alone.',
      );
  }
  return {
    projectId,
    endpoints,
    named,
    notFound: (index, instead) => {
      const wanted = args[index] ?? filter.region;
      const where = wanted === undefined ? '' : ` '${wanted}'`;
      const what = `There is no private endpoint${where} in project ${projectId}`;
      return everything.length > 0
        ? new NotFoundError(`${what}.`, `There are: ${listed(everything.map(describe))}`)
        : new NotFoundError(`${what}.`, instead ?? `Create one: ${context.commandLine(creating(index))}`);
    },
  };
}

function describe({ id, provider, region, status }: Endpoint): string {
  return `${id} (${provider} ${region}, ${status})`;
}

function isNamed(name: Named, { id, provider, ...region }: Endpoint): boolean {
  return (
    (name.id === undefined || id === name.id) &&
    (name.region === undefined || isRegion(region, name.region)) &&
    (name.provider === undefined || provider === name.provider)
  );
}

/** Whether this may be the name of an endpoint on that cloud. */
function isPossible({ provider, region }: Named, cloud: Provider): boolean {
  return provider === undefined ? region === undefined || cloudsOf(region).includes(cloud) : provider === cloud;
}

/** The one endpoint that an argument, or its absence, names. Throws where there is none. */
export async function findEndpoint(context: Context, arg: string | undefined, filter: Filter): Promise<Endpoint> {
  const found = await findEndpoints(context, arg === undefined ? [] : [arg], filter);
  const [endpoint] = found.endpoints;
  if (!endpoint) throw found.notFound(0);
  return endpoint;
}

/** How a command line names an endpoint: by its id, and with its project where that is not the usual one. */
export async function referTo(context: Context, { projectId, id }: Endpoint): Promise<string> {
  return (await usualProject(context)) === projectId ? id : `${projectId}-${id}`;
}

/** The project that command lines mean which name none. */
function usualProject(context: Context): Promise<string | undefined> {
  return context.projectId().catch(() => undefined);
}

/** Reads which clouds, and which region, are meant. Throws usage errors. */
export function readFilter({ provider, region }: Filter): { clouds: readonly Provider[]; region: string | undefined } {
  const cloud = provider === undefined ? undefined : parseProvider(provider);
  if (region !== undefined) cloud ? parseRegion(cloud, region) : checkRegionOfAnyCloud(region);
  return { clouds: cloud ? [cloud] : providers, region };
}

/** Whether this names an endpoint: an id, an import id, or a region, also a misspelled one. */
export function namesEndpoint(text: string): boolean {
  try {
    readEndpoint(text);
    return true;
  } catch (error) {
    return error instanceof UsageError && error.hint?.startsWith('Did') === true;
  }
}

function readEndpoint(text: string): Named {
  const id = text.trim().toLowerCase();
  if (isAtlasId(id)) return { id };
  const importId = parseImportId(text.trim());
  if (importId) return importId;
  if (text.trim() === '')
    throw new UsageError('The name of the private endpoint is empty.', 'Check for an unset variable.');
  try {
    checkRegionOfAnyCloud(text);
  } catch (error) {
    const hint = error instanceof UsageError ? error.hint : undefined;
    throw new UsageError(
      `'${text}' is neither the id of a private endpoint, nor a region, nor an import id.`,
      hint?.startsWith('Did') ? hint : 'Ids are 24 hex digits, regions read us-east-1 or US_EAST_1.',
    );
  }
  return { region: text.trim() };
}

/** The project that import ids name, or else the one in question. */
async function projectOf(context: Context, named: readonly Named[], patience?: Patience): Promise<string> {
  const ids = [...new Set(named.flatMap(({ projectId }) => projectId ?? []))];
  if (ids.length > 1) throw new UsageError('The import ids name several projects.', 'Name those of one project.');
  const [id] = ids;
  if (id === undefined) return context.projectId(patience);
  const given = await context.setting('project');
  if (given?.origin.startsWith('flag') && (await context.projectId(patience)) !== id) {
    throw new UsageError(`The import id names project ${id}, --project another one.`, 'Leave --project out.');
  }
  return id;
}
