import type { Atlas } from '../../atlas/client.js';
import { type Fields, fields, isGone, unusable, withRoles } from '../../atlas/errors.js';
import { createdOn, path } from '../../atlas/ids.js';
import { deleted, statusOrder } from '../../atlas/model.js';
import { advise, orNone, UsageError } from '../../base/errors.js';
import { objects, text } from '../../base/json.js';
import { cmd, longName } from '../../base/shell.js';
import { oneOf } from '../../base/words.js';
import { providers } from '../../clouds/all.js';
import { withBothNames } from '../../clouds/regions.js';
import type { RequestLimits } from '../../http/ask.js';
import type { Family } from '../family.js';
import { yesOf } from '../next-step.js';
import { serviceView, tone } from '../view.js';
import { kinds, sharedKindKeys } from './all.js';
import { type Kind, type KindBody, type KindEndpoint, type KindOptions, kindFlags } from './kind.js';

/* How a kind is requested and named. The links in answers may lead to other hosts and are not followed. */

type Place = Pick<KindEndpoint, 'projectId' | 'provider'>;

export function familyOf(kind: Kind): Family<KindEndpoint> {
  const { name, path: list, providers: own, extra } = kind;
  const flags = ['--kind', name];
  const isOnEach = list.includes('{provider}');
  const readList = (atlas: Atlas, place: Place, limits?: RequestLimits) => {
    const toItem = (item: unknown) => toKindEndpoint(kind, place, item);
    return explained(kind, atlas.listAll({ ...requestTo(kind, place), limits }, 'private endpoints', toItem));
  };
  return {
    ...kind,
    flags,
    view: viewOf(kind),
    listOf: (provider) => (isOnEach ? provider : (own[0] ?? provider)),
    list: readList,
    // An endpoint that is missing from its list is read by id before it counts as gone.
    read: async (atlas, endpoint, limits) => {
      const listed = (await readList(atlas, endpoint, limits)).find(({ id }) => id === endpoint.id);
      if (listed) return listed;
      const answer = await atlas.send({ method: 'GET', ...requestTo(kind, endpoint, endpoint.id), limits });
      return toKindEndpoint(kind, endpoint, answer);
    },
    remove: async (atlas, endpoint) => {
      await explained(kind, atlas.send({ method: 'DELETE', ...requestTo(kind, endpoint, endpoint.id) }));
    },
    complete: async (atlas, endpoint) => {
      if (!extra) return endpoint;
      const request = requestTo({ ...kind, path: extra.path }, endpoint);
      const answer = await orNone(atlas.send({ method: 'GET', ...request }));
      const found = objects(answer).flatMap((item) => extra.read(endpoint, item));
      return { ...endpoint, [extra.key]: answer === undefined ? null : found };
    },
    isMissing: isGone,
    unknown: { ...Object.fromEntries(sharedKindKeys.map((key) => [key, null])), kind: name, ...ownKeys(kind, {}) },
    toCreate: (context) => advise(context, 'To create one:', cmd`create ${flags} --help`),
    toReplace: (context, _, reference) =>
      advise(context, 'Delete it, then create it again:', cmd`delete ${flags} ${reference} --wait ${yesOf(context)}`),
  };
}

/** Throws a usage error for an option that only other kinds have. Without a kind, the endpoint is a cluster's. */
export function checkKindOptions(options: KindOptions, kind?: Kind) {
  const names = Object.keys(kindFlags) as (keyof KindOptions)[];
  const foreign = names.find((name) => options[name] !== undefined && !kind?.create.options.includes(name));
  if (foreign === undefined) return;
  const owners = kinds.filter(({ create }) => create.options.includes(foreign)).map(({ name }) => name);
  throw new UsageError(`${longName(foreign)} is only for --kind ${oneOf(owners)}.`, 'Remove it, or check --kind.');
}

/** The path of the list of endpoints, or of one endpoint, and the API version that has it. */
export function requestTo({ path: list, version }: Kind, { projectId, provider }: Place, id?: string) {
  const ofProject = path`/api/atlas/v2/groups/${projectId}`;
  return { version, path: ofProject + list.replace('{provider}', provider) + (id === undefined ? '' : path`/${id}`) };
}

/** Reads an answer to a create: the whole list, the new endpoint, or the request. */
export function readCreated(kind: Kind, place: Place, answer: unknown, body: KindBody): KindEndpoint {
  const { results } = Object(answer) as Fields;
  const all = results === undefined ? [answer] : objects(results);
  const created = all.map((item) => toKindEndpoint(kind, place, item)).find((each) => kind.create.isSame(each, body));
  if (created) return created;
  throw unusable(`Atlas did not return the new ${kind.noun}.`);
}

function toKindEndpoint(kind: Kind, { projectId, provider: listed }: Place, item: unknown) {
  const answer = fields(item, kind.noun);
  const id = text(answer[kind.fields.id]);
  if (!id) throw unusable(`Atlas returned a ${kind.noun} without an id.`);
  // The answer to a create may have the spelling of the request.
  const cloud = (text(answer.cloudProvider) ?? text(answer.provider))?.toUpperCase();
  const provider = providers.find((name) => name === cloud) ?? listed;
  return {
    kind: kind.name,
    id,
    projectId,
    ...withBothNames({ provider, region: text(answer[kind.fields.region]) || null }),
    status: text(answer[kind.fields.status]) ?? 'UNKNOWN',
    errorMessage: text(answer.errorMessage) || null,
    createdAt: createdOn(id),
    ...ownKeys(kind, answer),
  };
}

function ownKeys({ keys }: Kind, answer: Fields) {
  return Object.fromEntries(Object.entries(keys).map(([key, read]) => [key, read(answer[key])]));
}

export function explained<T>({ roles }: Kind, request: Promise<T>): Promise<T> {
  return request.catch((error: unknown) => {
    throw withRoles(roles, error);
  });
}

const tones = { pending: 'busy', needsUser: 'todo', ready: 'good', failed: 'bad', leaving: 'busy' } as const;

export function viewOf(kind?: Kind): Family['view'] {
  return {
    ...serviceView,
    columns: [...(kind ? [] : ['kind']), 'region', 'provider', 'status', 'age', 'id', ...(kind?.columns ?? [])],
    order: { status: [...kinds.flatMap(({ statuses }) => Object.keys(statuses)), ...statusOrder] },
    tone: (row) => {
      const statuses = kinds.find(({ name }) => name === row.kind)?.statuses;
      return statuses && row.status !== deleted ? tones[statuses[String(row.status)] ?? 'pending'] : tone(row);
    },
    empty: kind ? `No ${kind.noun}s.` : 'No private endpoints.',
  };
}
