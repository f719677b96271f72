import type { Provider } from '../clouds/all.js';
import { digits, newId, readyMs } from './chance.js';
import type { AnswerBody } from './clouds/all.js';
import { ensureAtlas, ensureKnown } from './frontend.js';
import { sandboxKinds } from './kinds.js';
import { stageOf } from './lifetime.js';
import { type ApiChange, type ApiRead, type ApiRoute, apiChange, apiRead, pageOf } from './requests.js';
import type { CloudPlace } from './services.js';
import { briefly, type KindName, type OtherEndpoint, type WorldView } from './world.js';

/** The live API puts this host into the links of its answers. */
const elsewhere = 'http://localhost:8080/api/atlas/v2';

export const kindRoutes: readonly ApiRoute[] = [
  ...(Object.keys(sandboxKinds) as KindName[]).flatMap(routesOf),
  apiRead('/groups/{project}/dataFederation', (request) => [
    { name: 'instance0', privateEndpointHostnames: hostnamesIn(request) },
  ]),
  // Not a route of Atlas: it stands for what a user does in the cloud.
  apiChange('POST', '/groups/{project}/sandboxApprovals', 200, approveAll),
];

/** The hosts of an instance of Data Federation, some time after endpoints with a region and a DNS name are ready. */
function hostnamesIn(request: CloudPlace) {
  const later = { ...request, now: request.now - briefly(request.world.options) };
  return othersIn(request, 'dataFederation')
    .filter((each) => each.body.customerEndpointDNSName && otherStatus(each, later) === 'OK')
    .map(({ id }) => ({ hostname: `instance0-${digits(id, 5)}.a.query.mongodb.net`, privateEndpoint: id }));
}

function routesOf(name: KindName) {
  const kind = sandboxKinds[name];
  const { path, versions, unique = kind.idKey, changes = '' } = kind;
  const list = `/groups/{project}${path}`;
  const item = `${list}/{name}`;

  const readList: ApiRead = (request) => {
    const all = othersIn(request, name).map((each) => answerOf(each, request));
    return { ...pageOf(request.query, all), links: [{ href: `${elsewhere}${path}?pageNum=2`, rel: 'next' }] };
  };

  const find = (request: CloudPlace & { name: string }) => {
    const found = othersIn(request, name).find(({ id }) => id === request.name);
    ensureKnown(found, 'RESOURCE_NOT_FOUND', 'private endpoint with ID', request.name);
    return found;
  };

  const create: ApiChange = (request) => {
    const { world, now, project: projectId, fate } = request;
    const body = kind.read(Object(request.body) as AnswerBody, request.provider);
    const provider = String(body.cloudProvider ?? body.provider).toUpperCase() as Provider;
    const same = othersIn(request, name).find((each) => unique in body && each.body[unique] === body[unique]);
    ensureAtlas(!same || changes !== '', 'RESOURCE_ALREADY_EXISTS', 'It exists.', 409);
    const id = String(body[kind.idKey] ?? newId(request));
    const readyAt = now + readyMs(world.options.readyAfter, provider, request.random);
    const times = { createdAt: now, readyAt, approvedAt: null, goneAt: null };
    const created = same
      ? { ...same, body: { ...same.body, [changes]: body[changes] } }
      : { kind: name, id, projectId, provider, body, ...times, fate };
    const others = world.others.filter((each) => each !== same && otherStatus(each, request) !== null);
    const view = { ...request, world: { ...world, others: [...others, created] } };
    const answers = {
      list: () => readList(view),
      item: () => answerOf(created, view),
      request: () => ({ _id: id, ...body }),
    };
    return { world: view.world, answer: answers[kind.created[1]]() };
  };

  const replace = ({ world }: WorldView, found: OtherEndpoint, next: OtherEndpoint) => {
    const others = world.others.map((each) => (each === found ? next : each));
    return { ...world, others };
  };

  const change: ApiChange = (request) => {
    const found = find(request);
    const body = Object(request.body) as AnswerBody;
    kind.checkChange?.(body, found, otherStatus(found, request));
    const next = { ...found, body: { ...found.body, ...body } };
    return { world: replace(request, found, next), answer: answerOf(next, request) };
  };

  const remove: ApiChange = (request) => {
    const found = find(request);
    const goneAt = found.goneAt ?? request.now + briefly(request.world.options);
    return { world: replace(request, found, { ...found, goneAt }), answer: kind.removed[1] };
  };

  return [
    ...(kind.checkChange ? [apiChange('PATCH', item, 200, change, ['2025-03-12'])] : []),
    apiRead(list, readList, versions),
    apiRead(item, (request) => answerOf(find(request), request), versions),
    apiChange('POST', list, kind.created[0], create, versions),
    apiChange('DELETE', item, kind.removed[0], remove, versions),
  ];
}

function othersIn({ project, provider, ...view }: CloudPlace, name: KindName) {
  const isOnEach = sandboxKinds[name].path.includes('{provider}');
  const isHere = (each: OtherEndpoint) => each.projectId === project && (!isOnEach || each.provider === provider);
  return view.world.others.filter((each) => each.kind === name && isHere(each) && otherStatus(each, view) !== null);
}

function otherStatus(endpoint: OtherEndpoint, { world, now }: WorldView) {
  const { createdAt, readyAt, approvedAt, goneAt, provider } = endpoint;
  const kind = sandboxKinds[endpoint.kind];
  const shortly = briefly(world.options);
  const phase = (names: readonly string[], from: number, to: number) => {
    const share = Math.min(0.999, Math.max(0, now - from) / Math.max(1, to - from));
    return names[Math.floor(share * names.length)] ?? kind.ready;
  };
  if (goneAt !== null) return now < goneAt ? phase(kind.leaving, goneAt - shortly, goneAt) : null;
  const stage = stageOf(endpoint, now);
  if (stage === 'pending') return phase(kind.onTheWay, createdAt, readyAt);
  if (stage !== 'ready') return stage && 'FAILED';
  // Atlas notices an approval some time later.
  const isApproved = approvedAt !== null && now >= approvedAt + shortly;
  return (isApproved ? undefined : kind.approval?.[provider]) ?? kind.ready;
}

function answerOf(endpoint: OtherEndpoint, view: WorldView) {
  const { id, body, fate } = endpoint;
  const kind = sandboxKinds[endpoint.kind];
  return {
    ...body,
    ...kind.adds?.(endpoint, view.now >= endpoint.readyAt && !fate),
    [kind.idKey]: id,
    [kind.statusKey]: otherStatus(endpoint, view),
    errorMessage: fate?.kind === 'failed' && view.now >= endpoint.readyAt ? fate.reason : null,
    links: [{ href: `${elsewhere}${kind.path}/${encodeURIComponent(id)}`, rel: 'self' }],
  };
}

function approveAll(request: CloudPlace) {
  const { world } = request;
  const isWaiting = (each: OtherEndpoint) =>
    each.projectId === request.project &&
    otherStatus(each, request) === sandboxKinds[each.kind].approval?.[each.provider];
  const waiting = world.others.filter(isWaiting);
  const approved = (each: OtherEndpoint) => ({ ...each, approvedAt: each.approvedAt ?? request.now });
  const others = world.others.map((each) => (waiting.includes(each) ? approved(each) : each));
  return { world: { ...world, others }, answer: { approved: waiting.map(({ id }) => id) } };
}
