import pLimit from 'p-limit';
import type { Atlas } from '../../atlas/client.js';
import { type Cluster, hasNodesIn } from '../../atlas/clusters.js';
import { changingRoles, isOffAccessList } from '../../atlas/errors.js';
import { type Endpoint, withName } from '../../atlas/model.js';
import { CliError, orNone } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { once, onceByKey } from '../../base/once.js';
import { grouped, listed } from '../../base/words.js';
import { clouds, type Provider } from '../../clouds/all.js';
import type { Cloud, CloudOptions } from '../../clouds/cloud.js';
import { hasId } from '../../clouds/shapes.js';
import { originText } from '../../config/precedence.js';
import { publicIdOf, titleOf } from '../../config/settings.js';
import type { Context } from '../../endpoints/context.js';
import { findEndpoints, mostAtOnce } from '../../endpoints/find.js';
import { attachedTo, type InterfaceName, notAttached, readAttached } from '../../endpoints/interfaces.js';
import { referrer } from '../../endpoints/name.js';
import type { RequestLimits } from '../../http/ask.js';
import type { ServiceReads } from '../waits.js';
import { bad, type Category, checksOnce, good, itemsOf, mostNames } from './check.js';
import { openPath, startBudget, type Vantage } from './path.js';
import { type StringSubject, stringsIn } from './strings.js';

/**
 * Opens a region of the user's cloud. `account`: options that sign in to another account. `left`: milliseconds for its
 * requests (default: 5000).
 */
export type OpenRegion = (
  place: { provider: Provider; region: string; account?: CloudOptions | undefined },
  remainingMs?: () => number,
) => Promise<Pick<Cloud, 'inspect'>>;

interface Examined extends Vantage, InterfaceName {
  cluster: string | undefined;
  provider: string | undefined;
  openRegion: OpenRegion;
  signInWords(provider: Provider): readonly string[];
}

/** What Atlas says about a project, as far as the checks on services, interface endpoints and clusters need it. */
export interface ProjectFacts extends ServiceReads {
  /** The services to check. Throws a not-found error if the selected one doesn't exist. */
  services(): Promise<readonly Endpoint[]>;
  /** Clouds whose services could not be read. Complete when `services` has returned. */
  unread: readonly CliError[];
  clusters(): Promise<readonly Cluster[]>;
  /** The cluster to check; default: those with nodes in a region of the services. */
  cluster?: string | undefined;
  refer(service: Endpoint): string;
  context: Pick<Context, 'io' | 'settings' | 'clock'>;
}

/** What the checks of doctor need to know. Everything is looked up once, when a check asks for it. */
export type Facts = Awaited<ReturnType<typeof openFacts>>;

/** The facts for one run of the checks, as they are now. Each request gets a part of the time that is left. */
export async function openFacts(context: Context, examined: Examined) {
  const { clock } = context;
  const { endpoint, cluster, id, provider } = examined;
  const part = startBudget(clock);
  const limits = () => {
    const totalMs = part(5000, 500, 1 / 2);
    return { tries: 2, timeoutMs: totalMs, totalMs };
  };

  const open = once(async () => readingOnce(await context.atlas(), limits));
  const projectId = () => context.settings.projectId(limits());
  const usualProject = () => context.settings.usualProject(limits());
  const reading: Context = { ...context, atlas: open, settings: { ...context.settings, projectId, usualProject } };
  const unread: CliError[] = [];
  const onUnread = (error: CliError) => unread.push(error);
  const found = once(() => findEndpoints(reading, [endpoint], { provider }, { all: true, onUnread }));
  const refer = await referrer(reading);
  const inspection = openInspections((place) => {
    const end = clock.monotonic() + part(2500, 1000, 1 / 2);
    return examined.openRegion(place, () => end - clock.monotonic());
  });

  const project: ProjectFacts = {
    services: async () => {
      const { endpoints, notFound } = await found();
      // At most one is named.
      if (endpoints.includes(undefined)) throw notFound(0);
      const named = endpoints.filter((each) => each !== undefined);
      const services = endpoint === undefined ? await withNodesOf(cluster, named, project.clusters) : named;
      return id === undefined ? services : servicesWith(context, id, services);
    },
    unread,
    all: async (provider) => (await open()).listServices((await found()).projectId, provider),
    attached: (service, id) => readAttached(reading, { service, id }),
    clusters: async () => (await open()).listClusters((await found()).projectId),
    cluster,
    refer,
    context,
  };
  const strings = once(() => stringsIn(project));
  return {
    ...project,
    ...openPath(context, examined, strings, part),
    recorded: (string: Pick<StringSubject, 'services' | 'endpointIds'>) => addressesOnRecord(reading, string),
    signInWords: examined.signInWords,
    keyRoles: async () => (await open()).readKeyRoles(),
    /** The id of the project. Reads its services, and throws if Atlas refuses that. */
    projectId: async () => {
      try {
        return (await found()).projectId;
      } catch (error) {
        // Trouble on the way is no answer about the credentials; the checks on services say it.
        if (!(error instanceof CliError) || error.exit !== 'unexpected') throw error;
        return projectId();
      }
    },
    inspection,
  };
}

/** The services in regions where this cluster has nodes. All of them if none is named, or it can't be read. */
async function withNodesOf(
  cluster: string | undefined,
  services: readonly Endpoint[],
  readClusters: ProjectFacts['clusters'],
) {
  if (cluster === undefined) return services;
  const named = (await orNone(readClusters()))?.find(({ name }) => name === cluster);
  return named ? services.filter((service) => hasNodesIn(named, service)) : services;
}

/** The addresses that Atlas has for the interface endpoints of a string. What can't be read is left out. */
async function addressesOnRecord(
  reading: Context,
  { services, endpointIds }: Pick<StringSubject, 'services' | 'endpointIds'>,
) {
  const own = attachedTo(services).filter(({ id }) => hasId(endpointIds, id));
  const read = await Promise.all(own.map((each) => orNone(readAttached(reading, each))));
  return read.flatMap((each) =>
    each ? clouds[each.provider].interfaces.parts(each).flatMap(({ address }) => address ?? []) : [],
  );
}

/** The services of this interface endpoint, as if they had no other. Throws a not-found error if there is none. */
function servicesWith(context: Context, id: string, services: readonly Endpoint[]) {
  const found = withName(attachedTo(services), id);
  if (found.length === 0) throw notAttached(context, id);
  return grouped(found, ({ service }) => service.id).map((all) => {
    return { ...all[0].service, interfaceEndpoints: all.map((each) => each.id) };
  });
}

/** Reads each list and each interface endpoint once. Checks share failures too, so that they don't wait twice. */
function readingOnce(atlas: Atlas, limits: () => RequestLimits): Atlas {
  const inTurn = pLimit(mostAtOnce);
  const answers = onceByKey();
  const once = <T>(key: string, read: () => Promise<T>) => answers(key, () => inTurn(read));
  return {
    ...atlas,
    listServices: (projectId, provider) =>
      once(`services ${projectId} ${provider}`, () => atlas.listServices(projectId, provider, limits())),
    listClusters: (projectId) => once(`clusters ${projectId}`, () => atlas.listClusters(projectId, limits())),
    getInterface: (service, id) =>
      once(`interface ${service.id} ${id}`, () => atlas.getInterface(service, id, limits())),
    readKeyRoles: () => once('key', () => atlas.readKeyRoles(limits())),
    findProject: (name) => once(`project ${name}`, () => atlas.findProject(name, limits())),
  };
}

export function openInspections(open: OpenRegion) {
  const once = onceByKey();
  const cloudIn = (place: Parameters<OpenRegion>[0]) => once(`region ${JSON.stringify(place)}`, () => open(place));
  /** The interface endpoint in the user's cloud account; null if the cloud doesn't know it. */
  return (service: Endpoint, id: string, account?: CloudOptions) =>
    // In GCP, two regions may have the same name.
    once(JSON.stringify([service.id, id, account]), async () => {
      const { provider, supportedRemoteRegions } = service;
      const regions = [service.region, ...texts(supportedRemoteRegions)].filter((each) => each !== '');
      const inspect = async (region: string) => (await cloudIn({ provider, region, account })).inspect(id);
      return (await Promise.all(regions.map(inspect))).find((each) => each !== null) ?? null;
    });
}

async function checkCredentials(_: unknown, { context }: Facts) {
  const { credentials, origin, baseUrl } = await context.settings.signIn();
  const id = publicIdOf(credentials);
  const kind = titleOf(credentials);
  const what = `${kind}${id === null ? '' : ` ${id}`}`;
  return good(`${what} from ${originText(origin)}, for ${baseUrl}`, [kind]);
}

async function checkValid(_: unknown, { keyRoles }: Facts) {
  // If the address is not on the list, Atlas knows the key.
  await refusalOf(keyRoles());
  return good('Atlas accepts the credentials');
}

async function checkAccessList(_: unknown, { keyRoles, projectId }: Facts) {
  // Which requests the list applies to may differ.
  const refusal = (await refusalOf(keyRoles())) ?? (await refusalOf(projectId()).catch(() => undefined));
  if (refusal) {
    const brief = 'this address is not on the API access list';
    return bad({ brief, detail: refusal.message, hint: refusal.hint });
  }
  return good('this address is allowed');
}

async function checkRoles(_: unknown, { keyRoles, projectId }: Facts) {
  const project = await projectId();
  const all = await keyRoles();
  if (all === null) return good('can read the private endpoints');
  const own = all.filter((role) => role.projectId === null || role.projectId === project);
  const names = own.map(({ name }) => name);
  const roles = names.map(roleTitle);
  if (names.includes('ORG_OWNER') || names.includes('GROUP_OWNER')) return good(listed(names), roles);
  const canChange = roles.some((role) => changingRoles.includes(role));
  const able = canChange
    ? 'can read, create and delete private endpoints'
    : 'can read private endpoints, but not create or delete them';
  return good(`${listed(names) || 'none'}: ${able}`, roles);
}

/** `GROUP_READ_ONLY` as `Project Read Only`. */
function roleTitle(name: string) {
  const full = name.replace(/^GROUP_/, 'PROJECT_').replace(/^ORG_/, 'ORGANIZATION_');
  const words = full.split('_');
  return words.map((word) => `${word.slice(0, 1)}${word.slice(1).toLowerCase()}`).join(' ');
}

export const keyCategory: Category<Facts> = {
  name: 'key',
  title: 'Credentials',
  groups: [
    checksOnce([
      { id: 'key-credentials', title: 'Credentials source', needs: [], run: checkCredentials },
      { id: 'key-valid', title: 'Sign-in', needs: ['key-credentials'], run: checkValid },
      { id: 'key-access-list', title: 'API access list', needs: ['key-valid'], isFinal: true, run: checkAccessList },
      { id: 'key-roles', title: 'Roles in the project', needs: ['key-access-list'], run: checkRoles },
    ]),
  ],
  summary: (checks) =>
    listed([...itemsOf(checks, 'key-credentials'), ...itemsOf(checks, 'key-roles')], mostNames + 1),
};

/** The error if this address is not on the API access list; undefined if it is. Throws any other error. */
async function refusalOf(request: Promise<unknown>) {
  try {
    await request;
    return undefined;
  } catch (error) {
    if (isOffAccessList(error)) return error;
    throw error;
  }
}
