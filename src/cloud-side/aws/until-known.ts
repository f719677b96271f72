import type { CloudContext } from '../cloud-side.js';
import { CloudError, hasCode } from '../errors.js';

/** AWS is eventually consistent: a new resource may not be found for some seconds. */
const delaysMs = [1000, 2000, 4000, 8000, 15_000, 15_000];

const groups = ['InvalidGroup', 'InvalidGroupId', 'InvalidSecurityGroupId', 'InvalidSecurityGroupID'];
const unknown = [...groups.map((kind) => `${kind}.NotFound`), 'InvalidServiceName'];

/** Sends a request about a new security group or a new service, and again while AWS doesn't know it. */
export async function untilKnown<T>(
  { clock, signal, left = () => Number.POSITIVE_INFINITY }: Pick<CloudContext, 'clock' | 'signal' | 'left'>,
  request: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await request();
    } catch (error) {
      if (!hasCode(error, ...unknown)) throw error;
      const delay = delaysMs[tries];
      if (delay === undefined) {
        // The id is right, so the exit code isn't that of an unknown id.
        const hint = 'AWS may need longer to show what is new.';
        throw new CloudError(error.message, { errorCode: error.errorCode, status: error.status, hint, cause: error });
      }
      await clock.sleep(Math.max(0, Math.min(delay, left())), signal);
    }
  }
}
