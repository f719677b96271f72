import { counted } from '../base/listed.js';
import { askEach, mostAtOnce } from '../endpoints/ask.js';
import { type Filter, readFilter } from '../endpoints/name.js';
import type { Failure } from '../endpoints/read-lists.js';
import type { Session } from '../endpoints/session.js';
import type { Row } from '../ui/view.js';
import { clusterKind, kinds } from './all.js';
import { isInRegion } from './find.js';
import type { Kind } from './kind.js';
import { isRefused, listsOf, readList } from './requests.js';

/**
 * Reads the endpoints of a kind in these projects, a few requests at a time; without a kind, of all kinds and of clusters.
 * `notes`: which of all kinds the credentials may not read. Throws if nothing could be read.
 */
export async function listKinds(
  { atlas: open }: Pick<Session, 'atlas'>,
  kind: Kind | undefined,
  projects: readonly string[],
  filter: Filter,
) {
  const { clouds, region } = readFilter(filter);
  const lists = [
    ...(kind ? [] : clouds.map((provider) => ({ one: undefined, provider }))),
    ...(kind ? [kind] : kinds).flatMap((one) => listsOf(one, clouds).map((provider) => ({ one, provider }))),
  ];
  const requests = projects.flatMap((projectId) => lists.map((list) => ({ ...list, projectId })));
  const atlas = await open(Math.min(requests.length, mostAtOnce));
  const read = async ({ one, ...place }: (typeof requests)[number]): Promise<readonly Row[]> => {
    if (one) return readList(atlas, one, place);
    const services = await atlas.listServices(place.projectId, place.provider);
    return services.map((service) => ({ kind: clusterKind, ...service }));
  };
  const { answers, failures: failed } = await askEach(requests, read);

  const [first] = failed.values();
  if (first && answers.size === 0) throw first;
  const isNote = ([{ one }, error]: [(typeof requests)[number], unknown]) => one !== kind && isRefused(error);
  const refused = [...failed].filter(isNote).map(([{ one }]) => one);
  const notes = kinds.flatMap((one) => {
    const count = refused.filter((each) => each === one).length / listsOf(one, clouds).length;
    const where = projects.length > 1 ? ` in ${Math.ceil(count)} of ${counted(projects.length, 'project')}` : '';
    return count === 0 ? [] : [`The credentials may not read the kind ${one.name}${where}. ${one.roles}`];
  });
  const failures = [...failed]
    .filter((each) => !isNote(each))
    .map(([{ one, provider, projectId }, error]): Failure => {
      return { what: `${one?.name ?? provider}${projects.length > 1 ? ` in project ${projectId}` : ''}`, error };
    });
  const isShown = ({ provider, region: its, atlasRegion }: Row) =>
    isInRegion({ region: its as string | null, atlasRegion: atlasRegion as string | null }, region) &&
    (filter.provider === undefined || clouds.some((name) => name === provider));
  return { rows: requests.flatMap((each) => answers.get(each) ?? []).filter(isShown), failures, notes };
}
