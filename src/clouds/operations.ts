import { pollUntilFound, type RequestLimits, remainingOf } from '../http/ask.js';
import { isLost, RequestError } from '../http/request-error.js';
import type { CloudContext } from './cloud.js';
import { hasCode } from './errors.js';

/** Clouds are eventually consistent: a new resource may not be found for some seconds. */
const delaysMs = [1000, 2000, 4000, 8000, 15_000, 15_000];

/** Sends a request about something new, and again while the cloud doesn't know it. */
export async function untilKnown<T>(
  context: Pick<CloudContext, 'clock' | 'signal' | 'remainingMs'>,
  isUnknown: (error: unknown) => error is RequestError,
  request: () => Promise<T>,
): Promise<T> {
  for (let tries = 0; ; tries++) {
    try {
      return await request();
    } catch (error) {
      if (!isUnknown(error)) throw error;
      const delay = delaysMs[tries];
      if (delay === undefined) {
        // The id is right, so the exit code isn't that of an unknown id.
        const hint = 'The cloud may need longer to show what is new.';
        const { message, errorCode, status } = error;
        throw new RequestError(message, { errorCode, status, hint, cause: error });
      }
      await context.clock.sleep(Math.max(0, Math.min(delay, remainingOf(context))), context.signal);
    }
  }
}

/** Asks until there is an answer, with pauses between. After the deadline it throws what is not done, but may be later. */
export async function untilAnswered<T>(
  context: CloudContext,
  undone: string,
  ask: () => Promise<T | undefined>,
  pauseMs: () => number,
): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (remainingOf(context) <= 0) throw new RequestError(undone, { exit: 'timedOut' });
    await context.clock.sleep(Math.min(pauseMs(), remainingOf(context)), context.signal);
  }
}

interface Creation<T> {
  what: string;
  send(): Promise<T>;
  /** The codes of an answer that means that the name is taken. */
  taken: readonly string[];
  /** What has the name. Throws if it is somebody else's. */
  find(limits: RequestLimits): Promise<T | undefined>;
}

/** Creates what a cloud has only once by its name: a create whose answer was lost is looked for before it is sent again. */
export async function createNamed<T>(context: CloudContext, { what, send, taken, find }: Creation<T>): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await send();
    } catch (error) {
      if (!isLost(error) && !hasCode(error, ...taken)) throw error;
      // It is not lost: the cloud is still at it.
      if (error.exit === 'timedOut') throw error;
      if (error.mayHaveArrived) context.io.warn(`${error.message} Checking whether the ${what} was created.`);
      const found = await pollUntilFound(context, find, error.message);
      if (found !== undefined) return found;
      if (tries === 2) throw error;
    }
  }
}
