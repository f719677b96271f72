import { CloudError, hasCode } from '../errors.js';
import type { Ec2 } from './ec2.js';
import { groupName, ownTags } from './model.js';
import type { AwsPlan } from './plan.js';
import { missingRules } from './rules.js';

/** Asks AWS whether what the plan creates may be created. Nothing is. Throws if it may not. */
export async function rehearse(ec2: Ec2, { there, steps }: AwsPlan): Promise<void> {
  const { vpc, service, wanted, ownGroup, defaultGroup, region, subnets } = there;
  if (!vpc) return;
  if (!service?.name) await ec2.rehearse.reads();
  const isCreated = (id: string) => steps.some((step) => step.id === id && step.action === 'create');
  // The tags of a service that isn't there yet have the same keys.
  const tags = { ...wanted.tags, ...ownTags(service ?? { id: 'new', projectId: 'new' }) };
  if (isCreated('security-group')) {
    if (!ownGroup)
      await unlessTaken(ec2.rehearse.createGroup({ name: groupName(service ?? { id: 'new' }), vpc: vpc.id, tags }));
    const group = ownGroup?.id ?? defaultGroup;
    if (group !== null) await unlessTaken(ec2.rehearse.allow(group, missingRules(there)));
  }
  if (!isCreated('vpc-endpoint')) return;
  const groups = wanted.groups.length > 0 ? wanted.groups : ownGroup ? [ownGroup.id] : [];
  const where = { vpc: vpc.id, subnets: subnets.map(({ id }) => id), groups, tags };
  const isRemote = service !== undefined && service.region !== region;
  const name = service?.name;
  if (name) {
    const serviceRegion = isRemote ? service.region : undefined;
    await ec2.rehearse.createEndpoint({ ...where, serviceName: name, serviceRegion });
    return;
  }
  try {
    await ec2.rehearse.createEndpoint({ ...where, serviceName: ownServiceOf(region) });
  } catch (error) {
    // Only what it says of permissions counts: the service is another one.
    if (!(error instanceof CloudError) || error.exit === 'notAllowed' || error.mayPass) throw error;
  }
}

/** One of AWS's own services, which every region has. */
function ownServiceOf(region: string): string {
  return `${region.startsWith('cn-') ? 'cn.' : ''}com.amazonaws.${region}.ec2`;
}

/** An error that it already exists means that the permission is there. */
async function unlessTaken(request: Promise<void>): Promise<void> {
  try {
    await request;
  } catch (error) {
    if (!hasCode(error, 'InvalidGroup.Duplicate', 'InvalidPermission.Duplicate')) throw error;
  }
}
