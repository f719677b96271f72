import { ensure } from '../frontend.js';
import { type World, withAccount } from '../world.js';
import { type AwsAccount, type ListName, type StoredResource, type StoredTags, withResource } from './account.js';
import { newAwsId } from './identity.js';
import { describe, findResource, type ResourceKind, resourceKinds } from './lookup.js';
import {
  type Action,
  type ActionRequest,
  done,
  ensureGiven,
  ensureValue,
  type QueryParameters,
  type Xml,
} from './request.js';

function tagsOf({ clouds }: World, id: string) {
  return clouds.AWS.tags[id] ?? {};
}

export function tagSet(world: World, id: string): Xml {
  return Object.entries(tagsOf(world, id)).map(([key, value]) => ({ key, value }));
}

export function withTags(world: World, id: string, more: StoredTags): World {
  return Object.keys(more).length === 0 ? world : replaceTags(world, id, { ...tagsOf(world, id), ...more });
}

const tagTypes = { vpcs: 'vpc', subnets: 'subnet', groups: 'security-group', endpoints: 'vpc-endpoint' } as const;

export function withNew<L extends ListName>(
  { world, query }: ActionRequest,
  list: L,
  made: AwsAccount[L][number],
): World {
  return withTags(withResource(world, list, made), made.id, readTagSpecifications(query, tagTypes[list]));
}

export function newResource(prefix: string, request: ActionRequest): StoredResource {
  return { id: newAwsId(prefix, request), region: request.region, createdAt: request.now };
}

function replaceTags(world: World, id: string, tags: StoredTags) {
  const { AWS } = world.clouds;
  return withAccount(world, 'AWS', { ...AWS, tags: { ...AWS.tags, [id]: tags } });
}

export function readTagSpecifications(query: QueryParameters, type: string): StoredTags {
  const specifications = query.each('TagSpecification').map((each) => {
    const given = each.required('ResourceType');
    ensureValue(given === type, `'${given}' is not a valid taggable resource type for this operation.`);
    return readTags(each);
  });
  return Object.fromEntries(specifications.flatMap(Object.entries<string>));
}

function readTags(query: QueryParameters) {
  return Object.fromEntries(query.each('Tag').map((tag) => [tag.required('Key'), tag.text('Value') ?? '']));
}

const typesByPrefix = {
  vpc: 'vpc',
  subnet: 'subnet',
  sg: 'security-group',
  sgr: 'security-group-rule',
  vpce: 'vpc-endpoint',
} as const;

/** The tags of what is in the region of the request, one by one. */
function listTags(request: ActionRequest) {
  return Object.entries(typesByPrefix).flatMap(([prefix, resourceType]) =>
    resourceKinds[prefix as keyof typeof typesByPrefix].of(request).flatMap(({ id: resourceId }) => {
      const tags = Object.entries(tagsOf(request.world, resourceId));
      return tags.map(([key, value]) => ({ resourceId, resourceType, key, value }));
    }),
  );
}

function readResources(request: ActionRequest) {
  const ids = request.query.requiredList('ResourceId');
  for (const id of ids) {
    const [prefix = ''] = id.split('-');
    const isTaggable = Object.hasOwn(resourceKinds, prefix) && prefix !== 'eni';
    ensure(isTaggable, 'InvalidID', `The ID '${id}' is not valid`);
    findResource(prefix as ResourceKind, request, id);
  }
  return ids;
}

export const tagActions = {
  DescribeTags: describe(listTags, 'tagSet', ['resource-id', 'resource-type', 'key', 'value'], (_, tag) => tag),

  CreateTags: (request) => {
    const ids = readResources(request);
    const tags = readTags(request.query);
    ensureGiven(Object.keys(tags).length > 0, 'Tag');
    return { world: ids.reduce((next, id) => withTags(next, id, tags), request.world), answer: done };
  },

  /** Without tags, all are deleted. Values are not compared. */
  DeleteTags: (request) => {
    const { query, world } = request;
    const ids = readResources(request);
    const keys = Object.keys(readTags(query));
    const isKept = (key: string) => keys.length > 0 && !keys.includes(key);
    const left = (id: string) => Object.fromEntries(Object.entries(tagsOf(world, id)).filter(([key]) => isKept(key)));
    return { world: ids.reduce((next, id) => replaceTags(next, id, left(id)), world), answer: done };
  },
} satisfies Record<string, Action>;
