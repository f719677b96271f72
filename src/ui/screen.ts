import type { Output } from '../base/host.js';
import { type Job, showLive } from './live-display.js';
import { painter } from './paint.js';
import { oneLine, printable, wrapped } from './streams.js';
import { listEntries } from './table.js';
import type { Layout, Tone, View } from './view.js';
import { columnsOf, cut, extentOf, type Size } from './width.js';

/** A full screen, like that of an editor. Closing it restores what the terminal showed before. */
export type Screen = ReturnType<typeof openScreen>;

/** A line above the table. */
interface Headline {
  text: string;
  tone: Exclude<Tone, 'plain'>;
}

const [enter, leave] = ['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'];
/** A terminal doesn't show partial updates between these two. Terminals that don't support them ignore them. */
const [begin, end] = ['\x1b[?2026h', '\x1b[?2026l'];
const [home, eraseToEndOfLine, eraseBelow] = ['\x1b[H', '\x1b[K', '\x1b[J'];

/** Opens a screen on a terminal. Asks for the layout again before each drawing. */
export function openScreen(stdout: Output, layoutNow: () => Layout, job: Job) {
  let paintNow = () => {};
  const shown = showLive(stdout, job, {
    putUp: () => {
      stdout.write(enter);
      paintNow();
    },
    takeDown: () => stdout.write(leave),
    redraw: () => paintNow(),
  });
  return {
    /** Without a view, it shows only the headline. */
    show: (view: View | undefined, headline: Headline | undefined) => {
      paintNow = () => {
        const layout = layoutNow();
        const size = { columns: layout.width, rows: stdout.rows || 24 };
        const above = headlineOf(headline, layout, size);
        const lines = within(above, entriesOf(view, layout), size, layout.symbols.spell('…'));
        // Overwrites the old content instead of clearing it, to avoid flicker. Erasing right after the last column
        // would erase the character there.
        const over = lines.map((line) => {
          const isFull = extentOf(line, size.columns).used === size.columns;
          return `${line}${isFull ? '' : eraseToEndOfLine}\r\n`;
        });
        stdout.write(`${begin}${home}${over.join('')}${eraseBelow}${end}`);
      };
      shown.redraw();
    },
    close: shown.end,
  };
}

/** A long headline is cut, so that a small screen has room for the table. */
function headlineOf(headline: Headline | undefined, { color, symbols }: Layout, { columns, rows }: Size): string[] {
  if (!headline) return [];
  const { tone, text } = headline;
  const sign = symbols[tone];
  const room = columns * Math.max(1, Math.floor(rows / 6)) - sign.length - 1;
  const shown = `${sign} ${cut(printable(oneLine(text)), room, symbols.spell('…'))}`;
  const [first = '', ...more] = wrapped(shown, columns, columnsOf);
  const lines = [`${painter(color)[tone](sign)}${first.slice(sign.length)}`, ...more];
  return rows < 6 ? lines : [...lines, ''];
}

function entriesOf(view: View | undefined, layout: Layout): string[][] {
  if (!view) return [];
  return view.rows.length === 0 ? [[view.empty ?? '']] : listEntries(view, layout);
}

/** As many whole entries as fit on the screen, and the number of those that don't. */
function within(
  above: readonly string[],
  entries: readonly (readonly string[])[],
  { columns, rows }: Size,
  ellipsis: string,
): string[] {
  const heightOf = (lines: readonly string[]) => lines.reduce((sum, line) => sum + extentOf(line, columns).rows, 0);
  // The cursor needs an empty line.
  const room = rows - 1 - heightOf(above);
  let [height, count] = [0, 0];
  for (const entry of entries) {
    const isLast = count === entries.length - 1;
    if (height + heightOf(entry) > room - (isLast ? 0 : 1)) break;
    height += heightOf(entry);
    count++;
  }
  const rest = entries.length - Math.max(count, 1);
  const more = count < entries.length ? [`${ellipsis} and ${rest} more`] : [];
  const lines = [...above, ...entries.slice(0, count).flat(), ...more];
  // On a very small screen, even these lines don't fit.
  while (heightOf(lines) > Math.max(1, rows - 1)) lines.pop();
  return lines;
}
