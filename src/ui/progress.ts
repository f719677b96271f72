import type { Tone } from './view.js';

/** How something came out that was shown. */
interface End {
  line: string;
  tone: Exclude<Tone, 'plain'>;
}

/** Something that is waited for has changed: a sentence on it, and the same as data. */
export interface Change {
  message: string;
  facts: Readonly<Record<string, string | number | null>>;
}

/** Shows on stderr how a wait goes on. */
export interface Progress {
  /** Something changed: a line where nobody can see the rows. */
  changed(change: Change): void;
  /** Something that had a row has come to its end: that stays on the screen. */
  settled(end: End): void;
  /** Ends the display. */
  stop(): void;
}

/** What is under way at this moment: a row each, in cells of which the last ones matter least. */
export type Live = () => readonly (readonly string[])[];

/** What comes after that: a line each. */
export type Later = () => readonly string[];

export const noProgress: Progress = { changed: () => undefined, settled: () => undefined, stop: () => undefined };

/** For pipes, files and log viewers: one line a change, no control codes. */
export function lineProgress(write: (change: Change) => void): Progress {
  return { ...noProgress, changed: write };
}
