import type { Effort } from '../base/effort.js';

/* What sending and signing in share. */

/** One request and its answer on the wire, with this Authorization header or none. */
type Exchange = (authorization: string | undefined) => Promise<Answer>;

export interface Answer {
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Adds credentials to a request, and answers refusals. A 401 that it returns is final. */
export type Auth = (request: AuthRequest, exchange: Exchange) => Promise<Answer>;

interface AuthRequest {
  method: string;
  uri: string;
  /** It bounds what signing in takes too. */
  effort?: Effort | undefined;
}
