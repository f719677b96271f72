import { CliError } from '../../base/errors.js';
import { isSameId } from '../../clouds/shapes.js';
import type { CloudContext, ServiceRef } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import { type Arm, actions } from './arm.js';
import { type AzureEndpoint, isOursFor, mayConnect } from './model.js';
import { type InAzure, newEndpoint } from './plan.js';

/** Milliseconds before a private endpoint that could not be created is created again. */
const againMs = 10_000;
/** A private link service, or a subnet, may not be ready for some minutes. */
const mostTries = 20;

/**
 * Creates the private endpoint, and never two: its name is the same for the same service, and Azure changes nothing if it
 * is there. `onCreated` is called as soon as it exists.
 */
export async function createPrivateEndpoint(
  arm: Arm,
  line: CloudContext,
  there: InAzure,
  service: ServiceRef,
  onCreated: (id: string) => void,
): Promise<AzureEndpoint> {
  const made = newEndpoint(there, service);
  if (!made) throw new CloudError('The subnet of the private endpoint is not known.');
  const before = await arm.endpoint(made.id);
  if (before && !(isOursFor(before, service) && isSameId(before.target, service.target ?? ''))) {
    const hint = `Delete it, or use it with --adopt ${made.id}.`;
    const what = `The resource group already has a private endpoint named ${made.name}`;
    throw new CliError('conflict', `${what}, which atlas-pe did not create for this service.`, { hint });
  }
  if (before && mayConnect(before)) return before;
  let isTold = false;
  for (let tries = 1; ; tries++) {
    try {
      const { endpoint, operation } = await arm.put(made.id, made.body);
      if (!isTold) onCreated(endpoint.id || made.id);
      isTold = true;
      if (operation !== undefined) await untilDone(arm, line, operation);
      return (await arm.endpoint(made.id)) ?? { ...endpoint, state: 'Creating' };
    } catch (error) {
      const isPassing = error instanceof CloudError && error.mayPass && !error.mayHaveArrived;
      const left = leftOf(line);
      if (!isPassing || tries === mostTries || left <= 0) throw error;
      if (tries === 1) line.io.warn(`${error.message} Trying again.`);
      await line.clock.sleep(Math.min(againMs, left), line.signal);
    }
  }
}

/** Waits for an operation. Throws why it failed. */
async function untilDone(arm: Arm, line: CloudContext, operation: string): Promise<void> {
  for (;;) {
    const { isDone, error, delayMs } = await arm.operation(operation, actions.write);
    if (error) throw error;
    if (isDone) return;
    const left = leftOf(line);
    if (left <= 0) throw new CloudError('Azure is still creating the private endpoint.', { exit: 'timedOut' });
    await line.clock.sleep(Math.min(delayMs, left), line.signal);
  }
}

function leftOf({ left }: CloudContext): number {
  return left?.() ?? Number.POSITIVE_INFINITY;
}
