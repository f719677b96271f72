import pLimit from 'p-limit';
import type { Atlas } from '../../atlas/client.js';
import type { Effort } from '../../base/effort.js';
import { onceByKey } from '../../base/once-by-key.js';
import { mostAtOnce } from '../../endpoints/ask.js';

/**
 * The same Atlas, but each list and each interface endpoint is read once, with this effort. A failure is kept too, so
 * that several checks don't wait for the same failure.
 */
export function readingOnce(atlas: Atlas, effort: () => Effort): Atlas {
  const inTurn = pLimit(mostAtOnce);
  const answers = onceByKey();
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => answers(key, () => inTurn(read));
  return {
    ...atlas,
    listServices: (projectId, provider) =>
      once(`services ${projectId} ${provider}`, () => atlas.listServices(projectId, provider, effort())),
    listClusters: (projectId) => once(`clusters ${projectId}`, () => atlas.listClusters(projectId, effort())),
    getInterface: (service, id) =>
      once(`interface ${service.id} ${id}`, () => atlas.getInterface(service, id, effort())),
    readKey: () => once('key', () => atlas.readKey(effort())),
    findProject: (name) => once(`project ${name}`, () => atlas.findProject(name, effort())),
  };
}
