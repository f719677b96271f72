import type { World } from '../world.js';
import { isFound } from './network.js';
import { AwsRefusal, checkShape } from './refusal.js';
import type { VpcEndpoint } from './resources.js';
import { stateOf } from './states.js';

/** The endpoints of a region that EC2 returns. */
export function endpointsOf(world: World, region: string, now: number): VpcEndpoint[] {
  return world.aws.endpoints.filter(
    (each) => each.region === region && isFound(each, world.options, now) && stateOf(world, each, now) !== null,
  );
}

export function findEndpoint(world: World, region: string, now: number, id: string): VpcEndpoint {
  checkShape('InvalidVpcEndpointId', 'vpce', id);
  const found = endpointsOf(world, region, now).find((each) => each.id === id);
  if (found) return found;
  throw missing(id);
}

/** The endpoint, unless it was or is being deleted. */
export function findLiving(world: World, region: string, now: number, id: string): VpcEndpoint {
  const endpoint = findEndpoint(world, region, now, id);
  const state = stateOf(world, endpoint, now);
  if (state === 'deleted') throw missing(id);
  if (state === 'deleting') throw new AwsRefusal('IncorrectState', `The VPC endpoint ${id} is being deleted.`);
  return endpoint;
}

function missing(id: string): AwsRefusal {
  return new AwsRefusal('InvalidVpcEndpointId.NotFound', `The Vpc Endpoint Id '${id}' does not exist`);
}
