import type { Provider } from '../clouds/all.js';
import { type AnswerBody, sandboxClouds } from './clouds/all.js';
import { checkBody, ensureAtlas, ensureKnown } from './frontend.js';
import { type ApiChange, type ApiRead, type ApiRoute, apiChange, apiRead, pageOf } from './requests.js';
import type { CloudPlace } from './services.js';
import {
  briefly,
  digits,
  type KindName,
  newId,
  type OtherEndpoint,
  readyMs,
  stageOf,
  type WorldView,
} from './world.js';

/* The private endpoints that are not of clusters. They share nothing with the client, so that tests compare the two. */

interface SandboxKind {
  path: string;
  versions?: string[];
  idKey: string;
  statusKey: string;
  /** The answer to a create: its status, and whether its body is the whole list, the new item, or the request. */
  created: readonly [status: number, body: 'list' | 'item' | 'request'];
  removed: readonly [status: number, body: unknown];
  /** The statuses before the end, each for an equal time; the end; and those of a deletion. */
  onTheWay: readonly string[];
  ready: string;
  leaving: readonly string[];
  /** The status until the user has approved the connection, if this cloud needs that. */
  approval?: Partial<Record<Provider, string>>;
  /** Checks the body of a create and returns what to keep. Throws a Refusal. */
  read(body: AnswerBody, provider: Provider): AnswerBody;
  /** The fields that Atlas adds. `isReady`: both ends exist. */
  adds?(endpoint: OtherEndpoint, isReady: boolean): AnswerBody;
  /** A project has only one endpoint with the same value of this field. Default: the id. */
  unique?: string;
  /** The field that a create of an existing endpoint changes. Without it, such a create is refused. */
  changes?: string;
  /** Checks the body of a PATCH. Without it, there is none. */
  checkChange?(body: AnswerBody, endpoint: OtherEndpoint, status: string | null): void;
}

/** The vendors whose streams have a DNS domain that can be set after the create. */
const vendorsWithDomain: Partial<Record<Provider, readonly string[]>> = { AWS: ['CONFLUENT'] };

const isText = (value: unknown) => typeof value === 'string' && value !== '';
const region = (value: unknown): [boolean, string] => [
  value === undefined || /^[A-Z]+(_[A-Z0-9]+)*$/.test(String(value)),
  'must be a region in the spelling of Atlas',
];

const madeByAtlas = {
  idKey: 'id',
  statusKey: 'status',
  removed: [204, ''],
  onTheWay: ['INITIATING'],
  ready: 'ACTIVE',
  leaving: ['DELETING'],
  unique: 'regionName',
  read: ({ regionName = null, vpcRegionName }: AnswerBody, cloudProvider: Provider) => {
    checkBody({ regionName: region(regionName), vpcRegionName: region(vpcRegionName) });
    return { cloudProvider, regionName, vpcRegionName };
  },
  adds: ({ id, provider }: OtherEndpoint, isReady: boolean) => {
    return { privateEndpointConnectionName: isReady ? sandboxClouds[provider].ownEndpoint?.(id) : null };
  },
} as const;

const sandboxKinds: Readonly<Record<KindName, SandboxKind>> = {
  dataFederation: {
    path: '/privateNetworkSettings/endpointIds',
    idKey: 'endpointId',
    statusKey: 'status',
    created: [201, 'list'],
    removed: [204, ''],
    onTheWay: ['PENDING'],
    ready: 'OK',
    leaving: ['DELETING'],
    changes: 'comment',
    read: (body) => {
      const { endpointId, provider = 'AWS', type = 'DATA_LAKE' } = body;
      const cloud = (['AWS', 'AZURE'] as const).find((each) => each === provider);
      const shape = cloud && sandboxClouds[cloud].interfaces.idShape;
      const isWhole =
        isText(body.customerEndpointIPAddress) || isText(body.region) === isText(body.customerEndpointDNSName);
      checkBody({
        endpointId: [shape?.test(String(endpointId)) ?? true, 'must be the id of an interface endpoint'],
        provider: [cloud !== undefined, 'must be AWS or AZURE'],
        region: region(body.region),
        customerEndpointDNSName: [isWhole, 'must be set together with region'],
      });
      return { ...body, provider, type };
    },
  },
  encryption: {
    ...madeByAtlas,
    path: '/encryptionAtRest/{provider}/privateEndpoints',
    created: [202, 'item'],
    approval: { AZURE: 'PENDING_ACCEPTANCE' },
  },
  backup: {
    ...madeByAtlas,
    path: '/backup/{provider}/privateEndpoints',
    versions: ['2024-11-13'],
    created: [201, 'item'],
  },
  stream: {
    path: '/streams/privateLinkConnections',
    versions: ['2023-02-01'],
    idKey: '_id',
    statusKey: 'state',
    created: [200, 'request'],
    removed: [202, {}],
    onTheWay: ['IDLE', 'WORKING'],
    ready: 'DONE',
    leaving: ['DELETE_REQUESTED', 'DELETING'],
    read: (body) => {
      checkBody({ provider: [/^(aws|azure|gcp)$/i.test(String(body.provider)), 'must be AWS, AZURE or GCP'] });
      return body;
    },
    checkChange: ({ dnsDomain }, { provider, body }, status) => {
      const isOfVendor = vendorsWithDomain[provider]?.includes(String(body.vendor)) ?? false;
      const isOpen = isOfVendor && (!body.dnsDomain || status === 'IDLE');
      checkBody({ dnsDomain: [isText(dnsDomain) && isOpen, 'can be set once, for CONFLUENT on AWS'] });
    },
    adds: ({ id, provider, body }, isReady) => ({
      provider,
      vendor: body.vendor ?? 'GENERIC',
      interfaceEndpointId: isReady ? `vpce-${digits(id, 17)}` : null,
    }),
  },
};

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
