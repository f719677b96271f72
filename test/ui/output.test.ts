import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type FormatName, formatNames, render } from '../../src/ui/formats.js';
import { type Layout, symbolsOf, type Tone, type View } from '../../src/ui/view.js';

const row = { id: 'a1', status: 'FAILED', names: ['x', 'y'], none: null, on: true };
const keys = ['id', 'status', 'names', 'none', 'on', 'extra'];
const list: View = {
  single: false,
  rows: [row, { ...row, id: 'b2', status: 'AVAILABLE', names: [] }],
  columns: ['id', 'status', 'names'],
  id: 'id',
  tone: ({ status }) => (status === 'FAILED' ? 'bad' : 'good'),
  empty: 'Nothing here.',
};
const tones: Record<string, Tone> = {
  AVAILABLE: 'good',
  INITIATING: 'busy',
  WAITING_FOR_USER: 'todo',
  FAILED: 'bad',
};
const one: View = { ...list, single: true, rows: [row] };
const none: View = { ...list, rows: [] };

const draw = (view: View, { format = 'table', ...layout }: Partial<Layout> & { format?: FormatName } = {}) =>
  render(view, format, {
    keys,
    isTerminal: false,
    color: false,
    width: 80,
    now: 0,
    symbols: symbolsOf({}, 'linux'),
    ...layout,
  });

/** The output of each format in a pipe. */
const piped: Readonly<Record<FormatName, [View, string][]>> = {
  table: [
    [list, 'a1\tFAILED\tx,y\nb2\tAVAILABLE\t\n'],
    [one, 'id\ta1\nstatus\tFAILED\nnames\tx,y\nnone\t\non\ttrue\n'],
    [none, ''],
  ],
  json: [
    [list, `${JSON.stringify(list.rows, null, 2)}\n`],
    [one, `${JSON.stringify(row, null, 2)}\n`],
    [none, '[]\n'],
    [{ ...none, single: true }, 'null\n'],
  ],
  jsonl: [
    [list, list.rows.map((each) => `${JSON.stringify(each)}\n`).join('')],
    [none, ''],
  ],
  yaml: [[none, '[]\n']],
  tsv: [
    [list, 'a1\tFAILED\tx,y\nb2\tAVAILABLE\t\n'],
    [one, 'a1\tFAILED\tx,y\n'],
  ],
  id: [[list, 'a1\nb2\n']],
};

test.each(formatNames)('%s in a pipe', async (format) => {
  for (const [view, text] of piped[format]) expect(await draw(view, { format })).toBe(text);
});

test('--fields selects and orders keys in every format', async () => {
  const fields = ['status', 'extra', 'id'];
  const picked = { status: 'FAILED', extra: null, id: 'a1' };
  expect(JSON.stringify(JSON.parse(await draw(one, { format: 'json', fields })))).toBe(JSON.stringify(picked));
  expect(await draw(one, { format: 'jsonl', fields })).toBe(`${JSON.stringify(picked)}\n`);
  expect(parse(await draw(one, { format: 'yaml', fields }))).toEqual(picked);
  expect(parse(await draw(list, { format: 'yaml' }))).toEqual(list.rows);
  expect(await draw(one, { format: 'tsv', fields })).toBe('FAILED\t\ta1\n');
  expect(await draw(one, { fields })).toBe('status\tFAILED\nextra\t\nid\ta1\n');
  expect(await draw(list, { fields })).toBe('FAILED\t\ta1\nAVAILABLE\t\tb2\n');
  expect(await draw(list, { fields, isTerminal: true })).toBe(
    'STATUS       EXTRA  ID\n✖ FAILED     -      a1\n✔ AVAILABLE  -      b2\n',
  );
  expect(await draw(one, { fields, isTerminal: true })).toBe('status  ✖ FAILED\nextra   -\nid      a1\n');
});

test("a column that is no key is in tables and tsv, and short values are only in a terminal's", async () => {
  const brief = { size: () => 2, names: () => 'short' };
  const sized: View = { ...list, columns: ['id', 'size', 'names'], brief };
  for (const format of ['table', 'tsv'] as const) expect(await draw(sized, { format })).toBe('a1\t2\tx,y\nb2\t2\t\n');
  expect(await draw(sized, { isTerminal: true })).toBe('ID  SIZE  NAMES\na1  2     short\nb2  2     short\n');
  expect(await draw(one, { fields: ['size'] })).toBe('size\t\n');
  expect(await draw({ ...one, brief }, { fields: ['size'] })).toBe('size\t2\n');
  expect(JSON.parse(await draw(sized, { format: 'json' }))).toEqual(list.rows);
});

describe('in a terminal', () => {
  test('columns that do not fit move closer, then the widest move below; nothing is cut', async () => {
    const names = ['a-long-name-of-something', 'another'];
    const long: View = {
      ...list,
      rows: [
        { ...row, names },
        { ...row, id: 'b2', names: [] },
      ],
    };
    const narrow = (width: number, view = long) => draw(view, { isTerminal: true, width });
    const head = 'ID  STATUS    NAMES\n';
    const text = 'a-long-name-of-something,another';
    const brokenText = text.replace(',', ',\n  ');
    expect(await narrow(46)).toBe(`${head}a1  ✖ FAILED  ${text}\nb2  ✖ FAILED  -\n`);
    expect(await narrow(45)).toBe(`ID STATUS   NAMES\na1 ✖ FAILED ${text}\nb2 ✖ FAILED -\n`);
    expect(await narrow(43)).toBe(`ID  STATUS\n  NAMES\na1  ✖ FAILED\n  ${text}\nb2  ✖ FAILED\n`);
    expect(await narrow(11)).toBe(`ID STATUS\n  NAMES\na1 ✖ FAILED\n  ${brokenText}\nb2 ✖ FAILED\n`);
    expect(await narrow(10)).toBe(`ID\n  STATUS\n  NAMES\na1\n  ✖ FAILED\n  ${brokenText}\nb2\n  ✖ FAILED\n`);
    // The first column stays, even if it is the widest.
    expect(await narrow(43, { ...long, columns: ['names', 'id', 'status'] })).toMatch(/^NAMES +ID\n {2}STATUS\n/);
  });

  test('an id that does not fit breaks behind its slashes, and a URL does not', async () => {
    const id = '/subscriptions/one/privateEndpoints/first';
    const broken = '  /subscriptions/one/\n  privateEndpoints/\n  first\n';
    expect(await draw({ ...one, rows: [{ id }] }, { isTerminal: true, width: 22 })).toBe(`id\n${broken}`);
    expect(await draw({ ...one, rows: [{ id: [id, id] }] }, { isTerminal: true, width: 22 })).toBe(
      `id\n${broken}${broken}`,
    );
    const rows = [{ id: 'a1', names: [id, id] }];
    expect(await draw({ ...list, rows }, { fields: ['id', 'names'], isTerminal: true, width: 22 })).toBe(
      `ID\n  NAMES\na1\n${broken.replace('first', 'first,')}${broken}`,
    );
    const url = 'mongodb://cluster1-pl-0.f4a17.mongodb.net/test';
    expect(await draw({ ...one, rows: [{ id: url }] }, { isTerminal: true, width: 22 })).toBe(`id\n  ${url}\n`);
    for (const format of ['json', 'tsv', 'id'] as const)
      expect(await draw({ ...one, rows: [{ id }] }, { isTerminal: true, width: 22, format })).toContain(id);
    expect(await draw({ ...one, rows: [{ id }] }, { width: 22 })).toBe(`id\t${id}\n`);
  });

  test('time grows linearly with the number of rows', async () => {
    const rows = Array.from({ length: 140_000 }, (_, index) => ({ id: `a${index}` }));
    const text = await draw({ ...list, rows }, { fields: ['id'], isTerminal: true });
    expect(text.split('\n')).toHaveLength(rows.length + 2);
    expect(text).toMatch(/^ID\na0\na1\n/);
  });

  test('statuses have colours that are readable on black and on white', async () => {
    const statuses = ['AVAILABLE', 'INITIATING', 'WAITING_FOR_USER', 'FAILED', 'DELETED'].map((status) => ({
      ...row,
      status,
      id: null,
    }));
    const tone: View['tone'] = ({ status }) => tones[String(status)] ?? 'plain';
    const text = await draw({ ...list, rows: statuses, tone }, { isTerminal: true, color: true });
    expect(text).toContain('\x1b[31m✖ FAILED\x1b[39m');
    expect(text).toContain('\x1b[32m✔ AVAILABLE\x1b[39m');
    expect(text).toContain('\x1b[36m○ INITIATING\x1b[39m');
    expect(text).toContain('\x1b[35m→ WAITING_FOR_USER\x1b[39m');
    expect(text).toMatch(/ DELETED +x,y$/m);
    const used = new Set(text.split('\x1b[').map((piece) => piece.trim()));
    // Only the placeholder for empty values is dim. 33 would be yellow, 37 white.
    expect([...used].slice(1).filter((each) => !/^(1m|22m|39m|3[1256]m|2m-$)/.test(each))).toEqual([]);
    expect(used).toContain('2m-');
  });
});

/**
 * Characters that move the cursor, reorder, join or hide: control, bidi, zero-width, soft hyphen, tag, variation
 * selector, filler.
 */
const nasty = [
  'a\x1b[31m\x07\x9b2J\u202eb\tc\nd\x7f\r\u2028',
  '\xad\u034f\u061c\u115f\u180e\u200b\u200c\u200d\u200e\u2060\u2066',
  '\u3164\ufe0f\ufeff\uffa0\ufff9',
  '\u{1d173}\u{e0001}\u{e0041}\u{e0100}\ufffe',
  '👩\u200d🚀 e\u0301 日本 £',
].join('');

test.each(formatNames)("unsafe text can't send control codes, hide anything or break lines (%s)", async (format) => {
  const view: View = { ...list, rows: [{ id: nasty, status: nasty, names: [nasty] }] };
  for (const isTerminal of [true, false]) {
    const text = await draw(view, { format, isTerminal });
    expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{NChar}]/u);
    if (format === 'json') expect(JSON.parse(text)[0].id).toBe(nasty);
    if (format === 'jsonl') expect(JSON.parse(text).id).toBe(nasty);
    if (format === 'yaml') {
      expect(parse(text)[0].names).toEqual([nasty]);
      expect(text).toContain('\\U000e0041');
    }
    if (format === 'tsv' || format === 'id') expect(text.trimEnd().split('\n')).toHaveLength(1);
    expect(text).toContain('👩\\u200d🚀 e\u0301 日本 £');
  }
});

test('wide characters take two columns', async () => {
  const rows = [
    { ...row, id: '日本語', names: ['한국'] },
    { ...row, id: 'b2', names: [] },
  ];
  const wide = (width: number) => draw({ ...list, rows }, { isTerminal: true, width });
  const beside = 'ID      STATUS    NAMES\n日本語  ✖ FAILED  한국\nb2      ✖ FAILED  -\n';
  expect(await wide(23)).toBe(beside);
  expect(await wide(22)).not.toBe(beside);
  const view: View = { ...one, rows: [{ id: '日本語' }] };
  expect(await draw(view, { isTerminal: true, width: 10 })).toBe('id  日本語\n');
  expect(await draw(view, { isTerminal: true, width: 9 })).toBe('id\n  日本語\n');
});
