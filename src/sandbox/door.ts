import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Fate, Fault } from './faults.js';
import type { Reply } from './requests.js';

/** A request on its way in. */
export interface Arrival {
  request: IncomingMessage;
  response: ServerResponse;
  target: URL;
  baseUrl: string;
}

/** A request that was let in. */
interface Admitted {
  /** What it asks for, where its path doesn't say so. */
  action?: string;
  carryOut(fate: Fate | undefined): Promise<Reply>;
}

/** One of the APIs of the sandbox: whom it lets in, and how it says no. */
export interface Door {
  /** Throws refusals. */
  admit(arrival: Arrival): Promise<Admitted>;
  /** Forgets who was let in, as if their credentials had aged, and returns the refusal that says so. */
  expire(response: ServerResponse): Error;
  /** A status that a fault asks for; where it gives no body, with an error as this API writes it. */
  faultReply(fault: Fault & { status: number }): Reply;
  isRefusal(error: unknown): boolean;
  /** What is answered to an error, also to one that is no refusal: then the sandbox itself is in trouble. */
  refuse(error: unknown, response: ServerResponse): Reply;
}

/** By how it begins, the type of a body that a fault gives. */
export function typeOfBody(body: string): string {
  return body.startsWith('<?xml') ? 'text/xml' : body.startsWith('<') ? 'text/html' : 'application/json';
}
