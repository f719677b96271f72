import { type Endpoint, toEndpoint } from '../../src/atlas/model.js';

/** A private endpoint service on AWS with every key, read from an answer of Atlas. `more` replaces keys. */
export function endpointOf(more: Partial<Endpoint> = {}): Endpoint {
  const { projectId = '6a793f63c0eb9e7a177153f5', provider = 'AWS' } = more;
  const answer = { id: '6a793f68c0eb9e7a17715835', regionName: 'US_EAST_1', status: 'AVAILABLE' };
  return Object.assign(toEndpoint(projectId, provider, answer), more);
}
