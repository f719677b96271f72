import type { Tone } from './view.js';

/** A change during a wait: a sentence about it, and the same as data. */
export interface StatusChange {
  message: string;
  facts: Readonly<Record<string, string | number | null>>;
}

/** Shows on stderr how a wait proceeds. */
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
