/** Milliseconds until the next try: doubled each time, and half of them random. `tries` counts from 1. */
export function backOff(firstMs: number, tries: number, random: () => number): number {
  const ceiling = firstMs * 2 ** (tries - 1);
  return ceiling / 2 + (random() * ceiling) / 2;
}

/** The limits of a request: how many tries, and milliseconds per try. */
export interface RequestLimits {
  tries: number;
  timeoutMs: number;
}
