import type { Endpoint } from '../atlas/model.js';
import { type CliError, NotFoundError, UsageError } from '../base/errors.js';
import { type Advice, advise, type Hint } from '../base/hint.js';
import { listed } from '../base/listed.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd, option, type Words } from '../base/shell.js';
import { guessed } from '../base/suggest.js';
import { defaultProvider, type Provider, parseProvider, providers } from '../clouds/all.js';
import { cloudsOf, isRegion } from '../clouds/regions.js';
import { askForSure } from './ask.js';
import { describeService, isNamed, isPossible, theOnly } from './match.js';
import { type Filter, type Named, readFilter, readNames } from './name.js';
import type { Session } from './session.js';

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

interface FindOptions {
  /** Without arguments, return all endpoints instead of the only one. */
  all?: boolean | undefined;
  /** For callers that retry themselves. */
  limits?: RequestLimits | undefined;
  /** Called for a cloud that does not respond, instead of throwing, if others do and all endpoints are wanted. */
  onUnread?: (error: CliError) => void;
  /** If several match, choose among those for which this is true. */
  prefer?: (endpoint: Endpoint) => boolean;
}

/** What the ENDPOINT arguments of a command line refer to. */
export type FoundEndpoints = Awaited<ReturnType<typeof findEndpoints>>;

/**
 * Finds the endpoints that the ENDPOINT arguments name. An argument is an id, a region, or a Terraform import id, which
 * also names the project. Throws a usage error before it sends anything if an argument is malformed, and afterwards if
 * an argument matches several endpoints.
 */
export async function findEndpoints(
  session: Session,
  args: readonly string[],
  filter: Filter,
  { all: isAll = false, limits, onUnread, prefer }: FindOptions = {},
) {
  const { clouds, region } = readFilter(filter);
  const named = readNames(args, filter);
  const projectId = await projectOf(session, named, limits);
  const possible = clouds.filter((cloud) => named.length === 0 || named.some((name) => isPossible(name, cloud)));
  const atlas = await session.atlas(possible.length);
  const { answers, failures } = await askForSure(possible, (cloud) => atlas.listServices(projectId, cloud, limits));
  const all = possible.flatMap((cloud) => answers.get(cloud) ?? []);
  const inRegion = all.filter((endpoint) => region === undefined || isRegion(endpoint, region));
  const find = (name: Named) => {
    const matching = inRegion.filter((each) => isNamed(name, each));
    return theOnly(matching, ` in ${name.region}`, prefer);
  };
  const without = () => (isAll ? inRegion : [theOnly(inRegion, '', prefer)]);
  /** One for each argument, in the same order; undefined if none matches. Without arguments: the only one, or all of them. */
  const endpoints = named.length > 0 ? named.map(find) : without();

  // If a cloud doesn't respond, an endpoint may be there. The exception is an id that was found on another cloud.
  const isSure = named.length > 0 && endpoints.every((endpoint, index) => endpoint && named[index]?.id !== undefined);
  const [failed] = failures;
  if (failed && !isSure) {
    const [cloud, error] = failed;
    // Other clouds responded, so say which one didn't.
    if (!onUnread || named.length > 0) throw error.about(cloud);
    onUnread(error.about(cloud));
  }

  const isMissing = endpoints.some((endpoint) => !endpoint);
  // Before an endpoint counts as missing, search without the filter.
  const isPart = possible.length < providers.length || region !== undefined;
  const everything = isMissing && isPart ? await listEndpoints(session, {}, { project: projectId, limits }) : all;
  const missing = named.filter((_, index) => endpoints[index] === undefined);
  for (const name of missing) checkNotElsewhere(name, filter, everything);
  // A hinted command line needs --project only if the import id's project isn't the usual one.
  const isForeign = isMissing && (await session.usualProject(limits)) !== projectId;

  /**
   * The error for an argument that matches nothing. If the project has no endpoints at all, the hint is `instead`, by
   * default to create one.
   */
  const notFound = (index: number, instead?: Advice) => {
    const wanted = args[index] ?? region;
    const what = `No private endpoint service${wanted === undefined ? '' : ` '${wanted}'`} found in project ${projectId}.`;
    if (everything.length > 0)
      return new NotFoundError(what, `Existing services: ${listed(everything.map(describeService))}`);
    const create = adviceToCreate(session, named[index] ?? {}, filter, isForeign ? projectId : undefined);
    return new NotFoundError(what, instead ?? create, 'noneAtAll');
  };
  return { projectId, endpoints, named, notFound };
}

/** Throws a usage error if an endpoint of this name exists but doesn't match --region or --provider. */
function checkNotElsewhere(name: Named, { region, provider }: Filter, everything: readonly Endpoint[]): void {
  const elsewhere = everything.find(
    (endpoint) => endpoint.id === name.id || (region !== undefined && name.id === undefined && isNamed(name, endpoint)),
  );
  if (!elsewhere) return;
  // The region and provider may be those of an import id.
  const isByOption = region !== undefined || provider !== undefined;
  const { projectId, id, atlasRegion } = elsewhere;
  throw new UsageError(
    `${describeService(elsewhere)} exists, but it does not match the given region or provider.`,
    isByOption
      ? 'Use only the id, without --region and --provider.'
      : guessed(`${projectId}-${id}-${elsewhere.provider}-${atlasRegion}`),
  );
}

/** How to create the endpoint that an argument or a filter names: both sides if this program can, or only Atlas's side. */
export function adviceToCreate(session: Session, { region, provider }: Named, filter: Filter, project?: string): Hint {
  const place = region ?? filter.region;
  const [likely] = place === undefined ? [] : cloudsOf(place);
  const cloud = provider ?? (filter.provider === undefined ? likely : parseProvider(filter.provider));
  const more = option('--project', project);
  const create = cmd`create ${place ?? 'REGION'} ${providerOption(cloud)} ${more}`;
  const connect = connectCommand(cloud, place ?? 'REGION');
  const text = 'Create one and connect it to your network, or create only the Atlas side:';
  return advise(session, text, cmd`${connect} ${more}`, create);
}

/** The command that sets up both sides. */
export function connectCommand(provider: Provider = defaultProvider, endpoint: string): Words {
  return cmd`connect ${endpoint} ${providerOption(provider)}`;
}

function providerOption(provider: Provider | undefined): readonly string[] {
  return option('--provider', provider === defaultProvider ? undefined : provider?.toLowerCase());
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
export async function referrer(session: Pick<Session, 'usualProject'>) {
  const usual = await session.usualProject();
  return ({ projectId, id }: Pick<Endpoint, 'projectId' | 'id'>) => (usual === projectId ? id : `${projectId}-${id}`);
}

/** How a hinted command line names this endpoint. */
export async function referTo(session: Pick<Session, 'usualProject'>, endpoint: Endpoint): Promise<string> {
  return (await referrer(session))(endpoint);
}

/** The project that the import ids name, or the project in use. */
async function projectOf(session: Session, named: readonly Named[], limits?: RequestLimits): Promise<string> {
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
