import type { Endpoint } from '../../atlas/model.js';
import { UsageError } from '../../base/errors.js';
import { cmd, option } from '../../base/shell.js';
import { clouds, twoKindProvider } from '../../clouds/all.js';
import { findEndpoint, findEndpoints } from '../../endpoints/find.js';
import { theOnly } from '../../endpoints/match.js';
import { isOlder } from '../../endpoints/older.js';
import type { Session } from '../../endpoints/session.js';
import { nameOf } from '../../endpoints/view.js';

/** What `convert` is about: a service without port mapping, and the one with port mapping that replaces it. */
export interface ServicePair {
  /** Undefined if there is none any more. */
  older: Endpoint | undefined;
  /** Undefined if it has not been created yet. */
  mapped: Endpoint | undefined;
  /** All services of the region. In regional mode several old ones can share the new one. */
  there: readonly Endpoint[];
}

/**
 * Finds the service to convert, and its replacement. The argument can name either of them. Without an argument, it is
 * the only service without port mapping. Undefined if the project has only services with port mapping. Throws a
 * not-found error, or a usage error if several match.
 */
export async function findPair(session: Session, argument: string | undefined): Promise<ServicePair | undefined> {
  const named = argument === undefined ? await findOnly(session) : await findNamed(session, argument);
  if (!named) return undefined;
  const atlas = await session.atlas();
  const all = await atlas.listServices(named.projectId, named.provider);
  const there = all.filter(({ atlasRegion }) => atlasRegion === named.atlasRegion);
  const where = ` without port mapping in ${named.region}`;
  return {
    older: isOlder(named) ? named : theOnly(there.filter(isOlder), where),
    mapped: isOlder(named) ? bestOf(there.filter((each) => !isOlder(each))) : named,
    there,
  };
}

async function findOnly(session: Session): Promise<Endpoint | undefined> {
  const found = await findEndpoints(session, [], { provider: twoKindProvider.toLowerCase() }, { all: true });
  const all = found.endpoints.flatMap((each) => each ?? []);
  if (all.length === 0) throw found.notFound(0);
  return theOnly(all.filter(isOlder), ' without port mapping');
}

async function findNamed(session: Session, argument: string): Promise<Endpoint> {
  const named = await findEndpoint(session, argument, {}, { prefer: isOlder });
  const { older, title } = clouds[named.provider];
  if (older) return named;
  throw new UsageError(
    `${nameOf(named)} is on ${title}. Only ${clouds[twoKindProvider].title} private endpoints can be converted.`,
    `Choose a private endpoint on ${clouds[twoKindProvider].title}.`,
  );
}

/** Of several services with port mapping, one that is in use, or one that did not fail. None that is being deleted. */
function bestOf(mapped: readonly Endpoint[]): Endpoint | undefined {
  const staying = mapped.filter(({ status }) => status !== 'DELETING');
  const working = staying.filter(({ status }) => status !== 'FAILED');
  return working.find(({ interfaceEndpoints }) => interfaceEndpoints.length > 0) ?? working[0] ?? staying[0];
}

/** The same session in the project of an endpoint, which an import id may have named. */
export async function inProjectOf(session: Session, { projectId }: Endpoint): Promise<Session> {
  const usual = await session.projectId().catch(() => undefined);
  if (usual === projectId) return session;
  return {
    ...session,
    projectId: async () => projectId,
    commandLine: (words) => session.commandLine(cmd`${words} ${option('--project', projectId)}`),
  };
}
