import type { Line } from '../cloud-side.js';
import { hasCode } from '../errors.js';

/** AWS is eventually consistent: a new resource may not be found for some seconds. */
const delaysMs = [1000, 2000, 4000, 8000];

const unknown = [
  'InvalidGroup.NotFound',
  'InvalidGroupId.NotFound',
  'InvalidSecurityGroupId.NotFound',
  'InvalidSecurityGroupID.NotFound',
];

/** Sends a request about a security group that is new, and again while AWS doesn't know the group. */
export async function untilKnown<T>(
  { clock, signal }: Pick<Line, 'clock' | 'signal'>,
  request: () => Promise<T>,
): Promise<T> {
  for (const delay of delaysMs) {
    try {
      return await request();
    } catch (error) {
      if (!hasCode(error, ...unknown)) throw error;
      await clock.sleep(delay, signal);
    }
  }
  return request();
}
