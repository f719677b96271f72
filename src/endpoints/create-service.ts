import { createServiceRequest } from '../atlas/client.js';
import { UsageError } from '../base/errors.js';
import { cmd } from '../base/shell.js';
import { clouds, defaultProvider, parseProvider, providers } from '../clouds/all.js';
import { knownRegions, parsePlace } from '../clouds/regions.js';
import type { Context } from './context.js';
import { createOnce } from './create-once.js';
import { type CreateOptions, type Draft, newPortMapping } from './family.js';
import { readRemoteRegions } from './remote-regions.js';

/** Reads what `create` is to create. Throws usage errors. */
export async function draftService(context: Context, options: CreateOptions): Promise<Draft> {
  const { io, clock } = context;
  const { place = options.region, remoteRegion, portMapping, noPortMapping } = options;
  const { provider: cloud = (await context.settings.get('provider'))?.value ?? defaultProvider } = options;
  const provider = parseProvider(cloud);
  if (place === undefined) {
    const example = context.settings.again(cmd`${knownRegions(provider)[0]}`);
    throw new UsageError('Missing region.', { text: 'Example:', commands: [example] });
  }
  const region = parsePlace(provider, place, options.region);
  const { title, older } = clouds[provider];
  if (!region.known) io.warn(`Unknown ${title} region '${place}'. Sending it to Atlas anyway.`);
  const ofSomeClouds = [
    { option: '--remote-region', isGiven: remoteRegion, needs: 'hasRemoteRegions' },
    { option: '--port-mapping', isGiven: portMapping, needs: 'older' },
    { option: '--no-port-mapping', isGiven: noPortMapping, needs: 'older' },
  ] as const;
  for (const { option, isGiven, needs } of ofSomeClouds) {
    if (!isGiven || clouds[provider][needs]) continue;
    const other = providers.find((each) => clouds[each][needs]) ?? defaultProvider;
    const hint = `Remove it, or add --provider ${other.toLowerCase()}.`;
    throw new UsageError(`${option} is only for ${clouds[other].title}.`, hint);
  }
  if (noPortMapping && older) {
    const what = `${title} private endpoints without port mapping on ${older.day}.`;
    if (clock.now() >= older.endsAt) throw new UsageError(`Atlas disabled ${what}`, 'Remove --no-port-mapping.');
    io.warn(`Atlas disables ${what} They stop working on that day.`);
  }
  const service = {
    provider,
    region: region.region,
    atlasRegion: region.atlasRegion,
    portMapping: noPortMapping ? false : newPortMapping(provider),
    remoteRegions: remoteRegion && readRemoteRegions(context, remoteRegion, region),
  };
  // A service of the other kind is good enough, unless the user has named a kind.
  const isAnyKind = !portMapping && !noPortMapping;
  return {
    request: (projectId) => createServiceRequest(projectId, service),
    create: async (orExisting) => (await createOnce(context, service, { orExisting, isAnyKind })).endpoint,
  };
}
