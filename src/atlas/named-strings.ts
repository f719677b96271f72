import { isFailure } from '../base/errors.js';
import { at, text, texts } from '../base/json.js';
import type { Provider } from '../clouds/all.js';
import { withBothNames } from '../clouds/regions.js';
import { hasId } from '../clouds/shapes.js';
import type { RequestLimits } from '../http/ask.js';
import { isRefusal } from '../http/request-error.js';
import type { Atlas } from './client.js';
import type { Cluster, ConnectionString } from './clusters.js';
import { fields } from './errors.js';
import { path } from './ids.js';
import type { Endpoint } from './model.js';

/* Named connection strings: a preview, to which a project opts in. Then Atlas adds no strings by itself: users create them in Atlas. */

/** `io`: is warned of what can't be read about named ones, which then counts as not there. Without it, that throws. */
type Reading = { io?: { warn(message: string): void }; limits?: RequestLimits };

/** The clusters of a project. If it has opted in, with their named strings; `strings` also has those that are AVAILABLE. */
export async function listWithNamed(atlas: Atlas, projectId: string, { io, limits }: Reading = {}) {
  const listing = atlas.listClusters(projectId, limits);
  const asking = atlas.getSettings(projectId).catch(orNoSetting);
  // What is wrong with the clusters comes first.
  asking.catch(() => undefined);
  const clusters = await listing;
  const settings = await readable(asking, 'The settings of the project', io);
  if (at(settings, 'privateEndpointConnectionStringsEnabled') !== true) return clusters;
  const used = new Set(clusters.flatMap(({ regions }) => regions.map(({ provider }) => provider)));
  const listServices = (provider: Provider) =>
    readable(atlas.listServices(projectId, provider, limits), `The private endpoint services on ${provider}`, io);
  const services = (await Promise.all([...used].map(listServices))).flatMap((list) => list ?? []);
  const withNamed = async (cluster: Cluster) => {
    const list = path`/api/atlas/v2/groups/${projectId}/clusters/${cluster.name}/privateEndpointConnectionStrings`;
    const toItem = (item: unknown) => toNamed(services, item);
    const listed = atlas.listAll({ path: list, version: 'preview', limits }, 'named connection strings', toItem);
    const named = await readable(listed, `The named connection strings of ${cluster.name}`, io);
    const usable = named?.filter(({ status }) => status === 'AVAILABLE') ?? [];
    return { ...cluster, named: named ?? null, strings: [...cluster.strings, ...usable] };
  };
  return Promise.all(clusters.map(withNamed));
}

function orNoSetting(error: unknown): undefined {
  if (!isRefusal(error) || ![400, 404, 406].includes(Number(error.status))) throw error;
}

function readable<T>(answer: Promise<T>, what: string, io: Reading['io']): Promise<T | undefined> {
  return answer.catch((error: unknown) => {
    if (!isFailure(error)) throw error;
    const unread = error.about(`${what} could not be read`);
    if (!io) throw unread;
    return void io.warn(unread.message);
  });
}

function toNamed(services: readonly Endpoint[], answer: unknown): ConnectionString & { id: string } {
  const string = fields(answer, 'named connection string');
  return {
    id: text(string.connectionStringId) ?? '',
    name: text(string.name),
    status: text(string.status) ?? 'UNKNOWN',
    errorMessage: text(string.errorMessage),
    type: null,
    standard: text(string.connectionString),
    srv: text(string.srvConnectionString),
    srvShardOptimized: null,
    endpoints: texts(string.privateEndpointIds).map((id) => {
      const service = services.find(({ interfaceEndpoints }) => hasId(interfaceEndpoints, id));
      return withBothNames({ id, provider: service?.provider ?? null, region: service?.region ?? null });
    }),
  };
}
