import { ensure } from '../frontend.js';
import type { StoredEndpoint, StoredVpc } from './account.js';
import { endpointsOf, networkInterfacesIn, stateOf } from './endpoints.js';
import { groupsOf, rulesOf, subnetsOf, vpcsOf } from './network.js';
import {
  type Action,
  type ActionRequest,
  ensureValue,
  type RegionView,
  type Xml,
  type XmlObject,
} from './request.js';

/** By the prefix of the ids: what EC2 returns, and its errors. Some have another code for a malformed id. */
export const resourceKinds = {
  vpc: { of: vpcsOf, codes: 'InvalidVpcID', what: 'vpc ID' },
  subnet: { of: subnetsOf, codes: 'InvalidSubnetID', what: 'subnet ID' },
  sg: { of: groupsOf, codes: ['InvalidGroup', 'InvalidGroupId'], what: 'security group' },
  sgr: { of: rulesOf, codes: 'InvalidSecurityGroupRuleId', what: 'security group rule ID' },
  vpce: { of: endpointsOf, codes: 'InvalidVpcEndpointId', what: 'Vpc Endpoint Id' },
  eni: {
    of: networkInterfacesIn,
    codes: ['InvalidNetworkInterfaceID', 'InvalidNetworkInterfaceId'],
    what: 'networkInterface ID',
  },
} as const;

export type ResourceKind = keyof typeof resourceKinds;
type ResourceOf<K extends ResourceKind> = ReturnType<(typeof resourceKinds)[K]['of']>[number];

export function findResource<K extends ResourceKind>(kind: K, view: RegionView, id: string): ResourceOf<K> {
  const { of, codes } = resourceKinds[kind];
  const isWellFormed = new RegExp(`^${kind}-([0-9a-f]{8}|[0-9a-f]{17})$`).test(id);
  const malformed = `${[codes].flat().at(-1)}.Malformed`;
  ensure(isWellFormed, malformed, `Invalid id: "${id}" (expecting "${kind}-...")`);
  const all: readonly ResourceOf<ResourceKind>[] = of(view);
  const found = all.find((each) => each.id === id);
  ensureExists(found, kind, id);
  return found as ResourceOf<K>;
}

/** In a shared VPC, other accounts can create security groups, but not subnets and VPC endpoints. */
export function findOwnVpc(view: RegionView, id: string): StoredVpc {
  const vpc = findResource('vpc', view, id);
  const isOwn = vpc.sharedBy === undefined;
  ensure(isOwn, 'OperationNotPermitted', `The vpc '${vpc.id}' belongs to the account ${vpc.sharedBy}.`);
  return vpc;
}

export function findLiving(view: RegionView, id: string): StoredEndpoint {
  const endpoint = findResource('vpce', view, id);
  const state = stateOf(view, endpoint);
  ensureExists(state !== 'deleted', 'vpce', id);
  // Guess: the code.
  ensure(state !== 'deleting', 'IncorrectState', `The VPC endpoint ${id} is being deleted.`);
  return endpoint;
}

function ensureExists(isFound: unknown, kind: ResourceKind, id: string) {
  const { codes, what } = resourceKinds[kind];
  ensure(isFound, `${[codes].flat()[0]}.NotFound`, `The ${what} '${id}' does not exist`);
}

/** Filters beside those of tags. `vpc-id` compares vpcId in the answer. Others have their path in the answer. */
type Filters = readonly (string | readonly [name: string, path: string])[];

export function describe<T>(
  select: (request: ActionRequest) => readonly T[],
  list: string,
  filters: Filters,
  answer: (request: ActionRequest, resource: T) => XmlObject,
): Action {
  return (request) => {
    const all = select(request).map((each) => answer(request, each));
    return { world: request.world, answer: pageIn(request, list, filtered(request, all, filters)) };
  };
}

/** Of pages, AWS returns at most 1,000 items: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/Query-Requests.html#api-pagination */
const mostInPage = 1000;
/** In the SDKs' models, MaxResults is at least 5, except for these. */
const withoutLeast = ['vpcEndpointSet', 'serviceDetailSet'];

/** A part of a list, from where `NextToken` says. Guess: the form of a token, and the code for one that EC2 didn't give. */
export function pageIn<L extends string, A extends XmlObject>({ query }: ActionRequest, list: L, all: readonly A[]) {
  const size = query.whole('MaxResults');
  const least = withoutLeast.includes(list) ? 1 : 5;
  const tooSmall = `Value ( ${size} ) for parameter maxResults is invalid. Expecting a value greater than ${least}.`;
  ensureValue(size === undefined || size >= least, tooSmall);
  const token = query.text('NextToken');
  const start = token === undefined ? 0 : Number(Buffer.from(token, 'base64url').toString());
  ensure(Number.isInteger(start), 'InvalidNextToken', `The token '${token}' is invalid`);
  const end = start + Math.min(size ?? all.length, mostInPage);
  const nextToken = end < all.length ? Buffer.from(`${end}`).toString('base64url') : undefined;
  const page = { [list]: all.slice(start, end) } as Record<L, A[]>;
  return { ...page, ...(nextToken && { nextToken }) };
}

export function byIds<K extends ResourceKind>(kind: K, parameter: string) {
  const all = resourceKinds[kind].of as (request: ActionRequest) => readonly ResourceOf<K>[];
  return (request: ActionRequest) => {
    const ids = request.query.list(parameter);
    return ids.length > 0 ? ids.map((id) => findResource(kind, request, id)) : all(request);
  };
}

/** The answers that match every filter. A filter matches if one of its values does; `*` and `?` are wildcards. */
export function filtered<A extends XmlObject>({ query }: ActionRequest, all: readonly A[], filters: Filters): A[] {
  const given = query.each('Filter').map((filter) => {
    return { valuesOf: reader(filter.required('Name'), filters), pattern: patternOf(filter.list('Value')) };
  });
  return all.filter((one) =>
    given.every(({ valuesOf, pattern }) => valuesOf(one).some((value) => pattern.test(String(value)))),
  );
}

function reader(name: string, filters: Filters): (answer: XmlObject) => readonly Xml[] {
  const [own, path] = filters.map((each) => [each].flat()).find(([each]) => each === name) ?? [];
  if (own) return (answer) => valuesAt(answer, path ?? name.replace(/-(.)/g, (_, letter) => letter.toUpperCase()));
  if (name === 'tag-key') return (answer) => valuesAt(answer, 'tagSet.key');
  ensureValue(name.startsWith('tag:'), `The filter '${name}' is invalid`);
  const isIts = (tag: Xml) => valuesAt(tag, 'key').includes(name.slice('tag:'.length));
  return (answer) =>
    valuesAt(answer, 'tagSet')
      .filter(isIts)
      .flatMap((tag) => valuesAt(tag, 'value'));
}

function valuesAt(answer: Xml, path: string): readonly Xml[] {
  const next = (parts: readonly Xml[], key: string) =>
    parts.flatMap((part) => (Object(part) as Record<string, Xml | readonly Xml[]>)[key] ?? []);
  return path.split('.').reduce(next, [answer]);
}

function patternOf(texts: readonly string[]) {
  const literal = texts.map((text) => text.replace(/[.+^${}()|[\]\\]/g, '\\$&')).join('|');
  return new RegExp(`^(${literal.replaceAll('*', '.*').replaceAll('?', '.')})$`, 's');
}
