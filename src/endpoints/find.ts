import type { Endpoint } from '../atlas/model.js';
import type { Effort } from '../base/effort.js';
import { type NotFoundError, UsageError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';
import { providers } from '../clouds/all.js';
import { isRegion } from '../clouds/regions.js';
import { askForSure } from './ask.js';
import { checkNotElsewhere, notFound, type Search } from './explain.js';
import { isPossible, match } from './match.js';
import { type Filter, type Named, readFilter, readNames } from './name.js';
import type { Session } from './session.js';

/** What one command line means by its ENDPOINT arguments. */
export interface Found {
  projectId: string;
  /** One for each argument, in their order; without arguments the only one there is, or all. Undefined where none fits. */
  endpoints: (Endpoint | undefined)[];
  named: Named[];
  /** The error to throw for an argument that nothing fits; where there is nothing else it hints `instead` of a create. */
  notFound(index: number, instead?: Advice): NotFoundError;
}

/**
 * The endpoints of a project (by default the one in question), of every provider unless one is named; each provider is
 * asked at the same time.
 */
export async function listEndpoints(
  session: Pick<Session, 'atlas' | 'projectId'>,
  filter: Filter,
  { project, effort }: { project?: string; effort?: Effort | undefined } = {},
): Promise<Endpoint[]> {
  const { clouds, region } = readFilter(filter);
  const projectId = project ?? (await session.projectId(effort));
  const atlas = await session.atlas();
  const lists = await Promise.all(clouds.map((provider) => atlas.listServices(projectId, provider, effort)));
  return lists.flat().filter((endpoint) => region === undefined || isRegion(endpoint, region));
}

export interface FindOptions {
  /** Without arguments all there are, rather than the only one. */
  all?: boolean | undefined;
  /** For whoever sees to trying again. */
  effort?: Effort | undefined;
}

/**
 * Finds what the ENDPOINT arguments name: an id, a region, or a Terraform import id, which names the project too. Throws
 * a usage error before anything is sent where an argument is malformed, and after where it fits several endpoints.
 */
export async function findEndpoints(
  session: Session,
  args: readonly string[],
  filter: Filter,
  { all: isAll = false, effort }: FindOptions = {},
): Promise<Found> {
  const { clouds, region } = readFilter(filter);
  const named = readNames(args, filter);
  const projectId = await projectOf(session, named, effort);
  const asked = clouds.filter((cloud) => named.length === 0 || named.some((name) => isPossible(name, cloud)));
  const atlas = await session.atlas();
  const { answers, failures } = await askForSure(asked, (cloud) => atlas.listServices(projectId, cloud, effort));
  const all = asked.flatMap((cloud) => answers.get(cloud) ?? []);
  const inRegion = all.filter((endpoint) => region === undefined || isRegion(endpoint, region));
  const endpoints = match(inRegion, named, isAll);

  // Of a cloud that gives no answer nothing is known, unless it is an id that another one has.
  const isSure = named.length > 0 && endpoints.every((endpoint, index) => endpoint && named[index]?.id !== undefined);
  const [failed] = failures;
  if (failed && !isSure) {
    const [cloud, error] = failed;
    // Where others answer, it matters who doesn't.
    throw error.about(cloud);
  }

  const isMissing = endpoints.some((endpoint) => !endpoint);
  // A command line names the project that an import id names, unless it means that one anyway.
  const isForeign = isMissing && (await usualProject(session)) !== projectId;
  // Before something counts as missing, it is looked for where it was said not to be.
  const isPart = asked.length < providers.length || region !== undefined;
  const everything = isMissing && isPart ? await listEndpoints(session, {}, { project: projectId, effort }) : all;
  const search: Search = { projectId, isForeign, args, named, filter, everything };
  checkNotElsewhere(search, endpoints);
  return {
    projectId,
    endpoints,
    named,
    notFound: (index, instead) => notFound(session, search, index, instead),
  };
}

/** The one endpoint that an argument, or its absence, names. Throws where there is none. */
export async function findEndpoint(session: Session, arg: string | undefined, filter: Filter): Promise<Endpoint> {
  const found = await findEndpoints(session, arg === undefined ? [] : [arg], filter);
  const [endpoint] = found.endpoints;
  if (!endpoint) throw found.notFound(0);
  return endpoint;
}

/** How command lines name endpoints: by their ids, and with their project where that is not the usual one. */
export async function referrer(session: Pick<Session, 'projectId'>) {
  const usual = await usualProject(session);
  return ({ projectId, id }: Pick<Endpoint, 'projectId' | 'id'>) => (usual === projectId ? id : `${projectId}-${id}`);
}

/** How a command line names this endpoint. */
export async function referTo(session: Pick<Session, 'projectId'>, endpoint: Endpoint): Promise<string> {
  return (await referrer(session))(endpoint);
}

/** The project that command lines mean which name none. */
function usualProject(session: Pick<Session, 'projectId'>): Promise<string | undefined> {
  return session.projectId().catch(() => undefined);
}

/** The project that import ids name, or else the one in question. */
async function projectOf(
  session: Pick<Session, 'projectId' | 'setting'>,
  named: readonly Named[],
  effort?: Effort,
): Promise<string> {
  const ids = [...new Set(named.flatMap(({ projectId }) => projectId ?? []))];
  if (ids.length > 1) throw new UsageError('The import ids name several projects.', 'Name those of one project.');
  const [id] = ids;
  if (id === undefined) return session.projectId(effort);
  const given = await session.setting('project');
  if (given?.origin.kind === 'flag' && (await session.projectId(effort)) !== id) {
    throw new UsageError(`The import id names project ${id}, --project another one.`, 'Leave --project out.');
  }
  return id;
}
