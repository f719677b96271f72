import type { Socket } from 'node:net';
import type { Clock } from '../base/clock.js';

/** Milliseconds. A server may close a connection that was unused for longer, so it isn't given to a request. */
const freshMs = 4000;

/** A connection that is opened before a request needs it. */
interface PreopenedConnection {
  /** Hands it over, still being opened or not, or with the error that it failed with. Undefined if it's of no use. */
  take(): Promise<Socket> | undefined;
  /** Whether it failed. */
  hasFailed(): boolean;
}

/** Returns the next connection that was opened ahead; undefined if there is none. */
export type TakeSpare = () => Promise<Socket> | undefined;

/** Opens this many connections at the same moment, for requests that will come. The signal closes those not taken. */
export function openAhead(
  count: number,
  open: () => Promise<Socket>,
  { clock, signal }: { clock: Clock; signal: AbortSignal | undefined },
): TakeSpare {
  const spares = Array.from({ length: count }, () => spareOf(open(), clock, signal));
  // A failed connection fails one try: the next must open a connection, and not fail with the error of another spare.
  let isFailureReported = false;
  return () => {
    for (let spare = spares.shift(); spare; spare = spares.shift()) {
      const hasFailed = spare.hasFailed();
      const taken = hasFailed && isFailureReported ? undefined : spare.take();
      if (!taken) continue;
      isFailureReported ||= hasFailed;
      taken.catch(() => {
        isFailureReported = true;
      });
      return taken;
    }
    return undefined;
  };
}

function spareOf(opening: Promise<Socket>, clock: Clock, signal: AbortSignal | undefined): PreopenedConnection {
  let settled: { at: number; socket?: Socket } | undefined;
  let isTaken = false;
  const close = () => void settled?.socket?.destroy();
  opening.then(
    (socket) => {
      settled = { at: clock.monotonic(), socket };
      if (isTaken) return;
      signal?.addEventListener('abort', close, { once: true });
      if (signal?.aborted) close();
      // A server has nothing to say before a request. If it closes the connection or sends anything, that's of no use.
      socket.once('readable', close);
    },
    () => {
      settled = { at: clock.monotonic() };
    },
  );
  return {
    take: () => {
      isTaken = true;
      if (!settled) return opening;
      const { at, socket } = settled;
      const isFresh = clock.monotonic() - at <= freshMs;
      if (!isFresh) close();
      signal?.removeEventListener('abort', close);
      socket?.removeListener('readable', close);
      const isOfUse = socket ? !socket.destroyed : isFresh;
      return isOfUse ? opening : undefined;
    },
    hasFailed: () => settled !== undefined && settled.socket === undefined,
  };
}
