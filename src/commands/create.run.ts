import { createServiceRequest, type ServiceRequest } from '../atlas/client.js';
import { isAtlasId } from '../atlas/ids.js';
import { isAhead, untils } from '../atlas/status.js';
import { UsageError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { cmd } from '../base/shell.js';
import { clouds, defaultProvider, type Provider, parseProvider, providers } from '../clouds/all.js';
import type { Cloud } from '../clouds/cloud.js';
import { checkSameRegion, knownRegions, parseRegion, type Region } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { awaitEndpoints } from '../endpoints/await.js';
import { createOnce } from '../endpoints/create-once.js';
import { readGoal } from '../endpoints/goal.js';
import { hintConversion, hintNextStep } from '../endpoints/next-step.js';
import { newPortMapping } from '../endpoints/port-mapping.js';
import { readRemoteRegions } from '../endpoints/remote-regions.js';
import { endpointView } from '../endpoints/view.js';
import { readKind } from '../kinds/all.js';
import type { View } from '../ui/view.js';
import { checkKindOptions } from './kinds.js';
import type { create } from './services.js';

type Options = OptionsOf<typeof create>;

/** Requests a private endpoint service, and waits for it if an option says so. */
export async function run(context: Context, options: Options): Promise<void> {
  const { io } = context;
  const kind = readKind(options.kind);
  if (kind) return (await import('./kinds.run.js')).createKind(context, kind, options);
  checkKindOptions(options);
  const provider = parseProvider(options.provider ?? (await context.setting('provider'))?.value ?? defaultProvider);
  const { place = options.region } = options;
  if (place === undefined) {
    const example = context.again(cmd`${knownRegions(provider)[0]}`);
    throw new UsageError('Missing region.', { text: 'Example:', commands: [example] });
  }
  const region = parseRegion(provider, place);
  checkSameRegion(provider, place, options.region);
  const goal = readGoal(options);
  if (!isAhead(goal.until))
    throw new UsageError(`create cannot wait for ${goal.until}.`, `Valid values: ${untils.filter(isAhead).join(', ')}`);
  if (!region.known) io.warn(`Unknown ${clouds[provider].title} region '${place}'. Sending it to Atlas anyway.`);
  const request = readRequest(context, provider, region, options);
  if (options.dryRun) {
    await io.print(await dryRunView(context, request));
    return;
  }

  // A service of the other kind is good enough, unless the user has named a kind.
  const isAnyKind = !options.portMapping && !options.noPortMapping;
  const created = await createOnce(context, request, region, options.ifNotExists ?? false, { isAnyKind });
  const [endpoint = created] = goal.waits ? await awaitEndpoints(context, [created], goal) : [];
  await io.print(endpointView(endpoint), { isDone: true });
  await hintNextStep(context, endpoint);
  // The user may not know that the existing one is of the older kind.
  if (!options.noPortMapping) await hintConversion(context, [endpoint]);
}

function readRequest(
  context: Context,
  provider: Provider,
  region: Region,
  { remoteRegion, portMapping, noPortMapping }: Options,
): ServiceRequest {
  if (remoteRegion) checkHas('hasRemoteRegions', '--remote-region', provider);
  if (portMapping) checkHas('older', '--port-mapping', provider);
  if (noPortMapping) {
    checkHas('older', '--no-port-mapping', provider);
    checkOlder(context, clouds[provider]);
  }
  return {
    provider,
    atlasRegion: region.atlasRegion,
    portMapping: noPortMapping ? false : newPortMapping(provider),
    remoteRegions: remoteRegion && readRemoteRegions(context, remoteRegion, region),
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
async function dryRunView(context: Context, request: ServiceRequest): Promise<View> {
  const project = await context.setting('project');
  if (project && !isAtlasId(project.value.toLowerCase())) {
    throw new UsageError('--dry-run sends nothing, so it cannot look up a project by name.', 'Use the project id.');
  }
  // A dry run works without credentials.
  const projectId = await context.usualProject();
  const hint = advise(context, 'Use --project, or save a default:', cmd`config set project ID`);
  if (projectId === undefined) throw new UsageError('No project specified.', hint);
  const { method, path, body = {} } = createServiceRequest(projectId, request);
  return {
    single: true,
    rows: [{ method, url: `${await context.baseUrl()}${path}`, body: body as Record<string, string> }],
    id: 'url',
  };
}
