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

/** One of the APIs of the sandbox: which requests it accepts, and how it writes errors. */
export interface Frontend {
  /** Throws refusals. */
  admit(arrival: Arrival): Promise<Admitted>;
  /** Makes the accepted credentials expire, and returns the refusal for this request. */
  expire(response: ServerResponse): Error;
  /** The answer of a fault. Its default body is an error in the format of this API. */
  faultReply(fault: Fault & { status: number }): Reply;
  isRefusal(error: unknown): boolean;
  /** The answer for an error: a refusal, or an unexpected error of the sandbox itself. */
  refuse(error: unknown, response: ServerResponse): Reply;
}

/** The content type of a fault's body. */
export function typeOfBody(body: string): string {
  return body.startsWith('<?xml') ? 'text/xml' : body.startsWith('<') ? 'text/html' : 'application/json';
}
