import type { Endpoint } from '../atlas/model.js';
import { type CliError, type Hint, isFailure, NotFoundError, UsageError } from '../base/errors.js';
import { guessed, listed } from '../base/words.js';
import { type Provider, providers } from '../clouds/all.js';
import { cloudsOf } from '../clouds/regions.js';
import { type RequestLimits, restMsOf } from '../http/ask.js';
import type { Context } from './context.js';
import { endpointText, type Filter, isNamed, isWanted, type Named, readFilter, readNames, theOnly } from './name.js';
import { adviceToCreate } from './next-step.js';

interface FindOptions {
  /** Without arguments, return all endpoints instead of the only one. */
  all?: boolean | undefined;
  limits?: RequestLimits | undefined;
  /** Called for a cloud that does not respond, instead of throwing, if others do and all endpoints are wanted. */
  onUnread?: (error: CliError) => void;
  prefer?: (endpoint: Endpoint) => boolean;
}

/** An import id also names the project. Throws usage errors: for a malformed argument before any request, for several later. */
export async function findEndpoints(
  context: Context,
  args: readonly (string | undefined)[],
  filter: Filter,
  { all: isAll = false, limits, onUnread, prefer }: FindOptions = {},
) {
  const { clouds, region } = readFilter(filter);
  const named = readNames(args, filter);
  const projectId = await projectOf(context, named, limits);
  const possible = clouds.filter((cloud) => named.length === 0 || named.some((name) => isPossible(name, cloud)));
  const read = async (some: readonly Provider[]) => {
    const atlas = await context.atlas();
    const asked = await askForSure(some, (provider) => atlas.listServices(projectId, provider, limits));
    return { all: some.flatMap((cloud) => asked.answers.get(cloud) ?? []), failures: asked.failures };
  };
  const { all, failures } = await read(possible);
  const wanted = all.filter((each) => isWanted(each, clouds, region));
  const find = (name: Named) => {
    const matching = wanted.filter((each) => isNamed(name, each));
    return theOnly(matching, ` in ${name.region ?? name.id}`, prefer);
  };
  const without = async () => (isAll ? wanted : [await chosenOf(context, wanted, prefer)]);
  /** One for each argument, in the same order; undefined if none matches. Without arguments: the only one, or all of them. */
  const endpoints = named.length > 0 ? named.map(find) : await without();

  // If a cloud doesn't respond, an endpoint may be there. The exception is an id that was found on another cloud.
  const isFoundById = (endpoint: Endpoint | undefined, index: number) => endpoint && named[index]?.id !== undefined;
  const isSure = named.length > 0 && endpoints.every(isFoundById);
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
  const { all: everything, failures: unread } = isMissing && isPart ? await read(providers) : { all, failures: [] };
  for (const [cloud, error] of unread) throw error.about(cloud);
  const absent = named.filter((_, index) => !endpoints[index]);
  for (const name of absent) checkNotElsewhere(name, filter, everything);
  // A hinted command line needs --project only if the import id's project isn't the usual one.
  const isForeign = isMissing && (await context.settings.usualProject(limits)) !== projectId;

  /** `instead`: the hint if the project has no endpoints at all, by default to create one. */
  const notFound = (index: number, instead?: string | Hint) => {
    const wanted = args[index] ?? region;
    const what = `No private endpoint service${wanted === undefined ? '' : ` '${wanted}'`} found in project ${projectId}.`;
    const existing = listed(everything.map(endpointText));
    if (existing !== '') return new NotFoundError(what, `Existing ones: ${existing}`);
    const create = adviceToCreate(context, named[index] ?? {}, filter, isForeign ? projectId : undefined);
    return new NotFoundError(what, instead ?? create, 'noneAtAll');
  };
  return { projectId, endpoints, named, notFound };
}

/** The only one; of several, a terminal asks. Throws a usage error that lists them. */
async function chosenOf({ io }: Context, wanted: readonly Endpoint[], prefer?: FindOptions['prefer']) {
  const isOpen = wanted.length > 1 && wanted.filter(prefer ?? (() => true)).length !== 1;
  if (isOpen && io.isInteractive) {
    io.note(
      'Choose a private endpoint service:',
      wanted.map((each, index) => `${index + 1}  ${endpointText(each)}`),
    );
    const chosen = wanted[Number(await io.ask('Service (number)', { isAgain: false })) - 1];
    if (chosen) return chosen;
  }
  return theOnly(wanted, '', prefer);
}

export function isPossible({ provider, region }: Named, cloud: Provider) {
  if (provider !== undefined) return provider === cloud;
  return region === undefined || cloudsOf(region).includes(cloud);
}

export async function listEndpoints(context: Context, arg: string | undefined, filter: Filter) {
  if (arg !== undefined) return [await findEndpoint(context, arg, filter)];
  const { endpoints } = await findEndpoints(context, [], filter, { all: true });
  return endpoints.flatMap((each) => each ?? []);
}

function checkNotElsewhere(name: Named, { region, provider }: Filter, everything: readonly Endpoint[]) {
  const { clouds } = readFilter({ region, provider });
  const { id: named } = name;
  // A list may omit a new endpoint at first. Then the second list has it, and it matches.
  const others = everything.filter((each) => !isWanted(each, clouds, region) || !isNamed(name, each));
  const elsewhere = others.find((each) => isNamed(named === undefined ? name : { id: named }, each));
  if (!elsewhere) return;
  // The region and provider may be those of an import id.
  const isByOption = region !== undefined || provider !== undefined;
  const { projectId, id, atlasRegion } = elsewhere;
  throw new UsageError(
    `${endpointText(elsewhere)} exists, but it does not match the given region or provider.`,
    isByOption
      ? 'Use only the id, without --region and --provider.'
      : guessed(`${projectId}-${id}-${elsewhere.provider}-${atlasRegion}`),
  );
}

/** Finds the endpoint that an argument names; without an argument, the only one. Throws a not-found error. */
export async function findEndpoint(
  context: Context,
  arg: string | undefined,
  filter: Filter,
  options: Pick<FindOptions, 'prefer'> = {},
) {
  const found = await findEndpoints(context, [arg], filter, options);
  const [endpoint] = found.endpoints;
  if (!endpoint) throw found.notFound(0);
  return endpoint;
}

async function projectOf(context: Context, named: readonly Named[], limits?: RequestLimits) {
  const ids = [...new Set(named.flatMap(({ projectId }) => projectId ?? []))];
  if (ids.length > 1)
    throw new UsageError('The import ids belong to different projects.', 'Use ids of the same project.');
  const [id] = ids;
  if (id === undefined) return context.settings.projectId(limits);
  const given = await context.settings.get('project');
  if (given?.origin.kind === 'flag' && (await context.settings.projectId(limits)) !== id) {
    throw new UsageError(
      `The import id belongs to project ${id}, but --project specifies a different one.`,
      'Remove --project.',
    );
  }
  return id;
}

export const mostAtOnce = 8;

/** Sends a request for each key (a cloud, a project, or both), a few at a time. Returns the responses and the errors. */
export async function askEach<Key, Answer>(all: readonly Key[], ask: (each: Key) => Promise<Answer>) {
  const answers = new Map<Key, Answer>();
  const failures = new Map<Key, CliError>();
  await eachOf(all, async (each) => {
    try {
      answers.set(each, await ask(each));
    } catch (error) {
      if (!isFailure(error)) throw error;
      failures.set(each, error);
    }
  });
  return { answers, failures };
}

/** The same, but throws if an error is final (not allowed, no such project) or if nothing responded. */
export async function askForSure<Key, Answer>(all: readonly Key[], ask: (each: Key) => Promise<Answer>) {
  const found = await askEach(all, ask);
  const failures = [...found.failures.values()];
  const final =
    failures.find(({ exit }) => exit !== 'unexpected') ?? (found.answers.size === 0 ? failures[0] : undefined);
  if (final) throw final;
  return found;
}

/** Calls `work` for each item, a few at a time. After an error it begins no more. */
export async function eachOf<Item, Result>(all: readonly Item[], work: (item: Item) => Promise<Result>) {
  if (all.length <= mostAtOnce) return Promise.all(all.map(work));
  const { default: pLimit } = await import('p-limit');
  const inTurn = pLimit(mostAtOnce);
  return inTurn.map(all, work).finally(inTurn.clearQueue);
}

export interface Scope {
  projectId: string;
  provider: Provider;
}

export interface Failure {
  what: string;
  error: CliError;
}

export type Lists = Awaited<ReturnType<typeof readLists>>;

export async function readLists(context: Context, scopes: readonly Scope[]) {
  const atlas = await context.atlas();
  const isOneProject = new Set(scopes.map(({ projectId }) => projectId)).size === 1;
  const { answers, failures } = await askEach(scopes, ({ projectId, provider }) =>
    atlas.listServices(projectId, provider),
  );
  const named = [...failures].map(([scope, error]) => {
    const { provider, projectId } = scope;
    return [scope, { what: isOneProject ? provider : `${provider} in project ${projectId}`, error }] as const;
  });
  return { lists: answers, failures: new Map(named) };
}

/** Throws if no list could be read: the error with the longest Retry-After, or the first one. */
export function requireAny({ lists, failures }: Lists) {
  const [worst] = [...failures.values()].sort((a, b) => restMsOf(b.error) - restMsOf(a.error));
  if (worst && lists.size === 0) throw worst.error;
}
