import type { Atlas } from '../../atlas/client.js';
import type { Effort } from '../../base/effort.js';

/**
 * The same Atlas, but each list and each interface endpoint is read once, with this effort. A failure is kept too, so
 * that several checks don't wait for the same failure.
 */
export function readingOnce(atlas: Atlas, effort: () => Effort): Atlas {
  const inTurn = fewAtOnce();
  const answers = new Map<string, Promise<unknown>>();
  const once = <T>(key: string, read: () => Promise<T>): Promise<T> => {
    const answer = (answers.get(key) as Promise<T> | undefined) ?? inTurn(read);
    answers.set(key, answer);
    return answer;
  };
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

/** A project may have many interface endpoints, and Atlas limits requests. */
const mostAtOnce = 8;

/** Runs few of the requests that are made at the same time, and the others after them. */
function fewAtOnce(): <T>(send: () => Promise<T>) => Promise<T> {
  let free = mostAtOnce;
  const waiting: (() => void)[] = [];
  return async (send) => {
    if (free > 0) free--;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await send();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else free++;
    }
  };
}
