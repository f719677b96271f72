import { UsageError } from '../../base/errors.js';
import { advise } from '../../base/hint.js';
import { texts } from '../../base/json.js';
import { cmd } from '../../base/shell.js';
import { clouds, defaultProvider, parseProvider } from '../../clouds/all.js';
import type { RegionNames } from '../../clouds/cloud.js';
import { checkSameRegion, parseRegion } from '../../clouds/regions.js';
import { findEndpoints } from '../../endpoints/find.js';
import { isOlder } from '../../endpoints/port-mapping.js';
import type { Session } from '../../endpoints/session.js';
import type { Target } from './read-both-sides.js';

type TargetFlags = { [Name in 'endpoint' | 'region' | 'provider' | 'adopt']?: string | undefined };

/** Reads which service to use, or the region of a new one. */
export async function readTarget(session: Session, options: TargetFlags): Promise<Target> {
  const { endpoint, region, adopt } = options;
  const provider = parseProvider(options.provider ?? defaultProvider);
  if (region !== undefined) parseRegion(provider, region);
  const filter = { region, ...(endpoint === undefined && { provider: provider.toLowerCase() }) };
  const found = await findEndpoints(session, endpoint === undefined ? [] : [endpoint], filter);
  const [service] = found.endpoints;
  const projectId = found.projectId;
  if (service && isOlder(service)) {
    const hint = advise(session, 'Replace it with one that has:', cmd`convert ${service.id}`);
    throw new UsageError(`The private endpoint service in ${service.region} has no port mapping.`, hint);
  }
  if (service) {
    return { projectId, provider: service.provider, region: service, service };
  }
  const [name] = found.named;
  const where = name?.region ?? region;
  const mustExist =
    (name?.id !== undefined && name.region === undefined) || (adopt !== undefined && where !== undefined);
  if (mustExist) throw found.notFound(0);
  if (where === undefined) {
    const example = session.again(cmd`us-east-1`);
    throw new UsageError('Missing region.', { text: 'Example:', commands: [example] });
  }
  const read = parseRegion(provider, where);
  checkSameRegion(provider, where, region);
  if (!read.known) session.io.warn(`Unknown ${clouds[provider].title} region '${where}'. Sending it to Atlas anyway.`);
  return { projectId, provider, region: read, service: undefined };
}

/** Throws if the service doesn't admit the region of the VPC: it isn't changed here. */
export function checkRemote(
  session: Pick<Session, 'commandLine'>,
  { service, region }: Target,
  network: RegionNames,
): void {
  if (!service || network.atlasRegion === region.atlasRegion) return;
  const own = network.region;
  if (texts(service.supportedRemoteRegions).includes(own)) return;
  const hint = advise(session, 'Add the region:', cmd`update ${service.id} --add ${own}`);
  throw new UsageError(`The private endpoint service ${service.id} does not allow connections from ${own}.`, hint);
}
