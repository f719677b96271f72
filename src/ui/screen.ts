import { stripVTControlCharacters } from 'node:util';
import type { Output } from '../system.js';
import { painter } from './paint.js';
import { printable } from './streams.js';
import { onSuspension, type Signals } from './suspension.js';
import { listEntries } from './table.js';
import type { Layout, Tone, View } from './view.js';

/** A screen of its own, as full-screen programs have; what was on the terminal comes back when it is closed. */
export interface Screen {
  /** Without a view only the line above it. */
  show(view: View | undefined, headline: Headline | undefined): void;
  close(): void;
}

/** A line above the table. */
interface Headline {
  text: string;
  tone: Exclude<Tone, 'plain'>;
}

const [enter, leave] = ['\x1b[?1049h\x1b[?25l', '\x1b[?25h\x1b[?1049l'];
/** Between these a terminal shows nothing half drawn; those that don't know them ignore them. */
const [begin, end] = ['\x1b[?2026h', '\x1b[?2026l'];
const [home, eraseToEndOfLine, eraseBelow] = ['\x1b[H', '\x1b[K', '\x1b[J'];

/** Opens a screen on a terminal, whose layout is asked for again whenever it is drawn. */
export function openScreen(stdout: Output, layoutNow: () => Layout, signals: Signals): Screen {
  let draw = () => {};
  stdout.write(enter);
  const takeDown = () => stdout.write(leave);
  const putUp = () => {
    stdout.write(enter);
    draw();
  };
  const endSuspension = onSuspension(signals, takeDown, putUp);
  const resize = () => draw();
  stdout.on('resize', resize);
  return {
    show: (view, headline) => {
      draw = () => {
        const layout = layoutNow();
        const { width: columns } = layout;
        const size = { columns, rows: stdout.rows || 24 };
        const lines = within(headlineOf(headline, layout), entriesOf(view, layout), size, layout.symbols.spell('…'));
        // What was there is written over, so that nothing goes dark in between. To erase right after the last column would
        // take that with it.
        const over = lines.map((line) => {
          const isFull = widthOf(line) > 0 && widthOf(line) % columns === 0;
          return `${line}${isFull ? '' : eraseToEndOfLine}\r\n`;
        });
        stdout.write(`${begin}${home}${over.join('')}${eraseBelow}${end}`);
      };
      draw();
    },
    close: () => {
      endSuspension();
      stdout.off('resize', resize);
      takeDown();
    },
  };
}

function headlineOf(headline: Headline | undefined, { color, symbols }: Layout): string[] {
  if (!headline) return [];
  const { tone, text } = headline;
  return [`${painter(color)[tone](symbols[tone])} ${printable(text)}`, ''];
}

function entriesOf(view: View | undefined, layout: Layout): string[][] {
  if (!view) return [];
  return view.rows.length === 0 ? [[view.empty ?? '']] : listEntries(view, layout);
}

/** As many entries as a screen has room for, each of them whole, and how many there are besides. */
function within(
  above: readonly string[],
  entries: readonly (readonly string[])[],
  { columns, rows }: { columns: number; rows: number },
  ellipsis: string,
): string[] {
  const heightOf = (lines: readonly string[]) =>
    lines.reduce((sum, line) => sum + Math.max(1, Math.ceil(widthOf(line) / columns)), 0);
  // The cursor stands on a line of its own.
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
  return [...above, ...entries.slice(0, count).flat(), ...more].slice(0, rows - 1);
}

function widthOf(line: string): number {
  return stripVTControlCharacters(line).length;
}
