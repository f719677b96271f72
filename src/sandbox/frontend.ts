import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Clock } from '../base/clock.js';
import type { AwsKeys } from './aws/identity.js';
import type { Faults } from './faults.js';
import type { Keys, RequestsPerWindow } from './gate.js';
import type { KeyRights } from './key.js';
import type { FaultOutcome } from './lifetime.js';
import { Refusal } from './refusal.js';
import type { Store } from './store.js';

export interface SandboxOptions {
  store: Store;
  clock: Clock;
  random?: () => number;
  /** Default: a limit that clients do not reach, with headers like those of the live API. */
  rateLimit?: RequestsPerWindow | undefined;
  keys?: Keys | undefined;
  awsKeys?: AwsKeys | undefined;
  rights?: KeyRights | undefined;
  faults?: Faults | undefined;
  beforeReply?: (() => Promise<void>) | undefined;
  onTrouble?: ((error: unknown) => void) | undefined;
}

export interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  target: URL;
  baseUrl: string;
}

export interface Reply {
  /** Default: 200. */
  status?: number;
  /** A string is sent as it is, anything else as JSON. Undefined for an answer without a body. */
  body?: unknown;
  type?: string;
  headers?: Readonly<Record<string, string>>;
}

interface Admitted {
  action?: string | undefined;
  carryOut(fate: FaultOutcome | undefined): Promise<Reply>;
}

export interface Frontend {
  admit(arrival: Arrival): Promise<Admitted>;
  /** Makes the accepted credentials expire, and returns the refusal for this request. */
  expire(response: ServerResponse): Refusal;
  /** The code of the errors with this status, for a fault that names none. */
  errorCode(status: number): string;
  refuse(refusal: Refusal, response: ServerResponse): Reply;
}

const largestBody = 64 * 1024;

export async function readBody(request: IncomingMessage): Promise<string> {
  let text = '';
  try {
    for await (const chunk of request.setEncoding('utf8')) {
      text += chunk;
      if (text.length > largestBody) throw new Refusal(413, 'PAYLOAD_TOO_LARGE', 'The request is too large.');
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, 'INVALID_BODY', 'The request was incomplete.');
  }
  return text;
}
