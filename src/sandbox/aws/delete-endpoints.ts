import { briefly, type World } from '../world.js';
import type { ActionResult } from './action.js';
import { findLiving } from './endpoint-checks.js';
import { tellAtlasOfDelete } from './linking.js';
import { AwsRefusal } from './refusal.js';
import type { Xml } from './xml.js';

/** The status is always 200. The answer lists the endpoints that were not deleted. */
export const deleteVpcEndpoints: ActionResult = (world, { query, region, now }) => {
  const ids = query.list('VpcEndpointId');
  if (ids.length === 0) {
    throw new AwsRefusal('MissingParameter', 'The request must contain the parameter VpcEndpointId');
  }
  let next = world;
  const unsuccessful: Xml[] = [];
  for (const id of ids) {
    try {
      next = deleteEndpoint(next, region, now, id);
    } catch (error) {
      if (!(error instanceof AwsRefusal)) throw error;
      // This list has another code than DescribeVpcEndpoints.
      const code = error.errorCode.replace('InvalidVpcEndpointId.NotFound', 'InvalidVpcEndpoint.NotFound');
      unsuccessful.push({ resourceId: id, error: { code, message: error.message } });
    }
  }
  return { world: next, answer: { unsuccessful } };
};

function deleteEndpoint(world: World, region: string, now: number, id: string): World {
  const endpoint = findLiving(world, region, now, id);
  const gone = { ...endpoint, goneAt: now + briefly(world.options) };
  const endpoints = world.aws.endpoints.map((each) => (each.id === id ? gone : each));
  return tellAtlasOfDelete({ ...world, aws: { ...world.aws, endpoints } }, id, now);
}
