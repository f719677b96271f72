import { InterruptedError } from '../../base/errors.js';
import { backOff, type RequestLimits } from '../../base/request-limits.js';
import type { CloudContext } from '../cloud-side.js';
import { CloudError, hasCode } from '../errors.js';
import { toCloudError } from './explain.js';

/** What one request of the SDK takes. */
export interface How {
  abortSignal: AbortSignal;
}

interface Request<T> {
  /** As IAM writes it: `ec2:CreateVpcEndpoint`. */
  action: string;
  send(how: How): Promise<T>;
  /** It creates or deletes something, so it isn't sent after the deadline. */
  isChange?: boolean;
  /** It changes nothing, or asks for the same however often it is sent. */
  isHarmless: boolean;
  limits?: RequestLimits | undefined;
}

/** Sends one request to AWS. */
export type AwsCall = <T>(request: Request<T>) => Promise<T>;

const [mostTries, limitMs, firstDelayMs] = [4, 30_000, 600];

/** A request that was sent shortly before the deadline may still be answered. */
const leastMs = 1000;

/**
 * Requests with a limit of time each, that end with the command. One that is harmless is tried again after a fault that may
 * pass; one that changes something only if it certainly took no effect.
 */
export function createCall(line: CloudContext, region: string, profile: string | undefined): AwsCall {
  const { clock, random, signal, trace, onCall, left = () => Number.POSITIVE_INFINITY } = line;

  async function once<T>({ action, send, limits }: Request<T>): Promise<T> {
    const started = clock.monotonic();
    const timeout = clock.timeout(limits?.timeoutMs ?? Math.min(limitMs, Math.max(leastMs, left())));
    const tell = (what: string) =>
      trace?.(`AWS ${region} ${action} ${what} ${Math.round(clock.monotonic() - started)} ms`);
    try {
      const answer = await unlessAborted(send, AbortSignal.any([signal, timeout]));
      tell('OK');
      return answer;
    } catch (error) {
      // What the user, or the system, wanted is no fault of AWS.
      signal.throwIfAborted();
      const about = { action, region, profile, isTimeout: timeout.aborted };
      // Without credentials nothing was sent.
      const fault = error instanceof CloudError ? error : await toCloudError(error, about);
      tell(fault.errorCode ?? '-');
      throw fault;
    }
  }

  return async (request) => {
    if (signal.aborted) throw unsent(signal.reason);
    if (request.isChange && left() <= 0) {
      throw new CloudError(`${request.action} was not sent.`, { exit: 'timedOut' });
    }
    const end = onCall?.();
    try {
      return await repeated(request);
    } finally {
      end?.();
    }
  };

  async function repeated<T>(request: Request<T>): Promise<T> {
    const most = request.limits?.tries ?? line.tries ?? mostTries;
    for (let tries = 1; ; tries++) {
      try {
        return await once(request);
      } catch (error) {
        const fault = error as Partial<CloudError>;
        const isRepeatable = fault.mayPass === true && (request.isHarmless || fault.mayHaveArrived === false);
        const delay = backOff(firstDelayMs, tries, random);
        if (!isRepeatable || tries >= most || (request.isChange && left() <= delay)) throw error;
        await clock.sleep(delay, signal);
      }
    }
  }
}

/** The interruption of a request that was not sent yet. */
function unsent(reason: unknown): unknown {
  return reason instanceof InterruptedError ? new InterruptedError(reason.signal, { mayHaveArrived: false }) : reason;
}

/** The SDK ends a request that is aborted, but waits for whatever gives it credentials, such as another program. */
async function unlessAborted<T>(send: (how: How) => Promise<T>, abortSignal: AbortSignal): Promise<T> {
  const answer = send({ abortSignal });
  const answered = new AbortController();
  const aborted = new Promise<never>((_, reject) => {
    const onAbort = () => reject(abortSignal.reason);
    abortSignal.addEventListener('abort', onAbort, { once: true, signal: answered.signal });
  });
  try {
    return await Promise.race([answer, aborted]);
  } finally {
    answered.abort();
    // What comes of it later is nobody's concern.
    answer.catch(() => undefined);
  }
}

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
