import { at } from '../../base/json.js';
import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/all.js';
import type { CloudRoute } from '../collection.js';
import { ensureFound, type GcpRequest, gcpRead, inProject, invalidField, kindOf, withUrls } from './request.js';

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
  const { query, path } = request;
  const id = path.replace(/.*\/v1\//, '');
  const kind = `${kindOf(`${id}/`)}${id.includes('/aggregated/') ? 'Aggregated' : ''}List`;
  const start = Number(query.get('pageToken') ?? 0);
  const end = start + (Number(query.get('maxResults')) || 500);
  const found = all.map((each) => withUrls(request, each)).filter(filterOf(query.get('filter') ?? ''));
  const items = found.slice(start, end);
  return { kind, id, selfLink: id, items, ...(end < found.length && { nextPageToken: String(end) }) };
}

function patternOf(text: string) {
  try {
    return new RegExp(`^(?:${text})$`, 's');
  } catch {
    return undefined;
  }
}

const condition = /([\w.]+)(\s+eq\s|\s+ne\s|\s*=)\s*(?:"((?:[^"\\]|\\.)*)"|([^\s()"]+))/g;

/** Conditions that must all be true, as gcloud writes them: `(name eq ".*a.*")(status ne DONE)`, also with AND. Google has more. */
function filterOf(filter: string): (item: AnswerBody) => boolean {
  const isKnown = !/[^\s()]/.test(filter.replaceAll(condition, '').replaceAll(/\bAND\b/g, ''));
  if (!isKnown) throw invalidField('filter', filter, 'The sandbox does not have this form.');
  const conditions = [...filter.matchAll(condition)].map(([, key, operator, quoted, plain]) => {
    const text = `${quoted ?? plain}`;
    // https://google.aip.dev/160: = compares literally; eq and ne take regular expressions. Guess: the refusal.
    const pattern = patternOf(operator?.trim() === '=' ? text.replace(/[^\w\s]/g, '\\$&') : text);
    if (!pattern) throw invalidField('filter', filter, 'It is not a valid regular expression.');
    return { path: `${key}`.split('.'), isEqual: operator?.trim() !== 'ne', pattern };
  });
  return (item) =>
    conditions.every(({ path, isEqual, pattern }) => {
      const values = [at(item, ...path) ?? []].flat();
      return values.some((one) => pattern.test(String(one))) === isEqual;
    });
}
