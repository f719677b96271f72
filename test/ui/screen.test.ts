import { describe, expect, test } from 'vitest';
import { openScreen } from '../../src/ui/screen.js';
import { symbolsOf } from '../../src/ui/symbols.js';
import type { View } from '../../src/ui/view.js';
import { Screen } from '../helpers/screen.js';

const job = {
  signals: { pid: 1, on: () => undefined, off: () => undefined, kill: () => undefined },
  isInForeground: () => true,
};

/** A full-screen display on a terminal of this size. */
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
    /** What a person sees after this is shown. */
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

test('the sign of a headline has the colour of its tone, and the text has none', async () => {
  const { lines, terminal } = open(40, 24, { color: true });
  await lines(undefined, 'Looking', 'bad');
  expect(terminal.raw).toContain('\x1b[31m✖\x1b[39m Looking');
});

describe('a headline is cut where it would take more than a sixth of the screen', () => {
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

  test('on a higher screen it breaks at spaces', async () => {
    const words = 'aaaa bbbb cccc dddd eeee ffff';
    expect(await open(20, 12).lines(undefined, words)).toEqual(['○ aaaa bbbb cccc', 'dddd eeee ffff']);
  });

  test('what Atlas says in it moves no cursor and breaks no line', async () => {
    expect(await open(60, 24).lines(undefined, 'a\nb\x1b[2Jc')).toEqual([String.raw`○ a b\u001b[2Jc`]);
  });
});

describe('of a table there is as much as there is room for, and how much more there is', () => {
  test.each([
    [6, ['a', 'b'], ['○ Now', '', 'ID', 'a', 'b']],
    [6, ['a', 'b', 'c'], ['○ Now', '', 'ID', 'a', '… and 2 more']],
    [6, ['a', 'b', 'c', 'd'], ['○ Now', '', 'ID', 'a', '… and 3 more']],
    // There is no empty line where there is little room.
    [5, ['a', 'b'], ['○ Now', 'ID', 'a', 'b']],
    [5, ['a', 'b', 'c'], ['○ Now', 'ID', 'a', '… and 2 more']],
    [4, ['a'], ['○ Now', 'ID', 'a']],
    [4, ['a', 'b'], ['○ Now', 'ID', '… and 2 more']],
    [3, ['a', 'b'], ['○ Now', '… and 2 more']],
    [2, ['a', 'b'], ['○ Now']],
  ])('%i rows, %j', async (rows, ids, expected) => {
    expect(await open(20, rows).lines(table(...ids), 'Now')).toEqual(expected);
  });

  test('a row that takes several lines is shown whole or not at all', async () => {
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

  test('in the punctuation that the terminal has', async () => {
    expect((await open(20, 4, { isUnicode: false }).lines(table('a', 'b', 'c'), 'Now')).at(-1)).toBe('... and 3 more');
  });

  test('a terminal that does not tell its height has 24 rows', async () => {
    const { lines, terminal } = open(20, 30);
    Object.assign(terminal.stream, { rows: 0 });
    const many = Array.from({ length: 30 }, (_, index) => String(index));
    expect(await lines(table(...many))).toEqual(['ID', ...many.slice(0, 21), '… and 9 more']);
  });
});

test('what is drawn over leaves nothing behind, and a line that fills its row stays whole', async () => {
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

test('another size has it drawn anew; closed, it gives back the terminal and its cursor, and draws no more', async () => {
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
  // Each time all of it shows at once.
  expect(raw.split('\x1b[?2026h\x1b[H').length).toBe(raw.split('\x1b[J\x1b[?2026l').length);
});
