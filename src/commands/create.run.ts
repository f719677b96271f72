import { type ApiRequest, createServiceRequest } from '../atlas/client.js';
import { isAtlasId } from '../atlas/ids.js';
import { isAhead, isLeaving, untilsOf } from '../atlas/status.js';
import { advise, CliError, ignoreFailure, reasonOf, UsageError } from '../base/errors.js';
import { readText } from '../base/read-text.js';
import { cmd } from '../base/shell.js';
import { parseName } from '../base/suggest.js';
import { clouds, defaultProvider, type Provider, parseProvider, providers } from '../clouds/all.js';
import type { Cloud } from '../clouds/cloud.js';
import { checkSameRegion, knownRegions, parseRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { awaiterOf } from '../endpoints/await.js';
import { createOnce, sendOnce } from '../endpoints/create-once.js';
import type { AnyEndpoint } from '../endpoints/family.js';
import { readGoal } from '../endpoints/goal.js';
import { readKind } from '../endpoints/kinds/all.js';
import type { Kind, KindBody } from '../endpoints/kinds/kind.js';
import { explained, familyOf, readCreated, requestTo } from '../endpoints/kinds/requests.js';
import { hintNext, warnOfNoCluster } from '../endpoints/next-step.js';
import { newPortMapping } from '../endpoints/port-mapping.js';
import { readRemoteRegions } from '../endpoints/remote-regions.js';
import { endpointView, nameOf } from '../endpoints/view.js';
import type { RequestLimits } from '../http/retries.js';
import type { View } from '../ui/view.js';
import { checkKindOptions, readFamily } from './kind-option.js';
import type { create } from './services.js';

type Options = OptionsOf<typeof create>;

interface Draft {
  request(projectId: string): ApiRequest;
  create(): Promise<AnyEndpoint>;
}

/** Requests a private endpoint, and waits for it if an option says so. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const family = readFamily(io, options);
  const kind = readKind(options.kind);
  checkKindOptions(options, kind);
  const { statuses } = family;
  const goal = readGoal(options, statuses);
  if (!isAhead(statuses, goal.until)) {
    const possible = untilsOf(statuses).filter((until) => isAhead(statuses, until));
    throw new UsageError(`create cannot wait for ${goal.until}.`, `Valid values: ${possible.join(', ')}`);
  }
  const draft = kind ? await draftOfKind(context, kind, options) : await draftService(context, options);
  if (options.dryRun) {
    await io.print(await dryRunView(context, draft));
    return;
  }
  const created = await draft.create();
  const [last = created] = goal.waits ? await awaiterOf(family)(context, [created], goal) : [];
  const endpoint = (await family.complete?.(await context.atlas(), last)) ?? last;
  await io.print(endpointView(endpoint, family.view), { isDone: true });
  const isUsable = await warnOfNoCluster(context, endpoint);
  // The user may not know that an existing service is of the older kind.
  await hintNext(context, family, endpoint, { isOlderMeant: options.noPortMapping, isUsable });
}

async function draftService(context: Context, options: Options): Promise<Draft> {
  const provider = parseProvider(
    options.provider ?? (await context.settings.get('provider'))?.value ?? defaultProvider,
  );
  const { place = options.region } = options;
  if (place === undefined) {
    const example = context.settings.again(cmd`${knownRegions(provider)[0]}`);
    throw new UsageError('Missing region.', { text: 'Example:', commands: [example] });
  }
  const region = parseRegion(provider, place);
  checkSameRegion(provider, place, options.region);
  if (!region.known)
    context.io.warn(`Unknown ${clouds[provider].title} region '${place}'. Sending it to Atlas anyway.`);
  const { remoteRegion, portMapping, noPortMapping } = options;
  if (remoteRegion) checkHas('hasRemoteRegions', '--remote-region', provider);
  if (portMapping) checkHas('older', '--port-mapping', provider);
  if (noPortMapping) {
    checkHas('older', '--no-port-mapping', provider);
    checkOlder(context, clouds[provider]);
  }
  const service = {
    provider,
    atlasRegion: region.atlasRegion,
    portMapping: noPortMapping ? false : newPortMapping(provider),
    remoteRegions: remoteRegion && readRemoteRegions(context, remoteRegion, region),
  };
  // A service of the other kind is good enough, unless the user has named a kind.
  const isAnyKind = !portMapping && !noPortMapping;
  return {
    request: (projectId) => createServiceRequest(projectId, service),
    create: async () =>
      (await createOnce(context, service, region, options.ifNotExists ?? false, { isAnyKind })).endpoint,
  };
}

/** Throws a usage error if an option does not apply to this cloud. */
function checkHas(what: 'hasRemoteRegions' | 'older', option: string, provider: Provider): void {
  if (clouds[provider][what]) return;
  const other = providers.find((each) => clouds[each][what]) ?? defaultProvider;
  throw new UsageError(
    `${option} is only for ${clouds[other].title}.`,
    `Remove it, or add --provider ${other.toLowerCase()}.`,
  );
}

/** Warns that Atlas will disable a service without port mapping. Throws a usage error if it has done so already. */
function checkOlder({ io, clock }: Context, { older, title }: Cloud): void {
  const what = `${title} private endpoints without port mapping on ${older?.day}.`;
  if (older && clock.now() >= older.endsAt) throw new UsageError(`Atlas disabled ${what}`, 'Remove --no-port-mapping.');
  io.warn(`Atlas disables ${what} They stop working on that day.`);
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

/** Reads what `create --kind` is to create. Throws usage errors. */
async function draftOfKind(context: Context, kind: Kind, options: Options): Promise<Draft> {
  const content = options.file === undefined ? {} : readObject(options.file);
  const implied = kind.create.provider?.({ ...options, content });
  const provider = providerOf(kind, options.provider, implied ?? (await context.settings.get('provider'))?.value);
  const readRegion = (text: string) => parseRegion(provider, text);
  const { place: typed = options.region } = options;
  const place = typed === undefined ? undefined : readRegion(typed);
  if (typed !== undefined) checkSameRegion(provider, typed, options.region);
  const body = bodyOf(context, kind, { ...options, provider, place, content, readRegion });
  const request = (projectId: string): ApiRequest => ({
    method: 'POST',
    ...requestTo(kind, { projectId, provider }),
    body,
  });
  return { request, create: () => createKindOnce(context, kind, provider, body, options.ifNotExists) };
}

/** The body of the request. In the sandbox, an error has no line of a cloud's CLI. */
function bodyOf({ settings }: Context, { create }: Kind, creation: Parameters<Kind['create']['body']>[0]): KindBody {
  try {
    return create.body(creation);
  } catch (error) {
    const hasLines = error instanceof CliError && error.hint && error.hint.commands.length > 0;
    throw hasLines && settings.profile.isSandbox ? error.withHint(undefined) : error;
  }
}

/** Creates an endpoint, and never two: it looks for the same one first. If there is one, throws an error that names it. */
async function createKindOnce(
  context: Context,
  kind: Kind,
  provider: Provider,
  body: Record<string, unknown>,
  orExisting = false,
): Promise<AnyEndpoint> {
  const family = familyOf(kind);
  const place = { projectId: await context.settings.projectId(), provider };
  const atlas = await context.atlas();
  const find = async (limits?: RequestLimits) => {
    const all = await family.list(atlas, place, limits);
    return all.find((each) => kind.create.isSame(each, body) && !isLeaving(each.status, kind.statuses));
  };
  const existing = await find();
  if (existing) {
    const what = `${nameOf(existing)} already exists (${existing.status}).`;
    const hint = { text: 'To use it in a script:', commands: [context.settings.again(cmd`--if-not-exists`)] };
    if (!orExisting) throw new CliError('conflict', what, { hint });
    context.io.note(what);
    return existing;
  }
  const send = async () => {
    const answer = await explained(kind, atlas.send({ method: 'POST', ...requestTo(kind, place), body }));
    return readCreated(kind, place, answer, body);
  };
  const created = await sendOnce(context, { send, find, list: cmd`list ${family.flags}` });
  // Some creates are answered without a status.
  const read = created.status === 'UNKNOWN' ? await family.read(atlas, created).catch(ignoreFailure) : undefined;
  return read ?? created;
}

/** The cloud of a new endpoint: the given one, or the likely one if it has this kind. */
function providerOf({ name, providers }: Kind, given: string | undefined, likely = ''): Provider {
  if (given !== undefined) return parseName(`provider for --kind ${name}`, given, providers);
  return providers.find((each) => each === likely.toUpperCase()) ?? providers[0] ?? defaultProvider;
}

function readObject(file: string): Record<string, unknown> {
  try {
    const content: unknown = JSON.parse(readText(file, { mayBePipe: true }));
    if (typeof content === 'object' && content !== null && !Array.isArray(content)) return { ...content };
    throw new Error('it has no object');
  } catch (error) {
    throw new UsageError(`Cannot read ${file} (${reasonOf(error)}).`, 'It must be a JSON file with the request.');
  }
}
