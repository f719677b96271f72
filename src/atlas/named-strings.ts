import { ignoreFailure, orNone } from '../base/errors.js';
import { at, text, texts } from '../base/json.js';
import { providers } from '../clouds/all.js';
import { hasId } from '../clouds/shapes.js';
import type { RequestLimits } from '../http/retries.js';
import type { Atlas } from './client.js';
import type { Cluster, ConnectionString } from './clusters.js';
import { fields } from './errors.js';
import { path } from './ids.js';
import type { Endpoint } from './model.js';

/* Named connection strings: a preview, to which a project opts in. Then Atlas adds none by itself: users make them there. */

const version = 'preview';

/**
 * The clusters of a project, with their named connection strings if it has opted in. Those that are AVAILABLE are also among
 * the others. What can't be read counts as not there.
 */
export async function listWithNamed(atlas: Atlas, projectId: string, limits?: RequestLimits): Promise<Cluster[]> {
  const ofProject = path`/api/atlas/v2/groups/${projectId}`;
  const settings = atlas.send({ method: 'GET', path: `${ofProject}/settings`, version, limits }).catch(ignoreFailure);
  const [clusters, found] = await Promise.all([atlas.listClusters(projectId, limits), settings]);
  if (at(found, 'privateEndpointConnectionStringsEnabled') !== true) return clusters;
  const services = (await Promise.all(providers.map((each) => atlas.listServices(projectId, each, limits)))).flat();
  const withNamed = async (cluster: Cluster) => {
    const list = ofProject + path`/clusters/${cluster.name}/privateEndpointConnectionStrings`;
    const toItem = (item: unknown) => toNamed(services, item);
    const named = await orNone(atlas.listAll({ path: list, version, limits }, 'named connection strings', toItem));
    const usable = named.filter(({ status }) => status === 'AVAILABLE');
    return { ...cluster, named, strings: [...cluster.strings, ...usable] };
  };
  return Promise.all(clusters.map(withNamed));
}

function toNamed(services: readonly Endpoint[], answer: unknown): ConnectionString & { id: string } {
  const string = fields(answer, 'named connection string');
  return {
    id: text(string.connectionStringId) ?? '',
    name: text(string.name),
    status: text(string.status) ?? 'UNKNOWN',
    type: null,
    standard: text(string.connectionString),
    srv: text(string.srvConnectionString),
    srvShardOptimized: null,
    endpoints: texts(string.privateEndpointIds).map((id) => {
      const service = services.find(({ interfaceEndpoints }) => hasId(interfaceEndpoints, id));
      const { provider = '', region = '', atlasRegion = '' } = service ?? {};
      return { id, provider, region, atlasRegion };
    }),
  };
}
