import { describe, expect, test } from 'vitest';
import { openScreen } from '../../src/ui/screen.js';
import { symbolsOf } from '../../src/ui/symbols.js';
import type { View } from '../../src/ui/view.js';
import { Screen } from '../helpers/screen.js';

const job = {
  signals: { pid: 1, on: () => undefined, off: () => undefined, kill: () => undefined },
  isInForeground: () => true,
};

/** Opens a screen on a terminal of this size. */
function open(columns: number, rows: number, { isUnicode = true, color = false } = {}) {
  const terminal = new Screen({ columns, rows });
  const layout = () => ({
    ...{ keys: ['id', 'status'], isTerminal: true, color, width: terminal.stream.columns ?? 80 },
    now: 0,
    symbols: symbolsOf({ LANG: isUnicode ? 'C.UTF-8' : 'C' }, 'linux'),
  });
  const display = openScreen(terminal.stream, layout, job);
  return {
    terminal,
    display,
    /** The visible lines after this is shown. */
    lines: async (view: View | undefined, text?: string, tone: 'good' | 'busy' | 'bad' = 'busy') => {
      display.show(view, text === undefined ? undefined : { text, tone });
      await terminal.written();
      return terminal.lines();
    },
  };
}

const table = (...ids: readonly string[]): View => ({
  ...{ single: false, id: 'id', columns: ['id'], empty: 'Nothing yet.' },
  rows: ids.map((id) => ({ id, status: 'AVAILABLE' })),
});

test('shows a headline, an empty line and the table', async () => {
  expect(await open(40, 24).lines(table('a', 'b'), 'Looking')).toEqual(['○ Looking', '', 'ID', 'a', 'b']);
  expect(await open(40, 24).lines(table('a'))).toEqual(['ID', 'a']);
  expect(await open(40, 24).lines(undefined, 'Looking', 'bad')).toEqual(['✖ Looking']);
  expect(await open(40, 24).lines(table(), 'Looking', 'good')).toEqual(['✔ Looking', '', 'Nothing yet.']);
});

test('the sign of a headline is coloured, its text is not', async () => {
  const { lines, terminal } = open(40, 24, { color: true });
  await lines(undefined, 'Looking', 'bad');
  expect(terminal.raw).toContain('\x1b[31m✖\x1b[39m Looking');
});

describe('a headline is cut if it takes more than a sixth of the screen', () => {
  test.each([
    [5, 18, 18],
    [5, 19, 17],
    [6, 18, 18],
    [6, 19, 17],
    [11, 19, 17],
  ])('%i rows, %i characters: %i are left', async (rows, length, left) => {
    const [headline] = await open(20, rows).lines(undefined, 'x'.repeat(length));
    expect(headline).toBe(`○ ${'x'.repeat(left)}${left < length ? '…' : ''}`);
  });

  test('a headline wraps at spaces on a taller screen', async () => {
    const words = 'aaaa bbbb cccc dddd eeee ffff';
    expect(await open(20, 12).lines(undefined, words)).toEqual(['○ aaaa bbbb cccc', 'dddd eeee ffff']);
  });

  test("text from Atlas in a headline can't move the cursor or break lines", async () => {
    expect(await open(60, 24).lines(undefined, 'a\nb\x1b[2Jc')).toEqual([String.raw`○ a b\u001b[2Jc`]);
  });
});

describe('a table shows the rows that fit, and the number of the others', () => {
  test.each([
    [6, ['a', 'b'], ['○ Now', '', 'ID', 'a', 'b']],
    [6, ['a', 'b', 'c'], ['○ Now', '', 'ID', 'a', '… and 2 more']],
    [6, ['a', 'b', 'c', 'd'], ['○ Now', '', 'ID', 'a', '… and 3 more']],
    // A small screen has no empty line.
    [5, ['a', 'b'], ['○ Now', 'ID', 'a', 'b']],
    [5, ['a', 'b', 'c'], ['○ Now', 'ID', 'a', '… and 2 more']],
    [4, ['a'], ['○ Now', 'ID', 'a']],
    [4, ['a', 'b'], ['○ Now', 'ID', '… and 2 more']],
    [3, ['a', 'b'], ['○ Now', '… and 2 more']],
    [2, ['a', 'b'], ['○ Now']],
  ])('%i rows, %j', async (rows, ids, expected) => {
    expect(await open(20, rows).lines(table(...ids), 'Now')).toEqual(expected);
  });

  test('a row of several lines is shown whole or not at all', async () => {
    const wide = 'w'.repeat(30);
    expect(await open(20, 7).lines(table(wide, wide))).toEqual([
      'ID',
      'w'.repeat(20),
      'w'.repeat(10),
      'w'.repeat(20),
      'w'.repeat(10),
    ]);
    expect(await open(20, 5).lines(table(wide, wide))).toEqual(['ID', 'w'.repeat(20), 'w'.repeat(10), '… and 1 more']);
    expect(await open(20, 4).lines(table(wide, wide))).toEqual(['ID', '… and 2 more']);
  });

  test('uses ASCII punctuation in a terminal without Unicode', async () => {
    expect((await open(20, 4, { isUnicode: false }).lines(table('a', 'b', 'c'), 'Now')).at(-1)).toBe('... and 3 more');
  });

  test('a terminal without a height has 24 rows', async () => {
    const { lines, terminal } = open(20, 30);
    Object.assign(terminal.stream, { rows: 0 });
    const many = Array.from({ length: 30 }, (_, index) => String(index));
    expect(await lines(table(...many))).toEqual(['ID', ...many.slice(0, 21), '… and 9 more']);
  });
});

test('a redraw leaves nothing of the old content, and keeps a line that fills its row', async () => {
  const { lines } = open(20, 24);
  const full = 'x'.repeat(18);
  expect(await lines(table('a'.repeat(20), 'bbb', 'c'), full)).toEqual([
    `○ ${full}`,
    '',
    'ID',
    'a'.repeat(20),
    'bbb',
    'c',
  ]);
  expect(await lines(table('d', 'e'), 'Now')).toEqual(['○ Now', '', 'ID', 'd', 'e']);
});

test('a resize redraws the screen; closing it restores the terminal and its cursor, and ends drawing', async () => {
  const { lines, terminal, display } = open(20, 6);
  terminal.write('$ before\r\n');
  await lines(table('a', 'b', 'c'), 'Now');
  terminal.resize(20, 10);
  await terminal.written();
  expect(terminal.lines()).toEqual(['○ Now', '', 'ID', 'a', 'b', 'c']);
  display.close();
  terminal.resize(20, 8);
  await terminal.written();
  const { raw } = terminal;
  expect(raw.endsWith('\x1b[?25h\x1b[?1049l')).toBe(true);
  expect(raw.indexOf('\x1b[?1049h\x1b[?25l')).toBe(0);
  // Each drawing is one synchronized update.
  expect(raw.split('\x1b[?2026h\x1b[H').length).toBe(raw.split('\x1b[J\x1b[?2026l').length);
});
