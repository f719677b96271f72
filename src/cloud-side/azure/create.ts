import { CliError } from '../../base/errors.js';
import { texts } from '../../base/json.js';
import { once } from '../../base/once.js';
import { isSameId } from '../../clouds/shapes.js';
import { untilAnswered } from '../call.js';
import type { CloudContext, ServiceRef } from '../cloud-side.js';
import { CloudError, hasCode, unlessRefused } from '../errors.js';
import { type Arm, actions } from './arm.js';
import { denials, permissionHint } from './explain.js';
import { type AzureEndpoint, at, isOursFor, mayConnect, partsOf } from './model.js';
import type { AzurePlan } from './plan.js';

/** Asks Azure whether what the plan creates may be created. Nothing is. Throws if it may not. */
export async function rehearseAzure(arm: Arm, io: CloudContext['io'], { there, made }: AzurePlan): Promise<void> {
  if (!made) return;
  await checkPermissions(arm, io, partsOf(made.id).groupId, [actions.write, actions.read, actions.nic]);
  await checkPermissions(arm, io, made.subnet, [actions.join]);
  const isReal = there.service?.target != null;
  try {
    await arm.validate(made.id, made.body, isReal ? undefined : { tries: 1, timeoutMs: 30_000 });
  } catch (error) {
    // Of a service that is made up, only what is not allowed counts.
    const isOfService = error instanceof CloudError && error.exit !== 'notAllowed' && error.exit !== 'conflict';
    if (hasCode(error, ...denials)) io.warn(`Azure policies could not be checked first. ${error.message}`);
    else if (isReal || !isOfService) throw error;
  }
}

/** Throws if the sign-in lacks a permission. Warns if that can't be read. */
export async function checkPermissions(
  arm: Arm,
  io: CloudContext['io'],
  id: string,
  needed: readonly string[],
): Promise<void> {
  const roles = await unlessRefused(arm.permissions(id), ...denials);
  if (!roles) io.warn(`Permissions in ${partsOf(id).name} could not be checked first.`);
  const missing = roles && needed.find((action) => !allows(roles, action));
  if (missing === undefined) return;
  const what = `Azure does not allow ${missing} in ${partsOf(id).name}.`;
  throw new CloudError(what, { exit: 'notAllowed', errorCode: denials[0], hint: permissionHint });
}

/** Whether an action is allowed: by some role, which doesn't exclude it. Deny assignments are not seen. */
export function allows(roles: readonly unknown[], action: string): boolean {
  // `*` stands for any characters.
  const toPattern = (text: string) => text.replaceAll(/[^\w/*]/g, '\\$&').replaceAll('*', '.*');
  const has = (given: unknown) => texts(given).some((each) => new RegExp(`^${toPattern(each)}$`, 'i').test(action));
  return roles.some((role) => has(at(role, 'actions')) && !has(at(role, 'notActions')));
}

/**
 * Creates the private endpoint, and never two: its name is the same for the same service, and Azure changes nothing if it
 * is there. `onCreated` is called as soon as it exists.
 */
export async function createPrivateEndpoint(
  arm: Arm,
  line: CloudContext,
  { made }: AzurePlan,
  service: ServiceRef,
  onCreated: (id: string) => void,
): Promise<AzureEndpoint> {
  if (!made) throw new CloudError('The subnet of the private endpoint is not known.');
  const { id, body } = made;
  const before = await arm.endpoint(id);
  if (before && !(isOursFor(before, service) && isSameId(before.target, service.target ?? ''))) {
    const hint = `Delete it, or use it with --adopt ${id}.`;
    const what = `The resource group already has a private endpoint named ${before.name}`;
    throw new CliError('conflict', `${what}, which atlas-pe did not create for this service.`, { hint });
  }
  if (before && mayConnect(before)) return before;
  const tell = once(async (made: string) => onCreated(made));
  const warn = once(async (what: string) => line.io.warn(`${what} Trying again.`));
  // A private link service, or a subnet, may not be ready for some minutes.
  return untilAnswered(line, 'Azure is not ready for the private endpoint.', async () => {
    try {
      const made = await arm.put(id, body, tell);
      return (await arm.endpoint(id)) ?? { ...made, state: 'Creating' };
    } catch (error) {
      if (!(error instanceof CloudError) || !error.mayPass || error.mayHaveArrived) throw error;
      await warn(error.message);
      return undefined;
    }
  });
}
