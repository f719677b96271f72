import type { Output } from '../base/host.js';
import { type Job, showLive } from './live-display.js';
import type { Later, Live, Progress } from './progress.js';
import { oneLine, prose } from './streams.js';
import type { Symbols } from './symbols.js';
import { columnsOf, cut, extentOf } from './width.js';

/** For terminals: a table below everything else that is written, with a spinner in each row. */
export async function spinnerProgress(
  stream: Output,
  { color, symbols }: { color: boolean; symbols: Symbols },
  { live, later }: { live: Live; later: Later },
  job: Job,
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
    const rows = fitted(live(), size());
    // What is to come gives way where the screen is too low for both.
    const coming = later().slice(0, Math.max(0, size().rows - rows.length - 3));
    lines = [...rows, ...coming].map(symbols.spell);
    // The cursor stands on an empty line, since terminals differ in what becomes of its line when they get narrower.
    const text = lines.map((line, index) => (index < rows.length ? `${frame} ${line}` : `  ${line}`)).join('\n');
    spinner.text = `${text.slice(lines.length > 0 ? frame.length + 1 : 0)}\n`;
  };
  const resize = () => {
    if (!spinner.isSpinning) return;
    spinner.clear();
    // A terminal that got narrower has wrapped lines; ora does not know of the upper ones.
    const { columns } = size();
    const wrapped = lines.reduce((sum, line) => sum + extentOf(`  ${line}`, columns).rows - 1, 0);
    refresh();
    stream.write(`${'\x1b[1A\x1b[2K'.repeat(wrapped)}\r`);
  };
  let timer: NodeJS.Timeout | undefined;
  const takeDown = () => {
    clearInterval(timer);
    spinner.stop();
  };
  const putUp = () => {
    clearInterval(timer);
    refresh();
    // Before ora's own, so that what ora draws is as new as its frame.
    timer = setInterval(refresh, spinner.interval);
    spinner.start();
  };
  const shown = showLive(stream, job, { putUp, takeDown, redraw: refresh, resize });
  return {
    // In the background nobody sees rows, but a script's log may be read.
    changed: ({ message }) => {
      if (!shown.redraw()) stream.write(prose(message, stream));
    },
    settled: ({ line, tone }) => {
      refresh();
      const said = prose(symbols.spell(oneLine(line)), { isTTY: true, columns: size().columns - 2 });
      stream.write(`${paint[tone](symbols[tone])} ${said}`);
    },
    stop: shown.end,
  };
}

/**
 * Rows as aligned lines that fit a screen beside a spinner: cells for which there is no room are left out, and rows.
 */
export function fitted(
  rows: readonly (readonly string[])[],
  { columns, rows: height }: { columns: number; rows: number },
): string[] {
  const most = rows.length > height - 2 ? rows.slice(0, Math.max(1, height - 3)) : rows;
  // The first cell is shown in any case: whole, but for what no screen has room for.
  const shown = most.map(([first = '', ...others]) => [cut(first, Math.max(60, columns - 3), '…'), ...others]);
  const widths: number[] = [];
  for (const row of shown) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, columnsOf(cell));
  }
  const fitting: number[] = [];
  let used = 2;
  for (const [index, width] of widths.entries()) {
    if (fitting.length > 0 && used + width >= columns) continue;
    used += width + 2;
    fitting.push(index);
  }
  const padded = (cell: string, index: number) => cell + ' '.repeat((widths[index] ?? 0) - columnsOf(cell));
  const lines = shown.map((row) =>
    fitting
      .map((index) => padded(row[index] ?? '', index))
      .join('  ')
      .trimEnd(),
  );
  return shown.length === rows.length ? lines : [...lines, `… and ${rows.length - shown.length} more`];
}
