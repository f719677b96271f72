import type { World } from '../world.js';
import { isFound } from './network.js';
import { AwsRefusal, checkShape } from './refusal.js';
import type { StoredEndpoint } from './resources.js';
import { stateOf } from './states.js';

/** The endpoints of a region that EC2 returns. */
export function storedEndpointsOf(world: World, region: string, now: number): StoredEndpoint[] {
  return world.aws.endpoints.filter(
    (each) => each.region === region && isFound(each, world.options, now) && stateOf(world, each, now) !== null,
  );
}

export function findStoredEndpoint(world: World, region: string, now: number, id: string): StoredEndpoint {
  checkShape('InvalidVpcEndpointId', 'vpce', id);
  const found = storedEndpointsOf(world, region, now).find((each) => each.id === id);
  if (found) return found;
  throw missing(id);
}

/** The endpoint, unless it was or is being deleted. */
export function findLiving(world: World, region: string, now: number, id: string): StoredEndpoint {
  const endpoint = findStoredEndpoint(world, region, now, id);
  const state = stateOf(world, endpoint, now);
  if (state === 'deleted') throw missing(id);
  if (state === 'deleting') throw new AwsRefusal('IncorrectState', `The VPC endpoint ${id} is being deleted.`);
  return endpoint;
}

function missing(id: string): AwsRefusal {
  return new AwsRefusal('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`);
}
