import type { ActionRequest, ReadAction, RegionView } from './action.js';
import { findResource, type ResourceKind, type ResourceOf, resourceKinds } from './lookup.js';
import type { Ec2Query } from './query.js';
import { AwsRefusal, invalidValue } from './refusal.js';
import type { StoredTags } from './resources.js';
import { tagsOf } from './tags.js';
import type { Xml } from './xml.js';

/** The names of filters, and the values that each compares. */
type FilterValues<T> = Readonly<Record<string, (of: T) => readonly (string | boolean)[]>>;

/** Items that match every filter. A filter matches if one of its values does; `*` and `?` are wildcards. */
export function filtered<T>(
  query: Ec2Query,
  all: readonly T[],
  values: FilterValues<T>,
  tagsOf: (of: T) => StoredTags = () => ({}),
): T[] {
  const filters = query.each('Filter').map((filter) => {
    const name = filter.required('Name');
    return { read: reader(name, values, tagsOf), patterns: filter.list('Value').map(patternOf) };
  });
  return all.filter((one) =>
    filters.every(({ read, patterns }) =>
      read(one).some((value) => patterns.some((pattern) => pattern.test(String(value)))),
    ),
  );
}

/** One page of the items that match every filter, and the token of the next page. */
export function ec2PageOf<T>(
  query: Ec2Query,
  ...list: [all: readonly T[], values: FilterValues<T>, tagsOf?: (of: T) => StoredTags]
): { page: T[]; nextToken: string | undefined } {
  const all = filtered(query, ...list);
  const [most, token] = [query.whole('MaxResults'), query.text('NextToken')];
  if (most !== undefined && (most < 1 || most > 1000)) {
    throw invalidValue(`Value ( ${most} ) for parameter maxResults is invalid.`);
  }
  const start = token === undefined ? 0 : startOf(token);
  const end = most === undefined ? all.length : start + most;
  return {
    page: all.slice(start, end),
    nextToken: end < all.length ? Buffer.from(`from ${end}`).toString('base64') : undefined,
  };
}

interface Description<T> {
  /** The resources that the request names, or all. */
  select: (request: ActionRequest) => readonly T[];
  /** The name of the list in the answer. */
  list: string;
  filters: FilterValues<T> | ((request: ActionRequest) => FilterValues<T>);
  answer: (request: ActionRequest, resource: T) => Xml;
}

/** An action that describes resources: with filters, also by tags, and page by page. */
export function describe<T extends { id: string }>({ select, list, filters, answer }: Description<T>): ReadAction {
  return (request) => {
    const { query, world } = request;
    const values = typeof filters === 'function' ? filters(request) : filters;
    const { page, nextToken } = ec2PageOf(query, select(request), values, ({ id }) => tagsOf(world, id));
    return { [list]: page.map((each) => answer(request, each)), nextToken };
  };
}

/** The resources whose ids the request lists, or all. */
export function byIds<K extends ResourceKind>(
  kind: K,
  parameter: string,
): (request: ActionRequest) => readonly ResourceOf<K>[] {
  return (request) => {
    const ids = request.query.list(parameter);
    const all = resourceKinds[kind].of as (view: RegionView) => readonly ResourceOf<K>[];
    return ids.length > 0 ? ids.map((id) => findResource(kind, request, id)) : all(request);
  };
}

/** The index of the first item of a page. */
function startOf(token: string): number {
  const found = /^from (\d{1,9})$/.exec(Buffer.from(token, 'base64').toString())?.[1];
  if (found !== undefined) return Number(found);
  throw new AwsRefusal('InvalidNextToken', 'The token is not valid.');
}

function reader<T>(name: string, values: FilterValues<T>, tagsOf: (of: T) => StoredTags): FilterValues<T>[string] {
  const read = Object.hasOwn(values, name) ? values[name] : undefined;
  if (read) return read;
  if (name === 'tag-key') return (one) => Object.keys(tagsOf(one));
  if (name.startsWith('tag:')) {
    const key = name.slice('tag:'.length);
    return (one) => (Object.hasOwn(tagsOf(one), key) ? [tagsOf(one)[key] ?? ''] : []);
  }
  throw invalidValue(`The filter '${name}' is invalid`);
}

function patternOf(text: string): RegExp {
  const literal = text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
