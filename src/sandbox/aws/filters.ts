import type { Ec2Query } from './query.js';
import { AwsRefusal } from './refusal.js';
import type { StoredTags } from './resources.js';

/** The names of filters, and the values that each compares. */
export type FilterValues<T> = Readonly<Record<string, (of: T) => readonly (string | boolean)[]>>;

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
    throw new AwsRefusal('InvalidParameterValue', `Value ( ${most} ) for parameter maxResults is invalid.`);
  }
  const start = token === undefined ? 0 : startOf(token);
  const end = most === undefined ? all.length : start + most;
  return {
    page: all.slice(start, end),
    nextToken: end < all.length ? Buffer.from(`from ${end}`).toString('base64') : undefined,
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
  throw new AwsRefusal('InvalidParameterValue', `The filter '${name}' is invalid`);
}

function patternOf(text: string): RegExp {
  const literal = text.replace(/[.+^${}()|[\]\\]/g, '\\$&');
  return new RegExp(`^${literal.replaceAll('*', '.*').replaceAll('?', '.')}$`, 's');
}
