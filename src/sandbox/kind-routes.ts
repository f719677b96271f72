import type { Provider } from '../clouds/all.js';
import { digits, newId, readyMs } from './chance.js';
import type { AnswerBody } from './clouds/cloud.js';
import { type KeyRights, mayChange } from './key.js';
import { type SandboxKind, sandboxKinds } from './kinds.js';
import { Refusal } from './refusal.js';
import { type ApiRead, type ApiRoute, pageOf, type Router } from './requests.js';
import { briefly, type OtherEndpoint, type World, type WorldView } from './world.js';

type KindName = OtherEndpoint['kind'];

/** The live API puts this host into the links of its answers. */
const elsewhere = 'http://localhost:8080/api/atlas/v2';

/** The routes for the private endpoints that are not of clusters. */
export function kindRoutes(router: Router, rights: KeyRights, random: () => number): ApiRoute[] {
  return [
    ...kindNames.flatMap((name) => routesOf(name, router, rights, random)),
    router.get('/groups/{project}/dataFederation', (request) => [
      { name: 'instance0', privateEndpointHostnames: hostnamesIn(request) },
    ]),
    // Not a route of Atlas: it stands for what a user does in the cloud.
    router.change('POST', '/groups/{project}/sandboxApprovals', 200, approveAll),
  ];
}

/** The hosts of an instance of Data Federation, some time after endpoints with a region and a DNS name are ready. */
function hostnamesIn(request: Place): AnswerBody[] {
  const later = { ...request, now: request.now - briefly(request.world.options) };
  return othersIn(request, 'dataFederation')
    .filter((each) => each.body.customerEndpointDNSName && otherStatus(each, later) === 'OK')
    .map(({ id }) => ({ hostname: `instance0-${digits(id, 5)}.a.query.mongodb.net`, privateEndpoint: id }));
}

const kindNames = Object.keys(sandboxKinds) as KindName[];

function routesOf(name: KindName, { get, change }: Router, rights: KeyRights, random: () => number): ApiRoute[] {
  const kind: SandboxKind = sandboxKinds[name];
  const list = `/groups/{project}${kind.path}`;
  const { versions, unique = kind.idKey, changes } = kind;
  const read = (path: string, answer: ApiRead) => {
    const ifAllowed: ApiRead = (request) => {
      if (!kind.isOwners || mayChange(rights)) return answer(request);
      throw new Refusal(403, 'USER_UNAUTHORIZED', 'Current user is not authorized to perform this action.');
    };
    return get(path, ifAllowed, versions);
  };
  const pageIn: ApiRead = (request) => {
    const all = othersIn(request, name).map((each) => answerOf(each, request));
    return { ...pageOf(request.query, all), links: [{ href: `${elsewhere}${kind.path}?pageNum=2`, rel: 'next' }] };
  };
  const find = (request: Place & { name: string }) => {
    const found = othersIn(request, name).find(({ id }) => id === request.name);
    if (found) return found;
    throw new Refusal(404, 'RESOURCE_NOT_FOUND', `No private endpoint with ID ${request.name} exists.`, [request.name]);
  };
  const create = change(
    'POST',
    list,
    kind.created[0],
    (request) => {
      const { world, now, project: projectId, fate } = request;
      const body = kind.read(Object(request.body) as AnswerBody, request.provider);
      const provider = String(body.cloudProvider ?? body.provider).toUpperCase() as Provider;
      const same = othersIn(request, name).find((each) => unique in body && each.body[unique] === body[unique]);
      if (same && changes === undefined) throw new Refusal(409, 'RESOURCE_ALREADY_EXISTS', 'It exists.', [same.id]);
      const id = String(body[kind.idKey] ?? newId({ now, random }));
      const times = {
        createdAt: now,
        readyAt: now + readyMs(world.options, provider, random),
        approvedAt: null,
        goneAt: null,
      };
      const created = same
        ? { ...same, body: { ...same.body, [changes ?? '']: body[changes ?? ''] } }
        : { kind: name, id, projectId, provider, body, ...times, fate };
      const others = world.others?.filter((each) => each !== same && otherStatus(each, request) !== null) ?? [];
      const view = { ...request, world: { ...world, others: [...others, created] } };
      const sent = { _id: id, ...body };
      const answers = { list: () => pageIn(view), item: () => answerOf(created, view), request: () => sent };
      return { world: view.world, answer: answers[kind.created[1]]() };
    },
    versions,
  );
  const remove = change(
    'DELETE',
    `${list}/{name}`,
    kind.removed[0],
    (request) => {
      const found = find(request);
      const goneAt = found.goneAt ?? request.now + briefly(request.world.options);
      return { world: replaceOther(request.world, found, { goneAt }), answer: kind.removed[1] };
    },
    versions,
  );
  return [read(list, pageIn), read(`${list}/{name}`, (request) => answerOf(find(request), request)), create, remove];
}

interface Place extends WorldView {
  project: string;
  provider: Provider;
}

/** The endpoints of a kind in a project that still exist. */
function othersIn({ project, provider, ...view }: Place, name: KindName): OtherEndpoint[] {
  const isOnEach = sandboxKinds[name].path.includes('{provider}');
  const isHere = (each: OtherEndpoint) => each.projectId === project && (!isOnEach || each.provider === provider);
  const all = view.world.others ?? [];
  return all.filter((each) => each.kind === name && isHere(each) && otherStatus(each, view) !== null);
}

/** The status at this time, or null if the endpoint is gone. */
function otherStatus(endpoint: OtherEndpoint, { world, now }: WorldView): string | null {
  const { createdAt, readyAt, approvedAt, goneAt, fate, provider } = endpoint;
  const kind: SandboxKind = sandboxKinds[endpoint.kind];
  const phase = (names: readonly string[], from: number, to: number) => {
    const share = Math.min(0.999, (now - from) / Math.max(1, to - from));
    return names[Math.floor(share * names.length)] ?? kind.ready;
  };
  const shortly = briefly(world.options);
  if (goneAt !== null) return now < goneAt ? phase(kind.leaving, goneAt - shortly, goneAt) : null;
  if (now < readyAt || fate?.kind === 'never-ready') return phase(kind.onTheWay, createdAt, readyAt);
  if (fate) return fate.kind === 'failed' ? 'FAILED' : null;
  // Atlas notices an approval some time later.
  const isApproved = approvedAt !== null && now >= approvedAt + shortly;
  return (isApproved ? undefined : kind.approval?.[provider]) ?? kind.ready;
}

/** An endpoint in the format of the API. */
function answerOf(endpoint: OtherEndpoint, view: WorldView): AnswerBody {
  const { id, body, fate } = endpoint;
  const kind: SandboxKind = sandboxKinds[endpoint.kind];
  return {
    ...body,
    ...kind.adds?.(endpoint, view.now >= endpoint.readyAt && !fate),
    [kind.idKey]: id,
    [kind.statusKey]: otherStatus(endpoint, view),
    errorMessage: fate?.kind === 'failed' && view.now >= endpoint.readyAt ? fate.reason : null,
    links: [{ href: `${elsewhere}${kind.path}/${encodeURIComponent(id)}`, rel: 'self' }],
  };
}

/** Approves all connections of a project that wait for it. Returns their ids. */
function approveAll(request: Place): { world: World; answer: { approved: string[] } } {
  const waiting = (request.world.others ?? []).filter((each) => {
    const kind: SandboxKind = sandboxKinds[each.kind];
    return each.projectId === request.project && otherStatus(each, request) === kind.approval?.[each.provider];
  });
  const approve = (before: World, each: OtherEndpoint) =>
    replaceOther(before, each, { approvedAt: each.approvedAt ?? request.now });
  return { world: waiting.reduce(approve, request.world), answer: { approved: waiting.map(({ id }) => id) } };
}

function replaceOther(world: World, endpoint: OtherEndpoint, change: Partial<OtherEndpoint>): World {
  const others = world.others?.map((each) => (each === endpoint ? { ...each, ...change } : each)) ?? [];
  return { ...world, others };
}
