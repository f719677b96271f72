import pLimit from 'p-limit';
import type { Atlas } from '../../atlas/client.js';
import { hasNodesIn } from '../../atlas/clusters.js';
import { type Endpoint, withName } from '../../atlas/model.js';
import type { Clock } from '../../base/clock.js';
import { type CliError, ignoreFailure, isFailure } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { grouped } from '../../base/lists.js';
import { once, onceByKey } from '../../base/once.js';
import { clouds, type Provider } from '../../clouds/all.js';
import type { Cloud } from '../../clouds/cloud.js';
import { hasId } from '../../clouds/shapes.js';
import type { SignIn } from '../../config/sign-in.js';
import { mostAtOnce } from '../../endpoints/ask.js';
import type { Context } from '../../endpoints/context.js';
import { findEndpoints } from '../../endpoints/find.js';
import { attachedTo, type InterfaceName, notAttached, readAttached } from '../../endpoints/interfaces/find.js';
import { referrer } from '../../endpoints/name.js';
import { services } from '../../endpoints/services.js';
import type { RequestLimits } from '../../http/retries.js';
import type { ProjectFacts, Vantage } from './facts.js';
import { type Reached, reach } from './reach.js';
import { openResolver } from './resolver.js';
import { type HostSubject, type StringSubject, stringsIn } from './strings.js';

/** Opens a region of the user's cloud. `left`: milliseconds for its requests (default: 5000). */
export type OpenRegion = (
  provider: Provider,
  region: string,
  left?: () => number,
) => Promise<Pick<Cloud, 'inspect' | 'close'>>;

export interface Examined extends Vantage, InterfaceName {
  signIn(): Promise<SignIn>;
  cluster: string | undefined;
  provider: string | undefined;
  openRegion: OpenRegion;
  /** The options of a command line that sign in to a cloud. */
  signInWords(provider: Provider): readonly string[];
}

/** How long all checks together take at most, if not everything is slow at once. */
const budgetMs = 9000;
/** So that a long list of nodes opens no more sockets than this at a time. */
const mostSockets = 16;

/** Returns a share of the time that is left for all checks: milliseconds, between these limits. */
function startBudget({ monotonic }: Pick<Clock, 'monotonic'>) {
  const deadline = monotonic() + budgetMs;
  return (most: number, least: number, share: number) =>
    Math.max(least, Math.min(most, (deadline - monotonic()) * share));
}

const untried: Reached = { failed: 'untried', reason: 'not tried, because no time was left', hello: null };

/** The way from this machine to the nodes of clusters. Nothing of it needs Atlas. */
export type PathFacts = ReturnType<typeof openPath>;

/** The facts for these connection strings, without Atlas. */
export function openPath(
  { clock, signal }: Pick<Context, 'clock' | 'signal'>,
  vantage: Vantage,
  strings: () => Promise<readonly StringSubject[]>,
  part = startBudget(clock),
) {
  const { dnsServer, authority } = vantage;
  const inTurn = pLimit(mostSockets);
  const reached = onceByKey();
  return {
    ...vantage,
    strings,
    resolver: openResolver(dnsServer, { timeoutMs: () => part(2000, 900, 1 / 2), signal }),
    /** Connects to a port of a host, each once. */
    reach: (target: Parameters<typeof reach>[0]) =>
      reached(JSON.stringify(target), () =>
        inTurn(async () => {
          const timeoutMs = part(3000, 0, 1);
          if (timeoutMs === 0) return untried;
          return reach(target, { clock, signal, timeoutMs: Math.max(1000, timeoutMs), authority });
        }),
      ),
    /** The addresses that Atlas has on record for the interface endpoints of a host. Empty if it has none. */
    recorded: async (_: Pick<HostSubject, 'services' | 'endpointIds'>): Promise<readonly string[]> => [],
  };
}

/** What the checks of doctor need to know. Everything is looked up once, when a check asks for it. */
export type Facts = Awaited<ReturnType<typeof openFacts>>;

/** The facts for one run of the checks, as they are now. Each request gets a part of the time that is left. */
export async function openFacts(context: Context, examined: Examined) {
  const { clock } = context;
  const { endpoint, cluster, id, provider } = examined;
  const part = startBudget(clock);
  const limits = (share = 1 / 2): RequestLimits => ({ tries: 2, timeoutMs: part(5000, 500, share) });

  const open = once(async () => readingOnce(await context.atlas(), limits));
  const projectId = () => context.settings.projectId(limits());
  const usualProject = () => context.settings.usualProject(limits());
  const reading: Context = { ...context, atlas: open, settings: { ...context.settings, projectId, usualProject } };
  const unread: CliError[] = [];
  const onUnread = (error: CliError) => unread.push(error);
  const found = once(() =>
    findEndpoints(reading, services, endpoint === undefined ? [] : [endpoint], { provider }, { all: true, onUnread }),
  );
  const all = async (provider: Provider) => (await open()).listServices((await found()).projectId, provider);
  const clusters = async () => (await open()).listClusters((await found()).projectId);
  const refer = await referrer(reading);
  const { inspection, close } = openInspections((provider, region) => {
    const end = clock.monotonic() + part(2500, 1000, 1 / 2);
    return examined.openRegion(provider, region, () => end - clock.monotonic());
  });

  /** With --cluster alone, the services that can serve the cluster. */
  const ofCluster = async (services: readonly Endpoint[]) => {
    if (cluster === undefined || endpoint !== undefined) return services;
    const named = (await clusters().catch(ignoreFailure))?.find(({ name }) => name === cluster);
    return named ? services.filter((service) => hasNodesIn(named, service)) : services;
  };

  const project: ProjectFacts = {
    services: async () => {
      const { endpoints, notFound } = await found();
      // At most one is named.
      if (endpoints.includes(undefined)) throw notFound(0);
      const services = await ofCluster(endpoints.filter((each) => each !== undefined));
      return id === undefined ? services : servicesWith(context, id, services);
    },
    unread,
    all,
    attached: (service, id) => readAttached(reading, { service, id }),
    clusters,
    limits: async () => (await open()).getLimits((await found()).projectId),
    cluster,
    refer,
    context,
  };
  const strings = once(() => stringsIn(project));
  return {
    ...project,
    ...openPath(context, examined, strings, part),
    recorded: async ({ services, endpointIds }: Pick<HostSubject, 'services' | 'endpointIds'>) => {
      const own = attachedTo(services).filter(({ id }) => hasId(endpointIds, id));
      const read = await Promise.all(own.map((each) => readAttached(reading, each).catch(ignoreFailure)));
      return read.flatMap((each) =>
        each ? clouds[each.provider].interfaces.parts(each).flatMap(({ address }) => address ?? []) : [],
      );
    },
    signIn: examined.signIn,
    signInWords: examined.signInWords,
    /** Null for other credentials than API keys. */
    key: async () => (await open()).readKey(),
    /** The id of the project. Reads its services, and throws if Atlas refuses that. */
    projectId: async () => (await found().catch(ignoreTrouble))?.projectId ?? projectId(),
    inspection,
    close,
  };
}

/** The services of this interface endpoint, as if they had no other. Throws a not-found error if there is none. */
function servicesWith(context: Context, id: string, services: readonly Endpoint[]): Endpoint[] {
  const found = withName(attachedTo(services), id);
  if (found.length === 0) throw notAttached(context, id);
  return grouped(found, ({ service }) => service.id).map((all) => {
    return { ...all[0].service, interfaceEndpoints: all.map((each) => each.id) };
  });
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
export function openInspections(open: OpenRegion) {
  const once = onceByKey();
  const opened = new Set<ReturnType<OpenRegion>>();
  const cloudIn = (provider: Provider, region: string) => {
    const cloud = once(`region ${provider} ${region}`, () => open(provider, region));
    opened.add(cloud);
    return cloud;
  };
  return {
    /** The interface endpoint in the user's cloud account; null if the cloud doesn't know it. */
    inspection: ({ provider, region, supportedRemoteRegions }: Endpoint, id: string) =>
      once(`${provider} ${id}`, async () => {
        const regions = [region, ...texts(supportedRemoteRegions)].filter((each) => each !== '');
        const found = await Promise.all(regions.map(async (each) => (await cloudIn(provider, each)).inspect(id)));
        return found.find((each) => each !== null) ?? null;
      }),
    close: () => {
      for (const cloud of opened) cloud.then(({ close }) => close?.()).catch(() => undefined);
    },
  };
}
