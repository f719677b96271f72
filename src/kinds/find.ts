import { NotFoundError, UsageError } from '../base/errors.js';
import { advise } from '../base/hint.js';
import { listed } from '../base/listed.js';
import type { RequestLimits } from '../base/request-limits.js';
import { cmd } from '../base/shell.js';
import { isRegion } from '../clouds/regions.js';
import { type Filter, readFilter } from '../endpoints/name.js';
import type { Session } from '../endpoints/session.js';
import type { Kind, KindEndpoint } from './kind.js';
import { listsOf, readList } from './requests.js';
import { nameOfKind } from './view.js';

/** Whether an endpoint is in this region, in either spelling. */
export function isInRegion(
  { region, atlasRegion }: Pick<KindEndpoint, 'region' | 'atlasRegion'>,
  wanted = '',
): boolean {
  return wanted === '' || (region !== null && isRegion({ region, atlasRegion: atlasRegion ?? region }, wanted));
}

interface FindKindOptions {
  /** Each is an id, or a region with one endpoint of this kind. */
  args: readonly string[];
  /** Without arguments, return all endpoints instead of the only one. */
  all?: boolean;
  filter: Filter;
  limits?: RequestLimits;
}

/** Finds the endpoints that arguments name, or the only one. In the order of the arguments; undefined if none matches. */
export async function findKind(
  session: Pick<Session, 'atlas' | 'projectId' | 'commandLine'>,
  kind: Kind,
  { args, all = false, filter, limits }: FindKindOptions,
) {
  if (args.some((each) => each.trim() === ''))
    throw new UsageError('The endpoint argument is empty.', 'Check for an unset variable.');
  const { clouds, region } = readFilter(filter);
  const projectId = await session.projectId(limits);
  const atlas = await session.atlas();
  const read = listsOf(kind, clouds).map((provider) => readList(atlas, kind, { projectId, provider }, limits));
  const there = (await Promise.all(read)).flat().filter((each) => {
    return isInRegion(each, region) && (filter.provider === undefined || clouds.some((name) => name === each.provider));
  });
  const only = (some: readonly KindEndpoint[]) => {
    if (some.length <= 1) return some[0];
    throw new UsageError(`There are ${some.length} endpoints of this kind.`, `Choose one: ${existing(some)}`);
  };
  const find = (name: string) =>
    // Azure changes the case of ids.
    there.find(({ id }) => id.toLowerCase() === name.toLowerCase()) ??
    only(there.filter((each) => isInRegion(each, name)));
  const named = args.map((id) => ({ id: id.trim() }));
  const endpoints = named.length > 0 ? named.map(({ id }) => find(id)) : all ? there : [only(there)];
  const notFound = (index: number) => {
    const what = `No ${kind.noun}${args[index] === undefined ? '' : ` '${args[index]}'`} found in project ${projectId}.`;
    if (there.length > 0) return new NotFoundError(what, `Existing ones: ${existing(there)}`);
    return new NotFoundError(what, advise(session, 'To create one:', cmd`create --kind ${kind.name} --help`));
  };
  return { projectId, named, endpoints, notFound };
}

function existing(some: readonly KindEndpoint[]): string {
  return listed(some.map((each) => `${nameOfKind(each)} (${each.status})`));
}
