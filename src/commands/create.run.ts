import { createServiceRequest } from '../atlas/client.js';
import { isAtlasId } from '../atlas/ids.js';
import { isAhead, untilsOf } from '../atlas/status.js';
import { advise, UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { clouds, defaultProvider, type Provider, parseProvider, providers } from '../clouds/all.js';
import type { CloudFacts } from '../clouds/facts.js';
import { checkSameRegion, knownRegions, parseRegion } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { awaiterOf } from '../endpoints/await.js';
import { createOnce } from '../endpoints/create-once.js';
import { readGoal } from '../endpoints/goal.js';
import { readKind } from '../endpoints/kinds/all.js';
import { hintNext, warnOfNoCluster } from '../endpoints/next-step.js';
import { newPortMapping } from '../endpoints/port-mapping.js';
import { readRemoteRegions } from '../endpoints/remote-regions.js';
import { endpointView } from '../endpoints/view.js';
import type { View } from '../ui/view.js';
import type { Draft } from './create-kind.js';
import { checkKindOptions, readFamily } from './kind-option.js';
import type { create } from './services.js';

type Options = OptionsOf<typeof create>;

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
  const draft = kind
    ? await (await import('./create-kind.js')).draftOfKind(context, kind, options)
    : await draftService(context, options);
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
  const provider = parseProvider(options.provider ?? (await context.setting('provider'))?.value ?? defaultProvider);
  const { place = options.region } = options;
  if (place === undefined) {
    const example = context.again(cmd`${knownRegions(provider)[0]}`);
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
function checkOlder({ io, clock }: Context, { older, title }: CloudFacts): void {
  const what = `${title} private endpoints without port mapping on ${older?.day}.`;
  if (older && clock.now() >= older.endsAt) throw new UsageError(`Atlas disabled ${what}`, 'Remove --no-port-mapping.');
  io.warn(`Atlas disables ${what} They stop working on that day.`);
}

/**
 * Prints the request without sending it. The project must be given by id, because looking up a name takes a request.
 */
async function dryRunView(context: Context, { request }: Draft): Promise<View> {
  const project = await context.setting('project');
  if (project && !isAtlasId(project.value.toLowerCase())) {
    throw new UsageError('--dry-run sends nothing, so it cannot look up a project by name.', 'Use the project id.');
  }
  // A dry run works without credentials.
  const projectId = await context.usualProject();
  const hint = advise(context, 'Use --project, or save a default:', cmd`config set project ID`);
  if (projectId === undefined) throw new UsageError('No project specified.', hint);
  const { method, path, body = {} } = request(projectId);
  return {
    single: true,
    rows: [{ method, url: `${await context.baseUrl()}${path}`, body: body as Record<string, string> }],
    id: 'url',
  };
}
