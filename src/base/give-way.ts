/**
 * Lets the event loop turn once. Modules load synchronously, and a connection that is being opened moves on only when the
 * loop turns.
 */
export function giveWay(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
