import type { CloudContext } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import { type Arm, actions } from './arm.js';
import { askForPermission, isAzureDenied } from './explain.js';
import { networkResourceId, partOf } from './ids.js';
import { allows } from './permissions.js';
import { type AzurePlan, newEndpoint } from './plan.js';

/** Asks Azure whether what the plan creates may be created. Nothing is. Throws if it may not. */
export async function rehearseAzure(
  arm: Arm,
  { io }: Pick<CloudContext, 'io'>,
  { there, endpoint }: AzurePlan,
  projectId: string,
): Promise<void> {
  const { service, subnet, serviceRegion } = there;
  if (endpoint || !subnet) return;
  // Only the id of the service, and what connects to it, are made up while there is none.
  const known = service ?? { id: 'new', projectId, region: serviceRegion, atlasRegion: '', refused: [], target: null };
  const made = newEndpoint(there, known);
  if (!made) return;
  const { groupId, name, body } = made;
  const permissions = await checkPermissions(arm, io, groupId, [actions.write, actions.read, actions.nic]);
  await checkPermissions(arm, io, subnet.id, [actions.join]);
  if (permissions && !allows(permissions, actions.validate)) {
    io.warn(`Azure policies could not be checked first: ${actions.validate} is not allowed.`);
    return;
  }
  const connections = body.properties.manualPrivateLinkServiceConnections.map(({ properties }) => {
    const id = properties.privateLinkServiceId || networkResourceId(groupId, 'privateLinkServices', 'atlas');
    return { name: 'atlas', properties: { ...properties, privateLinkServiceId: id } };
  });
  const properties = { ...body.properties, manualPrivateLinkServiceConnections: connections };
  try {
    await arm.validate(
      groupId,
      { name, ...body, properties },
      service?.target ? undefined : { tries: 1, timeoutMs: 30_000 },
    );
  } catch (error) {
    if (!(error instanceof CloudError)) throw error;
    // Without the permissions it is not clear which of them is missing. And while there is no service, only these count.
    if (!permissions && isAzureDenied(error)) io.warn(`Could not check what Azure allows. ${error.message}`);
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
  let permissions: readonly unknown[];
  try {
    permissions = await arm.permissions(id);
  } catch (error) {
    if (!isAzureDenied(error)) throw error;
    io.warn(`Permissions could not be checked first. ${error.message}`);
    return undefined;
  }
  const missing = needed.find((action) => !allows(permissions, action));
  if (missing === undefined) return permissions;
  const isSubnet = missing === actions.join;
  const where = isSubnet ? `the subnet ${partOf(id, 'subnets')}` : `the resource group ${partOf(id, 'resourceGroups')}`;
  throw new CloudError(`Azure does not allow ${missing} in ${where}.`, {
    exit: 'notAllowed',
    errorCode: isSubnet ? 'LinkedAuthorizationFailed' : 'AuthorizationFailed',
    hint: askForPermission,
  });
}
