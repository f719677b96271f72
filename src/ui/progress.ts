import type { Output } from '../system.js';
import { printable } from './streams.js';
import { onSuspension, type Signals } from './suspension.js';
import type { Symbols } from './symbols.js';

/** How something came out that was shown. */
interface End {
  line: string;
  isGood: boolean;
}

/** Shows on stderr how a wait goes on. */
export interface Progress {
  /** Something changed: a line where nobody can see the rows. */
  changed(line: string): void;
  /** Something that had a row has come to its end: that stays on the screen. */
  settled(end: End): void;
  /** Ends the display. */
  stop(): void;
}

/** What is under way at this moment: a row each, in cells of which the last ones matter least. */
export type Live = () => readonly (readonly string[])[];

export const noProgress: Progress = { changed: () => undefined, settled: () => undefined, stop: () => undefined };

/** For pipes, files and log viewers: one line a change, no control codes. */
export function lineProgress(write: (line: string) => void): Progress {
  return { ...noProgress, changed: write };
}

/** For terminals: a table below everything else that is written, with a spinner in each row. */
export async function spinnerProgress(
  stream: Output,
  { color, symbols }: { color: boolean; symbols: Symbols },
  live: Live,
  signals: Signals,
): Promise<Progress> {
  const [{ default: ora, spinners }, { painter }] = await Promise.all([import('ora'), import('./paint.js')]);
  const paint = painter(color);
  const spinner = ora({
    // ora means a terminal's stream; whether it is one was settled by whoever chose this display.
    stream: stream as NodeJS.WriteStream,
    isEnabled: true,
    // Without raw mode Ctrl-C stays the terminal's own affair, so it reaches this process at once.
    discardStdin: false,
    spinner: symbols.isUnicode ? spinners.dots : spinners.line,
    ...(color ? {} : { color: false }),
  });
  // A stream that can't tell its size is taken for a usual screen.
  const size = () => ({ columns: stream.columns || 80, rows: stream.rows || 24 });
  let lines: string[] = [];
  const refresh = () => {
    // ora turns a spinner before its text, which is the first row; the others get the same frame.
    spinner.text = '';
    const frame = spinner.frame().trimEnd();
    lines = fitted(live(), size()).map(symbols.spell);
    // The cursor stands on an empty line, since terminals differ in what becomes of its line when they get narrower.
    spinner.text = `${lines.join(`\n${frame} `)}\n`;
  };
  const resize = () => {
    if (!spinner.isSpinning) return;
    spinner.clear();
    // A terminal that got narrower has wrapped lines; ora does not know of the upper ones.
    const { columns } = size();
    const wrapped = lines.reduce((sum, line) => sum + Math.ceil((line.length + 2) / columns) - 1, 0);
    refresh();
    stream.write(`${'\x1b[1A\x1b[2K'.repeat(wrapped)}\r`);
  };
  let timer: NodeJS.Timeout | undefined;
  const stop = () => {
    clearInterval(timer);
    spinner.stop();
  };
  const start = () => {
    clearInterval(timer);
    refresh();
    // Before ora's own, so that what ora draws is as new as its frame.
    timer = setInterval(refresh, spinner.interval);
    spinner.start();
  };
  const endSuspension = onSuspension(signals, stop, start);
  start();
  stream.on('resize', resize);
  return {
    changed: refresh,
    settled: ({ line, isGood }) => {
      refresh();
      const tone = isGood ? 'good' : 'bad';
      stream.write(`${paint[tone](symbols[tone])} ${printable(symbols.spell(line))}\n`);
    },
    stop: () => {
      endSuspension();
      stream.off('resize', resize);
      stop();
    },
  };
}

/** Rows as aligned lines that fit a screen beside a spinner: cells at the end are left out, and rows that find no place. */
export function fitted(
  rows: readonly (readonly string[])[],
  { columns, rows: height }: { columns: number; rows: number },
): string[] {
  const shown = rows.length > height - 2 ? rows.slice(0, Math.max(1, height - 3)) : rows;
  const widths: number[] = [];
  for (const row of shown) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, cell.length);
  }
  let [fitting, used] = [0, 2];
  for (const width of widths) {
    if (fitting > 0 && used + width >= columns) break;
    used += width + 2;
    fitting++;
  }
  const lines = shown.map((row) =>
    row
      .slice(0, fitting)
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return shown.length === rows.length ? lines : [...lines, `… and ${rows.length - shown.length} more`];
}
