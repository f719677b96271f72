import type { Ora } from 'ora';
import { type Host, type Output, onSignals } from '../base/host.js';
import type { Later, Live, Progress } from './io.js';
import { prose } from './streams.js';
import type { Symbols } from './view.js';
import { aligned, columnsOf, cut, inColumns, rowsOf } from './width.js';

interface Rows {
  live: Live;
  later: Later;
}

export async function spinnerProgress(
  stream: Output,
  { color, symbols }: { color: boolean; symbols: Symbols },
  rows: Rows,
  job: Job,
): Promise<Progress> {
  const [{ default: ora, spinners }, { painter }] = await Promise.all([import('ora'), import('./paint.js')]);
  const paint = painter(color);
  const spinner = ora({
    // ora expects a terminal's stream. The caller has checked that it is one.
    stream: stream as NodeJS.WriteStream,
    isEnabled: true,
    // Without raw mode, Ctrl-C is a signal, so it reaches this process at once.
    discardStdin: false,
    spinner: symbols.isUnicode ? spinners.dots : spinners.line,
    ...(color ? {} : { color: false }),
  });
  const { refresh, resize } = drawRows(spinner, stream, symbols, rows);
  let timer: NodeJS.Timeout | undefined;
  const takeDown = () => {
    clearInterval(timer);
    spinner.stop();
  };
  const putUp = () => {
    clearInterval(timer);
    refresh();
    // Set before ora's own timer, so that each frame of ora draws fresh rows.
    timer = setInterval(refresh, spinner.interval);
    spinner.start();
  };
  const shown = showLive(stream, job, { putUp, takeDown, redraw: refresh, resize });
  return {
    // Nobody sees rows in the background, but a script's log may be read.
    changed: ({ message }) => {
      if (!shown.redraw()) stream.write(prose(message, stream));
    },
    settled: ({ line, tone }) => {
      refresh();
      const cells = [line].flat().map(symbols.spell);
      const shown = inColumns([cells], sizeOf(stream).columns - 2).join('\n  ');
      stream.write(`${paint[tone](tone === 'plain' ? '-' : symbols[tone])} ${shown}\n`);
    },
    stop: shown.end,
  };
}

/** Draws rows with a spinner: the first one is ora's text, and the other ones get the same frame. */
function drawRows(spinner: Ora, stream: Output, symbols: Symbols, { live, later }: Rows) {
  let lines: string[] = [];
  const refresh = () => {
    // ora draws its spinner before its text.
    spinner.text = '';
    const frame = spinner.frame().trimEnd();
    const size = sizeOf(stream);
    const rows = fitted(live(), size);
    // On a low screen, these rows are left out first.
    const coming = later().slice(0, Math.max(0, size.rows - rows.length - 3));
    lines = [...rows, ...coming].map(symbols.spell);
    // Keep the cursor on an empty line: terminals differ in what they do with its line when they get narrower.
    const text = lines.map((line, index) => (index < rows.length ? `${frame} ${line}` : `  ${line}`)).join('\n');
    spinner.text = `${text.slice(lines.length > 0 ? frame.length + 1 : 0)}\n`;
  };
  const resize = () => {
    if (!spinner.isSpinning) return;
    spinner.clear();
    // A terminal that got narrower has wrapped its lines. ora doesn't know about the extra ones.
    const { columns } = sizeOf(stream);
    const wrapped = lines.reduce((sum, line) => sum + rowsOf(`  ${line}`, columns) - 1, 0);
    refresh();
    stream.write(`${'\x1b[1A\x1b[2K'.repeat(wrapped)}\r`);
  };
  return { refresh, resize };
}

function sizeOf({ columns, rows }: Output) {
  return { columns: columns || 80, rows: rows || 24 };
}

/** Formats rows as aligned lines that fit on the screen beside a spinner. Drops the cells and rows that don't fit. */
export function fitted(rows: readonly (readonly string[])[], screen: { columns: number; rows: number }): string[] {
  const { columns, rows: height } = screen;
  const most = rows.length > height - 2 ? rows.slice(0, Math.max(1, height - 3)) : rows;
  // The first cell is always shown. It is cut only if no screen could hold it.
  const shown = most.map(([first = '', ...others]) => [cut(first, Math.max(60, columns - 3), '…'), ...others]);
  const fitting: number[] = [];
  let used = 2;
  for (let index = 0; shown.some((row) => index < row.length); index++) {
    const width = Math.max(...shown.map((row) => columnsOf(row[index] ?? '')));
    if (fitting.length > 0 && used + width >= columns) continue;
    used += width + 2;
    fitting.push(index);
  }
  const lines = aligned(shown.map((row) => fitting.map((index) => row[index] ?? ''))).map((line) => line.trimEnd());
  return shown.length === rows.length ? lines : [...lines, `… and ${rows.length - shown.length} more`];
}

export interface Job {
  signals: Pick<Host, 'on' | 'off' | 'kill' | 'pid'>;
  /** Whether this process is in the terminal's foreground. If not, the shell has the terminal. */
  isInForeground(): boolean;
}

interface Display {
  putUp(): void;
  takeDown(): void;
  redraw(): void;
  resize(): void;
}

/** How often a background process checks whether it is still in the background. No signal reports that change. */
const lookMs = 1000;

/** Takes the display down in the background, before a suspension, and before SIGHUP or SIGQUIT ends the process. */
export function showLive(stream: Output, { signals, isInForeground }: Job, display: Display) {
  const { putUp, takeDown, redraw, resize } = display;
  let isUp = false;
  let timer: NodeJS.Timeout | undefined;
  const down = () => {
    clearInterval(timer);
    if (isUp) takeDown();
    isUp = false;
  };
  const up = () => {
    if (!isInForeground()) {
      down();
      timer = setInterval(up, lookMs).unref();
      return;
    }
    clearInterval(timer);
    isUp = true;
    putUp();
  };
  const suspend = () => {
    down();
    signals.off('SIGTSTP', suspend);
    signals.kill(signals.pid, 'SIGTSTP');
    // Without a shell that could continue this process, the system discards the stop, and no signal reports that.
    timer = setInterval(resume, lookMs).unref();
  };
  const resume = () => {
    // After a SIGSTOP, `suspend` hasn't run and still listens. Don't add it twice.
    signals.off('SIGTSTP', suspend);
    signals.on('SIGTSTP', suspend);
    up();
  };
  const dieOf = (signal: 'SIGHUP' | 'SIGQUIT') => () => {
    end();
    signals.kill(signals.pid, signal);
  };
  const deaths = { SIGHUP: dieOf('SIGHUP'), SIGQUIT: dieOf('SIGQUIT') };
  const stopListening = onSignals(signals, { SIGTSTP: suspend, SIGCONT: resume, ...deaths });
  const end = () => {
    stopListening();
    stream.off('resize', onResize);
    down();
  };
  const onResize = () => {
    if (isUp) resize();
  };
  stream.on('resize', onResize);
  up();
  return {
    redraw: () => {
      if (isUp) redraw();
      return isUp;
    },
    end,
  };
}
