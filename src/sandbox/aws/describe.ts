import type { ActionRequest, ReadAction, RegionView } from './action.js';
import { findResource, type ResourceKind, type ResourceOf, resourceKinds } from './lookup.js';
import { invalidValue } from './refusal.js';
import { tagsOf } from './tags.js';
import type { Xml } from './xml.js';

/** The values of a resource that a filter compares. */
type ValuesOf<T> = (of: T, view: RegionView) => readonly (string | boolean)[];
type Filters<T> = Readonly<Record<string, ValuesOf<T>>>;

interface Description<T> {
  /** The resources that the request names, or all. */
  select: (request: ActionRequest) => readonly T[];
  /** The name of the list in the answer. */
  list: string;
  /** By name. Resources can be filtered by their tags too. */
  filters: Filters<T>;
  answer: (request: ActionRequest, resource: T) => Xml;
}

/** An action that describes resources. */
export function describe<T extends { id: string }>({ select, list, filters, answer }: Description<T>): ReadAction {
  return (request) => {
    const found = filtered(request, select(request), filters);
    return { [list]: found.map((each) => answer(request, each)) };
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

/** Items that match every filter. A filter matches if one of its values does; `*` and `?` are wildcards. */
export function filtered<T extends { id: string }>(
  request: ActionRequest,
  all: readonly T[],
  filters: Filters<T>,
): readonly T[] {
  const given = request.query.each('Filter').map((filter) => {
    return { valuesOf: reader(filter.required('Name'), filters), patterns: filter.list('Value').map(patternOf) };
  });
  return all.filter((one) =>
    given.every(({ valuesOf, patterns }) =>
      valuesOf(one, request).some((value) => patterns.some((pattern) => pattern.test(String(value)))),
    ),
  );
}

function reader<T extends { id: string }>(name: string, filters: Filters<T>): ValuesOf<T> {
  const own = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (own) return own;
  if (name === 'tag-key') return ({ id }, { world }) => Object.keys(tagsOf(world, id));
  if (!name.startsWith('tag:')) throw invalidValue(`The filter '${name}' is invalid`);
  const key = name.slice('tag:'.length);
  return ({ id }, { world }) => Object.entries(tagsOf(world, id)).flatMap(([its, value]) => (its === key ? value : []));
}

function patternOf(text: string): RegExp {
  const literal = text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
