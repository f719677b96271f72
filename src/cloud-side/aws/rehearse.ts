import type { CloudContext } from '../cloud-side.js';
import { CloudError, unlessRefused } from '../errors.js';
import { subnetsLeft } from './choose.js';
import { isDenied } from './codes.js';
import type { Ec2 } from './ec2.js';
import { chosenGroups, groupName, missingRules, ownTags } from './model.js';
import type { AwsPlan } from './plan.js';

/** Asks AWS whether what the plan creates may be created. Nothing is. Throws if it may not. */
export async function rehearse(
  ec2: Ec2,
  { io }: Pick<CloudContext, 'io'>,
  { there, steps }: AwsPlan,
  projectId: string,
): Promise<void> {
  const { vpc, service, wanted, ownGroup, defaultGroup, region, serviceRegion, subnets } = there;
  if (!vpc) return;
  if (!service?.target) await ec2.rehearse.reads();
  const isCreated = (id: string) => steps.some((step) => step.id === id && step.action === 'create');
  // Only the id of the service is made up while there is none.
  const tags = { ...wanted.tags, ...ownTags(service ?? { id: 'new', projectId }) };
  if (isCreated('security-group')) {
    // An error that it already exists means that the permission is there.
    const name = groupName(service ?? { id: 'new' });
    if (!ownGroup) await unlessRefused(ec2.rehearse.createGroup({ name, vpc: vpc.id, tags }), 'InvalidGroup.Duplicate');
    const group = ownGroup?.id ?? defaultGroup;
    const allowed = group === null ? Promise.resolve() : ec2.rehearse.allow(group, missingRules(there));
    await unlessRefused(allowed, 'InvalidPermission.Duplicate').catch((error: unknown) => {
      // A policy may allow this only for groups with certain tags, which the default group lacks.
      if (ownGroup || !isDenied(error)) throw error;
      const where = `atlas-pe checked this on the default security group of ${vpc.id}`;
      io.warn(`${error.message} ${where}. AWS may allow it on the new one.`);
    });
  }
  if (!isCreated('vpc-endpoint')) return;
  const create = (left = subnets) =>
    ec2.rehearse.createEndpoint({
      serviceName: service?.target ?? ownServiceOf(serviceRegion),
      serviceRegion: serviceRegion === region ? undefined : serviceRegion,
      vpc: vpc.id,
      subnets: left.map(({ id }) => id),
      groups: chosenGroups(there),
      tags,
    });
  try {
    await create();
  } catch (error) {
    const left = service?.target ? await subnetsLeft(ec2, there, subnets, error) : undefined;
    if (left) return create(left);
    // If this is another service, only a missing permission counts.
    const isOther = !service?.target && error instanceof CloudError && error.exit !== 'notAllowed' && !error.mayPass;
    if (!isOther) throw error;
  }
}

/** One of AWS's own services, which every region has. */
function ownServiceOf(region: string): string {
  return `${region.startsWith('cn-') ? 'cn.' : ''}com.amazonaws.${region}.ec2`;
}
