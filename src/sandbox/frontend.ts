import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fate, Fault } from './faults.js';
import type { Reply } from './requests.js';

/** A request that arrived. */
export interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  target: URL;
  baseUrl: string;
}

/** A request whose credentials were accepted. */
interface Admitted {
  /** The action of an AWS request. */
  action?: string;
  carryOut(fate: Fate | undefined): Promise<Reply>;
}

export type FaultWithStatus = Fault & { status: number };

/** One of the APIs of the sandbox: which requests it accepts, and how it writes errors. */
export interface Frontend {
  /** Throws refusals. */
  admit(arrival: Arrival): Promise<Admitted>;
  /** Makes the accepted credentials expire, and returns the refusal for this request. */
  expire(response: ServerResponse): Error;
  /** The answer of a fault that has no body: an error in the format of this API. */
  faultReply(fault: FaultWithStatus): Reply;
  isRefusal(error: unknown): boolean;
  /** The answer for an error: a refusal, or an unexpected error of the sandbox itself. */
  refuse(error: unknown, response: ServerResponse): Reply;
}
