import { CliError } from '../../base/errors.js';
import { isSameId } from '../../clouds/shapes.js';
import type { CloudContext, ServiceRef } from '../cloud-side.js';
import { CloudError } from '../errors.js';
import type { Arm } from './arm.js';
import type { InAzure } from './existing.js';
import { type AzureEndpoint, isOursFor, mayConnect, partsOf } from './model.js';
import { newEndpoint } from './plan.js';

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
  { clock, io, signal, left = () => Number.POSITIVE_INFINITY }: CloudContext,
  there: InAzure,
  service: ServiceRef,
  onCreated: (id: string) => void,
): Promise<AzureEndpoint> {
  const { target } = service;
  if (!there.subnet || target === null) throw new CloudError('The subnet of the private endpoint is not known.');
  const { id, body } = newEndpoint(there, there.subnet, { ...service, target });
  const before = await arm.endpoint(id);
  if (before && !(isOursFor(before, service) && isSameId(before.target, target))) {
    const hint = `Delete it, or use it with --adopt ${id}.`;
    const what = `The resource group already has a private endpoint named ${partsOf(id).name}`;
    throw new CliError('conflict', `${what}, which atlas-pe did not create for this service.`, { hint });
  }
  if (before && mayConnect(before)) return before;
  let told: string | undefined;
  const tell = (made: string) => {
    if (told === undefined) onCreated(made);
    told = made;
  };
  for (let tries = 1; ; tries++) {
    try {
      const made = await arm.put(id, body, tell);
      return (await arm.endpoint(id)) ?? { ...made, state: 'Creating' };
    } catch (error) {
      const isPassing = error instanceof CloudError && error.mayPass && !error.mayHaveArrived;
      if (!isPassing || tries === mostTries || left() <= 0) throw error;
      if (tries === 1) io.warn(`${error.message} Trying again.`);
      await clock.sleep(Math.min(againMs, left()), signal);
    }
  }
}
