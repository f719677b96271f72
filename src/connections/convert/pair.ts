import type { Endpoint } from '../../atlas/model.js';
import { UsageError } from '../../base/errors.js';
import { cmd, option } from '../../base/shell.js';
import { clouds, twoKindProvider } from '../../clouds/all.js';
import type { Context } from '../../endpoints/context.js';
import { isOlder } from '../../endpoints/family.js';
import { findEndpoints } from '../../endpoints/find.js';
import { theOnly } from '../../endpoints/name.js';
import { services } from '../../endpoints/services.js';
import { nameOf } from '../../endpoints/view.js';

/** What `convert` is about: a service without port mapping, and the one with port mapping that replaces it. */
export interface ServicePair {
  older: Endpoint | undefined;
  /** Undefined if it has not been created yet. */
  mapped: Endpoint | undefined;
  /** All services of the region. In regional mode several old ones can share the new one. */
  inRegion: readonly Endpoint[];
}

/** Without `argument`: the only older service; none if there is none. Throws a not-found error, or a usage error for several. */
export async function findPair(context: Context, argument?: string, cloud?: string): Promise<ServicePair> {
  const isNamed = argument !== undefined;
  const filter = { provider: cloud ?? (isNamed ? undefined : twoKindProvider.toLowerCase()) };
  const found = await findEndpoints(context, services, [argument], filter, {
    all: true,
    prefer: isOlder,
  });
  const fitting = found.endpoints.flatMap((each) => each ?? []);
  if (fitting.length === 0) throw found.notFound(0);
  const named = isNamed ? fitting[0] : theOnly(services, fitting.filter(isOlder), ' without port mapping');
  if (!named) return { older: undefined, mapped: undefined, inRegion: [] };
  const { projectId, provider, region, atlasRegion } = named;
  if (!clouds[provider].older) {
    const { title } = clouds[twoKindProvider];
    throw new UsageError(
      `${nameOf(named)} is on ${clouds[provider].title}. Only ${title} private endpoints can be converted.`,
      `Choose a private endpoint on ${title}.`,
    );
  }
  const all = await (await context.atlas()).listServices(projectId, provider);
  const inRegion = all.filter((each) => each.atlasRegion === atlasRegion);
  if (isOlder(named)) return { older: named, mapped: bestOf(inRegion.filter((each) => !isOlder(each))), inRegion };
  const older = theOnly(services, inRegion.filter(isOlder), ` without port mapping in ${region}`);
  return { older, mapped: named, inRegion };
}

/** Prefers a service that is in use, then one that did not fail. Ignores those that are being deleted. */
function bestOf(mapped: readonly Endpoint[]) {
  const staying = mapped.filter(({ status }) => status !== 'DELETING');
  const working = staying.filter(({ status }) => status !== 'FAILED');
  return working.find(({ interfaceEndpoints }) => interfaceEndpoints.length > 0) ?? working[0] ?? staying[0];
}

/** The same context in the project of an endpoint, which an import id may have named. */
export async function inProjectOf(context: Context, endpoint: Endpoint | undefined): Promise<Context> {
  const usual = await context.settings.usualProject();
  const projectId = endpoint?.projectId ?? usual;
  if (projectId === undefined || projectId === usual) return context;
  return {
    ...context,
    settings: {
      ...context.settings,
      projectId: async () => projectId,
      commandLine: (words) => context.settings.commandLine(cmd`${words} ${option('--project', projectId)}`),
    },
  };
}
