import { createServiceRequest, type ServiceRequest } from '../atlas/client.js';
import { isAtlasId } from '../atlas/ids.js';
import { isAhead, untils } from '../atlas/model.js';
import { advise, UsageError } from '../base/errors.js';
import { cmd, longName } from '../base/shell.js';
import { clouds, defaultProvider, parseProvider, providers } from '../clouds/all.js';
import { knownRegions, parsePlace } from '../clouds/regions.js';
import type { OptionsOf } from '../command.js';
import type { Context } from '../context.js';
import { awaitEndpoints } from '../endpoints/await.js';
import { createOnce } from '../endpoints/create-once.js';
import { readGoal, startDeadline } from '../endpoints/goal.js';
import { readRemoteRegions, warnIfUnknown } from '../endpoints/name.js';
import { hintConversion, hintNext, warnOfNoCluster } from '../endpoints/next-step.js';
import { newPortMapping } from '../endpoints/port-mapping.js';
import { endpointView } from '../endpoints/view.js';
import type { create } from './services.js';

type Options = OptionsOf<typeof create>;

export async function run(context: Context, options: Options) {
  const { io } = context;
  const goal = readGoal(options);
  if (!isAhead(goal.until)) {
    const possible = untils.filter(isAhead).join(', ');
    throw new UsageError(`create cannot wait for ${goal.until}.`, `Valid values: ${possible}`);
  }
  const request = await readRequest(context, options);
  if (options.dryRun) {
    await io.print(await dryRunView(context, request));
    return;
  }
  const { ifNotExists: orExisting = false, portMapping, noPortMapping } = options;
  // A service of the other kind is good enough, unless the user has named a kind.
  const isAnyKind = !portMapping && !noPortMapping;
  const { endpoint: created } = await createOnce(context, request, { orExisting, isAnyKind });
  const how = { until: goal.until, deadline: startDeadline(context, goal) };
  const [endpoint = created] = goal.waits ? await awaitEndpoints(context, [created], how) : [];
  await io.print(endpointView(endpoint), { isDone: true });
  await hintNext(context, endpoint, await warnOfNoCluster(context, endpoint));
  // The user may not know that an existing service is of the older kind.
  if (!noPortMapping) await hintConversion(context, [endpoint]);
}

/** The project must be given by id, because looking up a name takes a request. */
async function dryRunView(context: Context, request: ServiceRequest) {
  const project = await context.settings.get('project');
  if (project && !isAtlasId(project.value.toLowerCase())) {
    throw new UsageError('--dry-run sends nothing, so it cannot look up a project by name.', 'Use the project id.');
  }
  // A dry run works without credentials.
  const projectId = await context.settings.usualProject();
  const hint = advise(context, 'Use --project, or save a default:', cmd`config set project ID`);
  if (projectId === undefined) throw new UsageError('No project specified.', hint);
  const { method, path, body = {} } = createServiceRequest(projectId, request);
  return {
    single: true,
    rows: [{ method, url: `${await context.settings.baseUrl()}${path}`, body: body as Record<string, string> }],
    id: 'url',
  };
}

async function readRequest(context: Context, options: Options) {
  const { io, clock } = context;
  const { place = options.region, remoteRegion, noPortMapping } = options;
  const { provider: cloud = (await context.settings.get('provider'))?.value ?? defaultProvider } = options;
  const provider = parseProvider(cloud);
  if (place === undefined) {
    const example = context.settings.again(cmd`${knownRegions(provider)[0]}`);
    throw new UsageError('Missing region.', { text: 'Example:', commands: [example] });
  }
  const region = parsePlace(provider, place, options.region);
  const { title, older } = clouds[provider];
  warnIfUnknown(context, provider, region, place);
  const ofSomeClouds = [
    ['remoteRegion', 'hasRemoteRegions'],
    ['portMapping', 'older'],
    ['noPortMapping', 'older'],
  ] as const;
  for (const [name, needs] of ofSomeClouds) {
    if (!options[name] || clouds[provider][needs]) continue;
    const other = providers.find((each) => clouds[each][needs]) ?? defaultProvider;
    const hint = `Remove it, or add --provider ${other.toLowerCase()}.`;
    throw new UsageError(`${longName(name)} is only for ${clouds[other].title}.`, hint);
  }
  if (noPortMapping && older) {
    const what = `${title} private endpoints without port mapping on ${older.day}.`;
    if (clock.now() >= older.endsAt) throw new UsageError(`Atlas disabled ${what}`, 'Remove --no-port-mapping.');
    io.warn(`Atlas disables ${what} They stop working on that day.`);
  }
  return {
    provider,
    region: region.region,
    atlasRegion: region.atlasRegion,
    portMapping: noPortMapping ? false : newPortMapping(provider),
    remoteRegions: remoteRegion && readRemoteRegions(context, remoteRegion, region),
  };
}
