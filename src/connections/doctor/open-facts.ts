import pLimit from 'p-limit';
import type { Atlas } from '../../atlas/client.js';
import { hasNodesIn } from '../../atlas/clusters.js';
import type { Endpoint } from '../../atlas/model.js';
import type { Clock } from '../../base/clock.js';
import { type CliError, ignoreFailure, isFailure } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { once, onceByKey } from '../../base/once.js';
import type { RequestLimits } from '../../base/request-limits.js';
import type { Inspector, OpenInspector } from '../../cloud-side/inspect.js';
import { clouds, type Provider, providers } from '../../clouds/all.js';
import { hasId } from '../../clouds/shapes.js';
import { mostAtOnce } from '../../endpoints/ask.js';
import { findEndpoints } from '../../endpoints/find.js';
import { referrer } from '../../endpoints/name.js';
import type { Session } from '../../endpoints/session.js';
import { attachedTo, notAttached, readAttached } from '../../interfaces/find.js';
import type { Facts, PathFacts, Vantage } from './facts.js';
import { type Reached, reach } from './reach.js';
import { openResolver } from './resolver.js';
import { stringsIn } from './strings.js';

/** What to check, and from where. */
export interface Examined extends Vantage, Pick<Facts, 'signIn'> {
  /** The service; default: all services of the project. */
  endpoint?: string | undefined;
  /** The id of the interface endpoint; default: all of the services. */
  id?: string | undefined;
  cluster: string | undefined;
  /** Opens the user's clouds. */
  openRegion: OpenInspector;
}

/** How long all checks together take at most, if not everything is slow at once. */
const budgetMs = 9000;
/** So that a long list of nodes opens no more sockets than this at a time. */
const mostSockets = 16;

type Part = (most: number, least: number, share: number) => number;

/** Returns a share of the time that is left for all checks: milliseconds, between these limits. */
function startBudget({ monotonic }: Pick<Clock, 'monotonic'>): Part {
  const deadline = monotonic() + budgetMs;
  return (most, least, share) => Math.max(least, Math.min(most, (deadline - monotonic()) * share));
}

const untried: Reached = { failed: 'untried', reason: 'not tried, because no time was left', hello: null };

/** The facts for connection strings that are known already, without Atlas. */
export function openPath(
  { clock, signal }: Pick<Session, 'clock' | 'signal'>,
  vantage: Vantage,
  strings: PathFacts['strings'],
  part: Part = startBudget(clock),
): PathFacts {
  const { dnsServer, authority } = vantage;
  const inTurn = pLimit(mostSockets);
  const reached = onceByKey();
  return {
    ...vantage,
    strings,
    recorded: async () => [],
    resolver: openResolver(dnsServer, { timeoutMs: () => part(2000, 900, 1 / 2), signal }),
    reach: (target) =>
      reached(JSON.stringify(target), () =>
        inTurn(async () => {
          const timeoutMs = part(3000, 0, 1);
          if (timeoutMs === 0) return untried;
          return reach(target, { clock, signal, timeoutMs: Math.max(1000, timeoutMs), authority });
        }),
      ),
  };
}

/** The facts for one run of the checks, as they are now. Each request gets a part of the time that is left. */
export async function openFacts(session: Session, examined: Examined): Promise<Facts & { close(): void }> {
  const { clock } = session;
  const { endpoint, cluster, id } = examined;
  const part = startBudget(clock);
  const limits = (share = 1 / 2): RequestLimits => ({ tries: 2, timeoutMs: part(5000, 500, share) });

  const open = once(async () => readingOnce(await session.atlas(providers.length), limits));
  const projectId = () => session.projectId(limits());
  const usualProject = () => session.usualProject(limits());
  const reading: Session = { ...session, atlas: open, projectId, usualProject };
  const unread: CliError[] = [];
  const onUnread = (error: CliError) => unread.push(error);
  const found = once(() =>
    findEndpoints(reading, endpoint === undefined ? [] : [endpoint], {}, { all: true, onUnread }),
  );
  const all = async (provider: Provider) => (await open()).listServices((await found()).projectId, provider);
  const clusters = async () => (await open()).listClusters((await found()).projectId);
  const refer = await referrer(reading);
  const { cloudEnd, close } = openEnds((provider, region) => {
    const end = clock.monotonic() + part(2500, 1000, 1 / 2);
    return examined.openRegion(provider, region, () => end - clock.monotonic());
  });

  /** With --cluster alone, the services that can serve the cluster. */
  const ofCluster = async (services: readonly Endpoint[]) => {
    if (cluster === undefined || endpoint !== undefined) return services;
    const named = (await clusters().catch(ignoreFailure))?.find(({ name }) => name === cluster);
    return named ? services.filter((service) => hasNodesIn(named, service)) : services;
  };

  const facts: Facts & { close(): void } = {
    ...openPath(
      session,
      examined,
      once(() => stringsIn(facts)),
      part,
    ),
    now: clock.now(),
    services: async () => {
      const { endpoints, notFound } = await found();
      const missing = endpoints.indexOf(undefined);
      if (missing !== -1) throw notFound(missing);
      const services = await ofCluster(endpoints.filter((each) => each !== undefined));
      return id === undefined ? services : servicesWith(session, id, services);
    },
    unread,
    all,
    attached: (service, id) => readAttached(reading, { service, id }),
    recorded: async ({ services, endpointIds }) => {
      const own = attachedTo(services).filter(({ id }) => hasId(endpointIds, id));
      const read = await Promise.all(own.map((each) => readAttached(reading, each).catch(ignoreFailure)));
      return read.flatMap((each) =>
        each ? clouds[each.provider].interfaces.parts(each).flatMap(({ address }) => address ?? []) : [],
      );
    },
    clusters,
    limits: async () => (await open()).getLimits((await found()).projectId),
    cluster,
    refer,
    session,
    signIn: examined.signIn,
    key: async () => (await open()).readKey(),
    projectId: async () => (await found().catch(ignoreTrouble))?.projectId ?? projectId(),
    lists: () => found().catch(ignoreTrouble),
    cloudEnd,
    close,
  };
  return facts;
}

/** The services of this interface endpoint, as if they had no other. Throws a not-found error if there is none. */
function servicesWith(session: Session, id: string, services: readonly Endpoint[]): Endpoint[] {
  const found = services.filter(({ interfaceEndpoints }) => hasId(interfaceEndpoints, id));
  if (found.length === 0) throw notAttached(session, id);
  return found.map((service) => ({ ...service, interfaceEndpoints: [id] }));
}

/** Trouble on the way is no answer about the credentials; the checks on services say it. */
function ignoreTrouble(error: unknown): undefined {
  if (!isFailure(error) || error.exit !== 'unexpected') throw error;
  return undefined;
}

/**
 * The same Atlas, but each list and each interface endpoint is read once, with these limits. A failure is saved too, so
 * that several checks don't wait for the same failure.
 */
function readingOnce(atlas: Atlas, limits: (share?: number) => RequestLimits): Atlas {
  const inTurn = pLimit(mostAtOnce);
  const answers = onceByKey();
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => answers(key, () => inTurn(read));
  return {
    ...atlas,
    listServices: (projectId, provider) =>
      once(`services ${projectId} ${provider}`, () => atlas.listServices(projectId, provider, limits())),
    listClusters: (projectId) => once(`clusters ${projectId}`, () => atlas.listClusters(projectId, limits())),
    getLimits: (projectId) => atlas.getLimits(projectId, { ...limits(), tries: 1 }),
    getInterface: (service, id) =>
      once(`interface ${service.id} ${id}`, () => atlas.getInterface(service, id, limits())),
    // If it fails, there must be time for DNS and the network.
    readKey: () => once('key', () => atlas.readKey(limits(1 / 3))),
    findProject: (name) => once(`project ${name}`, () => atlas.findProject(name, limits())),
  };
}

/** Looks for interface endpoints in the regions where they can be. Opens each region once. */
export function openEnds(open: OpenInspector): Pick<Facts, 'cloudEnd'> & { close(): void } {
  const once = onceByKey();
  const opened = new Set<Promise<Inspector>>();
  const inspectorIn = (provider: Provider, region: string) => {
    const inspector = once(`region ${provider} ${region}`, () => open(provider, region));
    opened.add(inspector);
    return inspector;
  };
  return {
    cloudEnd: ({ provider, region, supportedRemoteRegions }, id) =>
      once(`${provider} ${id}`, async () => {
        const regions = [region, ...texts(supportedRemoteRegions)].filter((each) => each !== '');
        const found = await Promise.all(regions.map(async (each) => (await inspectorIn(provider, each)).inspect(id)));
        return found.find((end) => end !== null) ?? null;
      }),
    close: () => {
      for (const inspector of opened) inspector.then(({ close }) => close?.()).catch(() => undefined);
    },
  };
}
