import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/all.js';
import type { CloudRoute } from '../collection.js';
import { selects } from './filter.js';
import { ensureFound, type GcpRequest, gcpRead, inProject, invalidField, withUrls } from './request.js';

/* Lists, and what is in them. What is in a list has its path as `selfLink`. */

type Found = Partial<Record<'path' | 'selfLink', unknown>>;
type All = (request: GcpRequest) => readonly AnswerBody[];

/** The routes to a list and to each in it. `resource`: its name in permissions, such as `globalAddresses`. */
export function listRoutes(path: string, resource: string, all: All): CloudRoute<GcpRequest>[] {
  const name = path.replace(/.*\//, '');
  return [
    gcpRead(path, `compute.${resource}.list`, (request) => selectedPage(request, all(request))),
    gcpRead(`${path}/{name}`, `compute.${resource}.get`, (request) => findIn(request, name, all(request))),
  ];
}

/** The one that the request names. */
export function findIn<T extends Found>({ place, parts }: GcpRequest, list: string, all: readonly T[]): T {
  const named = `${place}/${list}/${parts.name}`;
  const found = all.find(({ path, selfLink = path }) => selfLink === named);
  ensureFound(found, named);
  return found;
}

/** The route to those of all regions, and to the global ones. */
export function aggregatedList(name: string, resource: string, all: All): CloudRoute<GcpRequest> {
  const scopes = ['global', ...knownRegions('GCP').map((region) => `regions/${region}`)];
  return gcpRead(`${inProject}/aggregated/${name}`, `compute.${resource}.list`, (request) => {
    const { items, ...page } = selectedPage(request, all(request));
    const scoped = scopes.map((scope) => {
      const here = items.filter(({ selfLink }) => String(selfLink).includes(`/${scope}/`));
      return [scope, { [name]: here }];
    });
    return { items: Object.fromEntries(scoped), ...page };
  });
}

/** The page that the request asks for, of what its filter selects. `orderBy` has no effect here. */
export function selectedPage(request: GcpRequest, all: readonly AnswerBody[]) {
  const start = wholeIn(request, 'pageToken', all.length);
  const end = start + (wholeIn(request, 'maxResults', 500) || 500);
  const filter = request.query.get('filter') ?? '';
  try {
    // Also without items, the filter must be well-formed.
    selects(filter, {});
    const found = all.map((each) => withUrls(request, each)).filter((each) => selects(filter, each));
    return { items: found.slice(start, end), ...(end < found.length && { nextPageToken: String(end) }) };
  } catch {
    throw invalidField('filter', filter, 'Invalid list filter expression.');
  }
}

function wholeIn({ query }: GcpRequest, name: string, most: number) {
  const text = query.get(name) || '0';
  const isFine = /^\d+$/.test(text) && Number(text) <= most;
  if (!isFine) throw invalidField(name, text, `Must be a number from 0 to ${most}.`);
  return Number(text);
}
