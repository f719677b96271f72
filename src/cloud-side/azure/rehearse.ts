import { texts } from '../../base/json.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError, hasCode, unlessRefused } from '../errors.js';
import { type Arm, actions } from './arm.js';
import { denials, permissionHint } from './explain.js';
import { at, partsOf } from './model.js';
import { type AzurePlan, newEndpoint } from './plan.js';

/** Asks Azure whether what the plan creates may be created. Nothing is. Throws if it may not. */
export async function rehearseAzure(
  arm: Arm,
  io: CloudContext['io'],
  { there, endpoint }: AzurePlan,
  projectId: string,
): Promise<void> {
  const { service, subnet } = there;
  if (endpoint || !subnet) return;
  // The service is made up while there is none.
  const target =
    service?.target ?? `${partsOf(subnet.id).groupId}/providers/Microsoft.Network/privateLinkServices/atlas`;
  const { id, body } = newEndpoint(there, subnet, { id: 'new', projectId, ...service, target });
  const permissions = await checkPermissions(arm, io, partsOf(id).groupId, [actions.write, actions.read, actions.nic]);
  await checkPermissions(arm, io, subnet.id, [actions.join]);
  if (permissions && !allows(permissions, actions.validate)) {
    io.warn(`Azure policies could not be checked first: ${actions.validate} is not allowed.`);
    return;
  }
  try {
    await arm.validate(id, body, service?.target ? undefined : { tries: 1, timeoutMs: 30_000 });
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    // Without the permissions it is not clear which of them is missing. And while there is no service, only these count.
    if (!permissions && hasCode(error, ...denials)) io.warn(`Could not check what Azure allows. ${error.message}`);
    else if (service?.target || error.exit === 'notAllowed' || error.exit === 'conflict') throw error;
  }
}

/** Throws if the sign-in lacks a permission. Returns what it may do; undefined, with a warning, if that can't be read. */
export async function checkPermissions(
  arm: Arm,
  io: CloudContext['io'],
  id: string,
  needed: readonly string[],
): Promise<readonly unknown[] | undefined> {
  const roles = await unlessRefused(arm.permissions(id), ...denials);
  if (!roles) {
    io.warn(`Permissions could not be checked first: ${actions.permissions} is not allowed.`);
    return undefined;
  }
  const missing = needed.find((action) => !allows(roles, action));
  if (missing === undefined) return roles;
  const isSubnet = missing === actions.join;
  const where = `${isSubnet ? 'subnet' : 'resource group'} ${partsOf(id).name}`;
  throw new CloudError(`Azure does not allow ${missing} in the ${where}.`, {
    exit: 'notAllowed',
    errorCode: isSubnet ? 'LinkedAuthorizationFailed' : 'AuthorizationFailed',
    hint: permissionHint,
  });
}

/** Whether an action is allowed: by some role, which doesn't exclude it. Deny assignments are not seen. */
export function allows(roles: readonly unknown[], action: string): boolean {
  // `*` stands for any characters.
  const patternOf = (text: string) => text.replaceAll(/[^\w/*]/g, '\\$&').replaceAll('*', '.*');
  const has = (patterns: unknown) =>
    texts(patterns).some((each) => new RegExp(`^${patternOf(each)}$`, 'i').test(action));
  return roles.some((role) => has(at(role, 'actions')) && !has(at(role, 'notActions')));
}
