import { pollUntilFound } from '../base/poll-until-found.js';
import type { RequestLimits } from '../base/request-limits.js';
import type { CloudContext } from './cloud-side.js';
import { hasCode, isLost } from './errors.js';

interface Creation<T> {
  /** What it is, for people. */
  what: string;
  send(): Promise<T>;
  /** The codes of an answer that means that the name is taken. */
  taken: readonly string[];
  /** What has the name. Throws if it is somebody else's. */
  find(limits: RequestLimits): Promise<T | undefined>;
}

/** Creates what a cloud has only once by its name: a create whose answer was lost is looked for before it is sent again. */
export async function createNamed<T>(line: CloudContext, { what, send, taken, find }: Creation<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (!isLost(error) && !hasCode(error, ...taken)) throw error;
      if (error.mayHaveArrived) line.io.warn(`${error.message} Checking whether the ${what} was created.`);
      const found = await pollUntilFound(line, find, error.message);
      if (found !== undefined) return found;
      if (tries === 2) throw error;
    }
  }
}
