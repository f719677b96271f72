import { CliError } from '../../base/errors.js';
import { pollUntilFound } from '../../base/poll-until-found.js';
import { untilKnown } from '../call.js';
import type { CloudContext, Created, ServiceRef } from '../cloud-side.js';
import { hasCode, isLost, unlessRefused } from '../errors.js';
import { isUnknown } from './codes.js';
import type { Ec2 } from './ec2.js';
import { type Existing, groupName, isOwn, missingRules, ownTags, type VpcGroup } from './model.js';
import { createdGroup } from './plan.js';

/** Creates the security group, or what it still lacks. Run again, it continues where it stopped. */
export async function createOwnGroup(
  ec2: Ec2,
  line: CloudContext,
  there: Existing,
  service: ServiceRef,
  onCreated: (what: Created) => void,
): Promise<VpcGroup> {
  const group = there.ownGroup ?? (await createOnce(ec2, line, there, service));
  if (!there.ownGroup) onCreated(createdGroup(group.id));
  const missing = missingRules({ ...there, ownGroup: group });
  // One rule per request: AWS rejects the whole request if one of its rules already exists.
  for (const rule of missing)
    await unlessRefused(
      untilKnown(line, isUnknown, () => ec2.allow(group.id, [rule])),
      'InvalidPermission.Duplicate',
    );
  return { ...group, rules: [...group.rules, ...missing] };
}

/**
 * Never two: a VPC takes a name only once, and a create whose answer was lost is looked for before it is sent again.
 */
async function createOnce(
  ec2: Ec2,
  line: CloudContext,
  { vpc, wanted }: Existing,
  service: ServiceRef,
): Promise<VpcGroup> {
  const name = groupName(service);
  const vpcId = vpc?.id ?? '';
  const tags = { ...wanted.tags, ...ownTags(service) };
  const find = async () => (await ec2.groups({ filters: { 'vpc-id': vpcId, 'group-name': name } }))[0];
  for (let tries = 1; ; tries++) {
    try {
      const id = await ec2.createGroup({ name, vpc: vpcId, tags });
      return { id, name, vpc: vpcId, tags, rules: [] };
    } catch (error) {
      if (!isLost(error) && !hasCode(error, 'InvalidGroup.Duplicate')) throw error;
      if (error.mayHaveArrived) line.io.warn(`${error.message} Checking whether the security group was created.`);
      const found = await pollUntilFound(line, find, error.message);
      if (found && isOwn(found, service)) return found;
      if (found) {
        throw new CliError(
          'conflict',
          `${vpcId} already has a security group named ${name}, which atlas-pe did not create: ${found.id}.`,
          { hint: `Delete it, or use it with --security-group ${found.id}.` },
        );
      }
      if (tries === 2) throw error;
    }
  }
}
