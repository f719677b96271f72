import type { Clock } from '../base/clock.js';
import { formatDuration } from '../base/duration.js';
import type { Tone } from './view.js';

export interface StatusChange {
  message: string;
  facts: Readonly<Record<string, string | number | null>>;
}

export interface Progress {
  /** Something changed. Prints a line if nobody sees the rows. */
  changed(change: StatusChange): void;
  /** A row has ended. Its last line stays on the screen: a text, or cells, of which the last one is wrapped. */
  settled(end: { line: string | readonly string[]; tone: Tone }): void;
  stop(): void;
}

/** What is in progress now: one row each. The last cells of a row matter least. */
export type Live = () => readonly (readonly string[])[];

/** What comes after that: a line each. */
export type Later = () => readonly string[];

export const noProgress: Progress = { changed: () => undefined, settled: () => undefined, stop: () => undefined };

/** Milliseconds until the row is shown. Most responses arrive sooner, and a row that only flashes up disturbs. */
const delayMs = 1000;

/** A row with a spinner while we wait for a response. It makes way for other output. Without `open`, there is none. */
export function createResponseSpinner(
  clock: Pick<Clock, 'monotonic' | 'timeout'>,
  open: ((live: Live) => Promise<Pick<Progress, 'stop'>>) | undefined,
) {
  let [awaited, others] = [0, 0];
  /** Replaced each time the row is removed, so that an earlier `show` knows that it is too late. */
  let turn = {};
  let shown: Pick<Progress, 'stop'> | undefined;
  const takeDown = () => {
    turn = {};
    shown?.stop();
    shown = undefined;
  };
  const arm = () => {
    if (!open || awaited === 0 || others > 0) return;
    const mine = turn;
    const started = clock.monotonic();
    const show = async () => {
      if (turn !== mine) return;
      const row = await open(() => [['Waiting for a response', formatDuration(clock.monotonic() - started)]]);
      if (turn === mine) shown = row;
      else row.stop();
    };
    // The row is optional: ignore errors.
    clock.timeout(delayMs).addEventListener('abort', () => void show().catch(() => undefined));
  };
  return {
    begin: () => {
      awaited++;
      if (awaited === 1) arm();
      return () => {
        awaited--;
        if (awaited === 0) takeDown();
      };
    },
    /** Call it before using the terminal for something else, and call the result afterwards. */
    yieldTerminal: () => {
      others++;
      takeDown();
      return () => {
        others--;
        arm();
      };
    },
  };
}
