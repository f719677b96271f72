import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFaults } from '../../src/sandbox/faults-file.js';
import { runCli } from '../helpers/run-cli.js';

function file(text: string): string {
  const path = join(mkdtempSync(join(tmpdir(), 'atlas-pe-')), 'faults.yaml');
  writeFileSync(path, text);
  return path;
}

test('a faults file is read whole', async () => {
  const faults = await readFaults(
    file(`
faults:
  # the answer to the first create is lost
  - method: post
    path: /endpointService
    nth: 1
    status: 502
    effect: true
    headers: { Retry-After: 5 }
    body: "<html>"
  - { nth: [1, 3-4, 6+], delay: 1m30s, truncate: 10 }
  - { drop: before }
  - { auth: stale-nonce }
  - { endpoint: never-ready }
  - endpoint:
      failed: No capacity
  - { status: 503, body: { detail: Busy } }
`),
  );
  expect(faults).toEqual([
    {
      ...{ method: 'POST', path: '/endpointService', nth: [{ from: 1, to: 1 }], status: 502, effect: true },
      ...{ headers: { 'Retry-After': '5' }, body: '<html>' },
    },
    {
      nth: [
        { from: 1, to: 1 },
        { from: 3, to: 4 },
        { from: 6, to: Number.POSITIVE_INFINITY },
      ],
      ...{ delayMs: 90_000, truncate: 10 },
    },
    { drop: 'before' },
    { auth: 'stale-nonce' },
    { method: 'POST', fate: { kind: 'never-ready' } },
    { method: 'POST', fate: { kind: 'failed', reason: 'No capacity' } },
    { status: 503, body: '{"detail":"Busy"}' },
  ]);
});

test.each([
  ['', 'holds no list of faults'],
  ['faults: 3', 'holds no list of faults'],
  ['faults: []\nmore: 1', 'holds no list of faults'],
  ['faults: [', "can't be read"],
  ['faults: [502]', 'Fault 1 of .+: it has no keys'],
  ['faults: [{ statsu: 502 }]', "there is no 'statsu'.*\nHint: .*\\bstatus\\b"],
  ['faults: [{ colour: red }]', "there is no 'colour'.*\nHint: A fault has the keys method,"],
  ['faults: [{ status: 502 }, { status: 99 }]', "Fault 2 of .+: '99' is not a valid status"],
  ['faults: [{ status: 502, nth: 0 }]', "'0' is not a count of requests"],
  ['faults: [{ status: 502, nth: 4-2 }]', "'4-2' is not a count of requests"],
  ['faults: [{ status: 502, method: FETCH }]', "'FETCH' is not a valid method"],
  ['faults: [{ status: 502, headers: { "a b": 1 } }]', "'a b' is not a header"],
  ['faults: [{ status: 502, effect: perhaps }]', "'effect' takes true or false"],
  ['faults: [{ delay: soon }]', "'soon' is not a duration"],
  ['faults: [{ drop: later }]', "'later' is not a valid drop"],
  ['faults: [{ truncate: -1 }]', "'-1' is not a valid truncate"],
  ['faults: [{ auth: none }]', "'none' is not a valid auth"],
  ['faults: [{ endpoint: "failed" }]', "'endpoint' is not understood"],
  ['faults: [{ endpoint: slow }]', "'endpoint' is not understood"],
  ['faults: [{ status: 502, drop: before }]', 'one is enough'],
  ['faults: [{ drop: before, effect: true }]', "'effect' goes with a status"],
  ['faults: [{ truncate: 1, body: x }]', "'body' goes with a status"],
  ['faults: [{ status: 502, nth: [] }]', "'nth' is an empty list"],
  ['faults: [{ status: [500] }]', "'.500.' is not a valid status"],
  ['faults: [{ truncate: "" }]', "'' is not a valid truncate"],
  ['faults: [{ status: 502, headers: [a] }]', "'headers' takes names"],
  ['faults: [{ method: GET, endpoint: vanishes }]', "'endpoint' is of a POST"],
  ['faults: [{ path: /x }]', 'nothing goes wrong'],
  ['faults: [{ status: 502, path: "" }]', "'path' takes a text"],
  ['faults: [{ __proto__: { status: 502 } }]', "there is no '__proto__'"],
  ['faults: [{ status: 502, constructor: 1 }]', "there is no 'constructor'"],
  ['__proto__: { faults: [] }', 'holds no list of faults'],
  ['faults: [{ status: { toString: 1 } }]', '\'{"toString":1}\' is not a valid status'],
  ['faults: [{ drop: before, method: { toString: 1 } }]', 'is not a valid method'],
  ['faults: [{ drop: before, nth: { toString: 1 } }]', 'is not a count of requests'],
  ['faults: [{ delay: { toString: 1 } }]', 'is not a duration'],
  ['faults: [{ endpoint: { toString: 1 } }]', "'endpoint' is not understood"],
  ['faults: [{ status: 502, body: &a { b: *a } }]', 'Fault 1 of .+: it refers to itself'],
])('%j is refused in one line, with what to do', async (text, message) => {
  const { exitCode, stdout, stderr } = await runCli(['sandbox', 'serve', '--faults', file(text)]);
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(new RegExp(message))]);
  expect(stderr).toMatch(/^Error: [^\n]+\n(Hint: [^\n]+\n)?$/);
});

test('a file that is not there is refused too', async () => {
  const { exitCode, stderr } = await runCli(['sandbox', 'serve', '--faults', '/nowhere/faults.yaml']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('/nowhere/faults.yaml')]);
});
