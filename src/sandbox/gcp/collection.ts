import { knownRegions } from '../../clouds/regions.js';
import type { AnswerBody } from '../clouds/cloud.js';
import type { CloudRoute } from '../rest.js';
import { invalidField, notFound } from './refusal.js';
import { type GcpRequest, gcpRead, inProject, inRegion } from './request.js';
import { type GcpResource, isThere, partsOf } from './resources.js';

/* Resources of a kind, and how they are read: one, those of a region, or those of all regions. */

interface Collection<T> {
  /** As in paths, and of one: `addresses` and `address`. */
  name: string;
  kind: string;
  /** Those of the request's project that Google returns. */
  all(request: GcpRequest): readonly T[];
  /** What an answer says of one, beside its body. */
  more?(request: GcpRequest, one: T): AnswerBody;
}

export function collectionReads<T extends Pick<GcpResource, 'path' | 'body'>>(collection: Collection<T>): CloudRoute[] {
  const { name, kind, all, more } = collection;
  const answer = (request: GcpRequest, one: T): AnswerBody => ({
    kind: `compute#${kind}`,
    name: partsOf(one.path).name,
    ...withUrls(request, { ...one.body, ...more?.(request, one) }),
    region: request.url(partsOf(one.path).place),
    selfLink: request.url(one.path),
  });
  const found = (request: GcpRequest) => {
    const here = all(request).filter(({ path }) => path.startsWith(`${request.place}/`));
    return pageOfItems(
      request,
      here.map((one) => answer(request, one)),
    );
  };
  return [
    gcpRead('GET', `${inRegion}/${name}`, `compute.${name}.list`, (request) => {
      return { kind: `compute#${kind}List`, ...found(request) };
    }),
    gcpRead('GET', `${inProject}/aggregated/${name}`, `compute.${name}.list`, (request) => {
      const { items, ...next } = found(request);
      return { kind: `compute#${kind}AggregatedList`, items: byScope(request, name, items), ...next };
    }),
    gcpRead('GET', `${inRegion}/${name}/{name}`, `compute.${name}.get`, (request) => {
      return answer(request, findNamed(request, name, all(request)));
    }),
  ];
}

/** Those that were created. At first, Google does not find them. */
export function createdOnes({ world, now, place }: GcpRequest, collection: string): GcpResource[] {
  const isFound = (each: GcpResource) => isThere(each, now) && now >= each.createdAt + world.options.gcpLag;
  const isHere = ({ path }: GcpResource) => path.startsWith(`${place}/`) && partsOf(path).collection === collection;
  return world.gcp.resources.filter((each) => isHere(each) && isFound(each));
}

/** The one that the path of the request names. */
export function findNamed<T extends { path: string }>(request: GcpRequest, collection: string, all: readonly T[]): T {
  const path = `${request.place}/${collection}/${request.parts.name}`;
  const found = all.find((each) => each.path === path);
  if (found) return found;
  throw notFound(path);
}

function withUrls({ url }: GcpRequest, body: AnswerBody): AnswerBody {
  const isLink = (key: string) => ['network', 'subnetwork', 'target'].includes(key);
  return Object.fromEntries(
    Object.entries(body).map(([key, value]) => [key, isLink(key) ? url(String(value)) : value]),
  );
}

function byScope({ url, place }: GcpRequest, collection: string, items: readonly AnswerBody[]): AnswerBody {
  const scopes = knownRegions('GCP').map((region) => {
    const its = items.filter((each) => each.region === url(`${place}/regions/${region}`));
    const warning = { code: 'NO_RESULTS_ON_PAGE', message: `There are no results for scope 'regions/${region}'.` };
    return [`regions/${region}`, its.length > 0 ? { [collection]: its } : { warning }];
  });
  return Object.fromEntries(scopes);
}

/** The page of the list that the query requests. */
export function pageOfItems({ query }: GcpRequest, all: readonly AnswerBody[]) {
  const found = all.filter(matcher(query.get('filter') ?? ''));
  const [size, token] = [query.get('maxResults') || '500', query.get('pageToken') || '0'];
  const [most, from] = [Number(size), Number(token)];
  if (!Number.isInteger(most) || most < 0 || most > 500)
    throw invalidField('maxResults', size, 'Values must be within the range: [0, 500]');
  if (!Number.isInteger(from) || from < 0) throw invalidField('pageToken', token, 'The page token is not valid.');
  const to = from + (most || 500);
  return { items: found.slice(from, to), ...(to < found.length && { nextPageToken: String(to) }) };
}

/** The sandbox compares one key: `name = mine`, or `name eq PATTERN`, where the pattern is a regular expression. */
function matcher(filter: string): (item: AnswerBody) => boolean {
  if (filter === '') return () => true;
  const [, key = '', operator, value = ''] = /^(\w+)\s*(=|\beq\b)\s*"?([^"]*)"?$/.exec(filter) ?? [];
  try {
    const pattern = operator === 'eq' ? new RegExp(`^(?:${value})$`) : undefined;
    if (operator !== undefined) return (item) => pattern?.test(String(item[key])) ?? item[key] === value;
  } catch {
    // The pattern is not valid.
  }
  throw invalidField('filter', filter, 'Invalid list filter expression.');
}
