import { digits } from '../made-up.js';
import { accountDomain } from './identity.js';

/** An endpoint, as far as its DNS names depend on it. */
interface Named {
  id: string;
  /** The region of its VPC. */
  region: string;
  serviceName: string;
}

/** The DNS name of an endpoint: that for all zones, or that for one of them. */
export function endpointDnsName({ id, region, serviceName }: Named, zone?: string): string {
  const service = serviceName.split('.').at(-1) ?? '';
  const ofZone = zone === undefined ? '' : `-${zone}`;
  return `${id}-${digits(id, 8)}${ofZone}.${service}.${region}.vpce.${accountDomain(region)}`;
}
