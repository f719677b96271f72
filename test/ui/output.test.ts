import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { UsageError } from '../../src/errors.js';
import { formats } from '../../src/formats.js';
import { checkFields, render } from '../../src/ui/output.js';
import type { Layout, View } from '../../src/ui/view.js';

const row = { id: 'a1', status: 'FAILED', names: ['x', 'y'], none: null, on: true };
const list: View = {
  single: false,
  rows: [row, { ...row, id: 'b2', status: 'AVAILABLE', names: [] }],
  keys: ['id', 'status', 'names', 'none', 'on', 'extra'],
  columns: ['id', 'status', 'names'],
  expendable: ['names'],
  id: 'id',
  tone: (key, { status }) => (key !== 'status' ? 'plain' : status === 'FAILED' ? 'bad' : 'good'),
  empty: 'Nothing here.',
};
const one: View = { ...list, single: true, rows: [row] };
const none: View = { ...list, rows: [] };

const draw = (view: View, layout: Partial<Layout> = {}) =>
  render(view, { format: 'table', isTerminal: false, color: false, width: 80, ...layout });

test.each([
  ['json', list, `${JSON.stringify(list.rows, null, 2)}\n`],
  ['json', one, `${JSON.stringify(row, null, 2)}\n`],
  ['json', none, '[]\n'],
  ['json', { ...none, single: true }, 'null\n'],
  ['jsonl', list, list.rows.map((each) => `${JSON.stringify(each)}\n`).join('')],
  ['jsonl', none, ''],
  ['tsv', list, 'a1\tFAILED\tx,y\nb2\tAVAILABLE\t\n'],
  ['tsv', one, 'a1\tFAILED\tx,y\n'],
  ['table', list, 'a1\tFAILED\tx,y\nb2\tAVAILABLE\t\n'],
  ['table', one, 'id\ta1\nstatus\tFAILED\nnames\tx,y\nnone\t\non\ttrue\n'],
  ['table', none, ''],
  ['id', list, 'a1\nb2\n'],
  ['yaml', none, '[]\n'],
] as const)('%s in a pipe', async (format, view, text) => {
  expect(await draw(view, { format })).toBe(text);
});

test('yaml holds the same data', async () => {
  expect(parse(await draw(list, { format: 'yaml' }))).toEqual(list.rows);
});

test('--fields picks and orders keys in every format', async () => {
  const fields = ['status', 'extra', 'id'];
  const picked = { status: 'FAILED', extra: null, id: 'a1' };
  expect(JSON.stringify(JSON.parse(await draw(one, { format: 'json', fields })))).toBe(JSON.stringify(picked));
  expect(await draw(one, { format: 'jsonl', fields })).toBe(`${JSON.stringify(picked)}\n`);
  expect(parse(await draw(one, { format: 'yaml', fields }))).toEqual(picked);
  expect(await draw(one, { format: 'tsv', fields })).toBe('FAILED\t\ta1\n');
  expect(await draw(one, { fields })).toBe('status\tFAILED\nextra\t\nid\ta1\n');
  expect(await draw(list, { fields })).toBe('FAILED\t\ta1\nAVAILABLE\t\tb2\n');
  expect(await draw(list, { fields, isTerminal: true })).toBe(
    'STATUS     EXTRA  ID\nFAILED     -      a1\nAVAILABLE  -      b2\n',
  );
  expect(await draw(one, { fields, isTerminal: true })).toBe('status  FAILED\nextra   -\nid      a1\n');
});

test('an unknown field lists those that exist', () => {
  expect(() => checkFields(['id', 'sttus'], list.keys)).toThrow(
    expect.objectContaining({
      constructor: UsageError,
      hint: 'Did you mean status? Fields: id, status, names, none, on, extra.',
    }),
  );
});

describe('in a terminal', () => {
  test('a list has a head, one object its keys, and lists stand below each other', async () => {
    expect(await draw(list, { isTerminal: true })).toBe('ID  STATUS     NAMES\na1  FAILED     x,y\nb2  AVAILABLE  -\n');
    expect(await draw(one, { isTerminal: true })).toBe(
      'id      a1\nstatus  FAILED\nnames   x\n        y\nnone    -\non      true\n',
    );
    expect(await draw(none, { isTerminal: true })).toBe('Nothing here.\n');
  });

  test('a narrow screen costs the expendable columns, and cuts nothing', async () => {
    expect(await draw(list, { isTerminal: true, width: 19 })).toBe('ID  STATUS\na1  FAILED\nb2  AVAILABLE\n');
    expect(await draw(list, { isTerminal: true, width: 5 })).toBe('ID  STATUS\na1  FAILED\nb2  AVAILABLE\n');
  });

  test('statuses are coloured', async () => {
    const text = await draw(list, { isTerminal: true, color: true });
    expect(text).toContain('\x1b[31mFAILED\x1b[39m');
    expect(text).toContain('\x1b[32mAVAILABLE\x1b[39m');
  });

  test('a view with one value is that value alone', async () => {
    const view: View = { ...one, only: 'status' };
    expect(await draw(view, { isTerminal: true })).toBe('FAILED\n');
    expect(await draw(view)).toBe('FAILED\n');
    expect(await draw(view, { fields: ['id'] })).toBe('id\ta1\n');
    expect(JSON.parse(await draw(view, { format: 'json' }))).toEqual(row);
  });
});

test.each(formats)('text from elsewhere sends no control code and breaks no line (%s)', async (format) => {
  const nasty = 'a\x1b[31m\x07\x9b2J\u202eb\tc\nd\x7f';
  const view: View = { ...list, rows: [{ id: nasty, status: nasty, names: [nasty] }] };
  for (const isTerminal of [true, false]) {
    const text = await draw(view, { format, isTerminal });
    expect(text).not.toMatch(/(?![\n\t])[\p{Cc}\u202e]/u);
    if (format === 'json') expect(JSON.parse(text)[0].id).toBe(nasty);
    if (format === 'tsv' || format === 'id') expect(text.trimEnd().split('\n')).toHaveLength(1);
  }
});
