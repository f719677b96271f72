import type { Endpoint } from '../atlas/model.js';
import { type NotFoundError, UsageError } from '../base/errors.js';
import type { Advice } from '../base/hint.js';
import type { RequestLimits } from '../base/request-limits.js';
import { providers } from '../clouds/all.js';
import { isRegion } from '../clouds/regions.js';
import { askForSure } from './ask.js';
import { checkNotElsewhere, notFound, type Search } from './explain.js';
import { isPossible, match, type Prefer } from './match.js';
import { type Filter, type Named, readFilter, readNames } from './name.js';
import type { Session } from './session.js';

/** What the ENDPOINT arguments of a command line refer to. */
export interface FoundEndpoints {
  projectId: string;
  /**
   * One for each argument, in the same order; undefined if none matches. Without arguments: the only endpoint, or all
   * of them.
   */
  endpoints: (Endpoint | undefined)[];
  named: Named[];
  /**
   * The error for an argument that matches nothing. If the project has no endpoints at all, the hint is `instead`, by
   * default to create one.
   */
  notFound(index: number, instead?: Advice): NotFoundError;
}

/**
 * Lists the endpoints of a project (default: the project in use), on all clouds unless `filter` names one. Asks the
 * clouds at the same time.
 */
export async function listEndpoints(
  session: Pick<Session, 'atlas' | 'projectId'>,
  filter: Filter,
  { project, limits }: { project?: string; limits?: RequestLimits | undefined } = {},
): Promise<Endpoint[]> {
  const { clouds, region } = readFilter(filter);
  const projectId = project ?? (await session.projectId(limits));
  const atlas = await session.atlas(clouds.length);
  const lists = await Promise.all(clouds.map((provider) => atlas.listServices(projectId, provider, limits)));
  return lists.flat().filter((endpoint) => region === undefined || isRegion(endpoint, region));
}

export interface FindOptions {
  /** Without arguments, return all endpoints instead of the only one. */
  all?: boolean | undefined;
  /** For callers that retry themselves. */
  limits?: RequestLimits | undefined;
  /** If several match, choose among those for which this is true. */
  prefer?: Prefer | undefined;
}

/**
 * Finds the endpoints that the ENDPOINT arguments name. An argument is an id, a region, or a Terraform import id, which
 * also names the project. Throws a usage error before it sends anything if an argument is malformed, and afterwards if
 * an argument matches several endpoints.
 */
export async function findEndpoints(
  session: Session,
  args: readonly string[],
  filter: Filter,
  { all: isAll = false, limits, prefer }: FindOptions = {},
): Promise<FoundEndpoints> {
  const { clouds, region } = readFilter(filter);
  const named = readNames(args, filter);
  const projectId = await projectOf(session, named, limits);
  const asked = clouds.filter((cloud) => named.length === 0 || named.some((name) => isPossible(name, cloud)));
  const atlas = await session.atlas(asked.length);
  const { answers, failures } = await askForSure(asked, (cloud) => atlas.listServices(projectId, cloud, limits));
  const all = asked.flatMap((cloud) => answers.get(cloud) ?? []);
  const inRegion = all.filter((endpoint) => region === undefined || isRegion(endpoint, region));
  const endpoints = match(inRegion, named, isAll, prefer);

  // If a cloud doesn't respond, an endpoint may be there. The exception is an id that was found on another cloud.
  const isSure = named.length > 0 && endpoints.every((endpoint, index) => endpoint && named[index]?.id !== undefined);
  const [failed] = failures;
  if (failed && !isSure) {
    const [cloud, error] = failed;
    // Other clouds responded, so say which one didn't.
    throw error.about(cloud);
  }

  const isMissing = endpoints.some((endpoint) => !endpoint);
  // A hinted command line needs --project only if the import id's project isn't the usual one.
  const isForeign = isMissing && (await usualProject(session)) !== projectId;
  // Before an endpoint counts as missing, search without the filter.
  const isPart = asked.length < providers.length || region !== undefined;
  const everything = isMissing && isPart ? await listEndpoints(session, {}, { project: projectId, limits }) : all;
  const search: Search = { projectId, isForeign, args, named, filter, everything };
  checkNotElsewhere(search, endpoints);
  return {
    projectId,
    endpoints,
    named,
    notFound: (index, instead) => notFound(session, search, index, instead),
  };
}

/** Finds the endpoint that an argument names; without an argument, the only one. Throws a not-found error. */
export async function findEndpoint(
  session: Session,
  arg: string | undefined,
  filter: Filter,
  options: Pick<FindOptions, 'prefer'> = {},
): Promise<Endpoint> {
  const found = await findEndpoints(session, arg === undefined ? [] : [arg], filter, options);
  const [endpoint] = found.endpoints;
  if (!endpoint) throw found.notFound(0);
  return endpoint;
}

/**
 * Returns how hinted command lines name an endpoint: by its id, or by project and id if it isn't in the usual project.
 */
export async function referrer(session: Pick<Session, 'projectId'>) {
  const usual = await usualProject(session);
  return ({ projectId, id }: Pick<Endpoint, 'projectId' | 'id'>) => (usual === projectId ? id : `${projectId}-${id}`);
}

/** How a hinted command line names this endpoint. */
export async function referTo(session: Pick<Session, 'projectId'>, endpoint: Endpoint): Promise<string> {
  return (await referrer(session))(endpoint);
}

/** The project that a command line without --project uses. */
function usualProject(session: Pick<Session, 'projectId'>): Promise<string | undefined> {
  return session.projectId().catch(() => undefined);
}

/** The project that the import ids name, or the project in use. */
async function projectOf(
  session: Pick<Session, 'projectId' | 'setting'>,
  named: readonly Named[],
  limits?: RequestLimits,
): Promise<string> {
  const ids = [...new Set(named.flatMap(({ projectId }) => projectId ?? []))];
  if (ids.length > 1)
    throw new UsageError('The import ids belong to different projects.', 'Use ids of the same project.');
  const [id] = ids;
  if (id === undefined) return session.projectId(limits);
  const given = await session.setting('project');
  if (given?.origin.kind === 'flag' && (await session.projectId(limits)) !== id) {
    throw new UsageError(
      `The import id belongs to project ${id}, but --project specifies a different one.`,
      'Remove --project.',
    );
  }
  return id;
}
