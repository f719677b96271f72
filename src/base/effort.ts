/** The limits of a request: how many tries, and milliseconds per try. */
export interface Effort {
  tries: number;
  timeoutMs: number;
}
