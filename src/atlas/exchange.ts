import type { RequestLimits } from '../base/request-limits.js';

/* Types that sending and signing in share. */

/** Sends one request with this Authorization header, or without one, and returns the response. */
type Exchange = (authorization: string | undefined) => Promise<Answer>;

export interface Answer {
  status: number;
  /** Header names are in lower case. */
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Adds credentials to a request and handles a 401. A 401 that it returns is final. */
export type Auth = (request: AuthRequest, exchange: Exchange) => Promise<Answer>;

interface AuthRequest {
  method: string;
  uri: string;
  /** Also limits signing in. */
  limits?: RequestLimits | undefined;
}
