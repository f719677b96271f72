/** The limits of a request: how many tries, and milliseconds per try. */
export interface RequestLimits {
  tries: number;
  timeoutMs: number;
}
