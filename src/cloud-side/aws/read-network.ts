import { NotFoundError, UsageError } from '../../base/errors.js';
import type { ServiceRef } from '../cloud-side.js';
import { checkOwner, checkSubnets, checkVpc, chooseSubnets, onlyVpc } from './choose.js';
import type { Ec2 } from './ec2.js';
import { type Existing, groupName, isConnectable, isOwn, preferred } from './model.js';
import { toVpcEndpoint, type VpcEndpoint } from './read.js';
import type { Wanted } from './wanted.js';

/** Reads what exists. Changes nothing; throws if it can't work. */
export async function readNetwork(
  ec2: Ec2,
  { region, serviceRegion, wanted, service }: Pick<Existing, 'region' | 'serviceRegion' | 'wanted' | 'service'>,
): Promise<Existing> {
  const identity = await ec2.identity();
  const all = await endpointsFor(ec2, service, wanted);
  const given = wanted.subnets.length > 0 ? await ec2.subnets({ ids: wanted.subnets }) : [];
  const there = wanted.adopt === undefined ? preferred(all, service) : all[0];
  const groups = wanted.groups.length > 0 ? await ec2.groups({ ids: wanted.groups }) : [];
  const vpcId = wanted.vpc ?? given[0]?.vpc ?? groups[0]?.vpc ?? there?.vpc;
  const vpc = vpcId === undefined ? onlyVpc(await ec2.vpcs({}), region, identity.account) : await vpcNamed(ec2, vpcId);
  checkVpc([...given, ...groups], vpc.id);

  const endpoints = all.filter((each) => each.vpc === vpc.id);
  const isThere = wanted.adopt !== undefined || endpoints.some((each) => isConnectable(each, service));
  if (!isThere) checkOwner(vpc, identity.account);
  // A rule with an unknown group would be refused only after the service was created. This read throws if one is missing.
  const sources = wanted.from.filter((source) => source.startsWith('sg-'));
  if (!isThere && sources.length > 0) await ec2.groups({ ids: sources });
  // AWS doesn't tell the zones of a service in another region.
  const hasZones = !isThere && service?.region === region;
  const zones = hasZones && service.target ? await ec2.zones(service.target) : null;
  checkSubnets(given, zones);
  const inVpc = given.length > 0 || isThere ? given : await ec2.subnets({ filters: { 'vpc-id': vpc.id } });
  const subnets = given.length > 0 || isThere ? given : chooseSubnets(inVpc, vpc.id, zones);
  // One request for the default group and the one that this program created.
  const names = ['default', ...(service ? [groupName(service)] : [])];
  const known = isThere ? [] : await ec2.groups({ filters: { 'vpc-id': vpc.id, 'group-name': names } });
  const ownGroup = known.find((group) => isOwn(group, service));
  const defaultGroup = known.find(({ name }) => name === 'default')?.id ?? null;
  return { identity, region, serviceRegion, wanted, service, zones, vpc, defaultGroup, subnets, ownGroup, endpoints };
}

/** What is known without the permission to read. */
export function withoutReading(
  known: Pick<Existing, 'region' | 'serviceRegion' | 'wanted' | 'service' | 'unread'>,
): Existing {
  const { service, wanted } = known;
  const nothing = { identity: null, zones: null, vpc: null, defaultGroup: null, ownGroup: undefined, subnets: [] };
  const adopted = {
    ...toVpcEndpoint({ VpcEndpointId: wanted.adopt, ServiceName: service?.target ?? '' }),
    state: 'unknown',
  };
  return { ...nothing, ...known, endpoints: wanted.adopt === undefined ? [] : [adopted] };
}

/** The VPC endpoints for this service, in any VPC of the region; or the one that is to be adopted. */
async function endpointsFor(ec2: Ec2, service: ServiceRef | undefined, { adopt }: Wanted): Promise<VpcEndpoint[]> {
  if (adopt === undefined) {
    return service?.target ? ec2.endpoints({ filters: { 'service-name': service.target } }) : [];
  }
  const found = await ec2.endpoints({ ids: [adopt] });
  const [endpoint] = found;
  if (!endpoint)
    throw new NotFoundError(
      `VPC endpoint ${adopt} not found in this AWS account and region.`,
      `To attach a VPC endpoint in another account, without AWS credentials: atlas-pe interface add`,
    );
  if (service?.target && endpoint.serviceName !== service.target) {
    throw new UsageError(
      `${adopt} connects to ${endpoint.serviceName}, not to ${service.target}.`,
      'Choose a VPC endpoint for this service, or remove --adopt to create one.',
    );
  }
  return found;
}

async function vpcNamed(ec2: Ec2, id: string) {
  const [vpc] = await ec2.vpcs({ ids: [id] });
  if (vpc) return vpc;
  throw new NotFoundError(`VPC ${id} not found in this AWS account and region.`);
}
