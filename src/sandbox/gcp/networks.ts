import { freeAddress } from '../../base/cidr.js';
import type { AnswerBody } from '../clouds/all.js';
import { ensure } from '../frontend.js';
import { type GcpResource, gcpNetworks, partsOf, usualNetwork } from './account.js';
import { type Collection, resourcesIn } from './collection.js';
import { bodyOf, checkField, ensureFound, type GcpRequest, pathIn } from './request.js';

/* Networks and subnets. Those of the sandbox itself, or of the faults file, stay. */

export const networks: Collection = {
  name: 'networks',
  isGlobal: true,
  status: (request, { path }) => ({ subnetworks: usersOf(request, 'subnetworks', 'network', path) }),
  create: (request) => ({ body: { ...usualNetwork, ...bodyOf(request, 'Network') }, failure: undefined }),
  checkDelete: (request, one) => checkUnused(one, usersOf(request, 'subnetworks', 'network', one.path)),
};

export const subnetworks: Collection = {
  name: 'subnetworks',
  status: (_, { body }) => ({ gatewayAddress: freeAddress(String(body.ipCidrRange), 1, 1, []) }),
  create: (request) => {
    const given = bodyOf(request, 'Subnetwork');
    const network = pathIn(given, 'network', 'global/networks/*');
    const all = gcpNetworks(request.world, partsOf(network).project);
    ensureFound(
      all.some(({ path }) => path === network),
      network,
    );
    const { ipCidrRange: range } = given;
    const isRange = freeAddress(String(range), 1, 1, []) !== undefined;
    checkField(given, 'ipCidrRange', isRange, 'The range is malformed.');
    return { body: { purpose: 'PRIVATE', stackType: 'IPV4_ONLY', ...given, network }, failure: undefined };
  },
  checkDelete: (request, one) => checkUnused(one, usersOf(request, 'addresses', 'subnetwork', one.path)),
};

/** The firewall rules of the faults file. One that names no network is shown with the first one. */
export function firewallsIn({ world, place, project }: GcpRequest): AnswerBody[] {
  const [network] = gcpNetworks(world, project);
  return (world.options.gcp.firewalls ?? []).map((rule, index) => {
    const named = { name: `rule-${index + 1}`, network: network?.path, ...rule };
    return { ...named, selfLink: `${place}/firewalls/${named.name}` };
  });
}

/** The paths of those, in all regions, that name it in this key. */
function usersOf(request: GcpRequest, name: string, key: string, path: string) {
  const all = resourcesIn({ ...request, place: `projects/${request.project}` }, name);
  return all.filter(({ body }) => body[key] === path).map((each) => each.path);
}

function checkUnused({ path, createdAt }: GcpResource, [user]: string[]) {
  ensure(createdAt > 0, 'invalid', `The sandbox keeps '${path}', with which it began.`);
  const what = `The resource '${path}' is already being used by '${user}'`;
  ensure(user === undefined, 'resourceInUseByAnotherResource', what);
}
