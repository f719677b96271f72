import type { AnswerBody } from '../clouds/cloud.js';
import { GcpRefusal, invalidField } from './refusal.js';
import type { GcpRequest } from './request.js';
import { gcpUrl } from './resources.js';

/* Lists in Google's format: of one region, or of all regions by scope; with pages and a filter. */

/** Query parameters of lists. */
export const listNames = ['filter', 'maxResults', 'pageToken', 'returnPartialSuccess'];
export const aggregatedNames = [...listNames, 'includeAllScopes', 'serviceProject'];

export function listAnswer(request: GcpRequest, kind: string, all: readonly AnswerBody[]): AnswerBody {
  const { items, next } = page(request, all);
  return { ...about(kind), ...(items.length > 0 && { items }), ...next };
}

/** `collection`: the key of the resources in a scope. */
export function aggregatedAnswer(
  request: GcpRequest,
  kind: string,
  collection: string,
  all: readonly AnswerBody[],
  regions: readonly string[],
): AnswerBody {
  const { items, next } = page(request, all);
  const scopes = regions.map((region) => {
    const scope = `regions/${region}`;
    const url = gcpUrl(request, `projects/${request.project}/${scope}`);
    const its = items.filter((each) => each.region === url);
    const message = `There are no results for scope '${scope}' on this page.`;
    const warning = { code: 'NO_RESULTS_ON_PAGE', message, data: [{ key: 'scope', value: scope }] };
    return [scope, its.length > 0 ? { [collection]: its } : { warning }];
  });
  return { ...about(kind), items: Object.fromEntries(scopes), ...next };
}

function about(kind: string): AnswerBody {
  return { kind: `compute#${kind}`, id: kind };
}

function page({ query }: GcpRequest, all: readonly AnswerBody[]) {
  const found = all.filter(matcher(query.get('filter')));
  const [size, token] = [query.get('maxResults') ?? '500', query.get('pageToken') ?? ''];
  const most = Number(size);
  if (!/^\d+$/.test(size) || most > 500)
    throw new GcpRefusal(400, 'invalidParameter', `Invalid value '${size}'. Values must be within the range: [0, 500]`);
  const from = token === '' ? 0 : Number(/^from-(\d+)$/.exec(Buffer.from(token, 'base64url').toString())?.[1]);
  if (Number.isNaN(from)) throw invalidField('pageToken', token, 'The page token is not valid.');
  const to = from + (most === 0 ? 500 : most);
  const next = to < found.length ? { nextPageToken: Buffer.from(`from-${to}`).toString('base64url') } : {};
  return { items: found.slice(from, to), next };
}

/** One comparison with a key: `name = a`, `name eq "a.*"` or `name != a`; or several, each in parentheses. */
function matcher(filter: string | null): (item: AnswerBody) => boolean {
  if (filter === null || filter === '') return () => true;
  const several = /^\((.*)\)$/.exec(filter)?.[1]?.split(/\)\s*(?:AND\s*)?\(/) ?? [filter];
  const all = several.map((text) => {
    const [, key = '', operator, quoted, bare = ''] =
      /^\s*(\w+)\s*(=|!=|\beq\b|\bne\b)\s*(?:"([^"]*)"|'?([^'"\s]+)'?)\s*$/.exec(text) ?? [];
    if (operator === undefined) throw invalidField('filter', filter, 'Invalid list filter expression.');
    const value = quoted ?? bare;
    // `eq` and `ne` compare with a regular expression of RE2.
    const pattern = /^[en]/.test(operator) ? value : value.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return { key, pattern: regularExpression(filter, pattern), isEqual: operator === '=' || operator === 'eq' };
  });
  return (item) => all.every(({ key, pattern, isEqual }) => pattern.test(String(item[key] ?? '')) === isEqual);
}

function regularExpression(filter: string, pattern: string): RegExp {
  try {
    return new RegExp(`^(?:${pattern})$`);
  } catch {
    throw invalidField('filter', filter, 'Invalid list filter expression.');
  }
}
