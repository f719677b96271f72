/** How much a request may try: how often, and so many milliseconds each time. */
export interface Effort {
  tries: number;
  timeoutMs: number;
}
