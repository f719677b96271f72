import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readFaults } from '../../src/sandbox/faults-file.js';
import { runCli } from '../helpers/run-cli.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

function file(text: string): string {
  const path = join(temporaryFolder(), 'faults.yaml');
  writeFileSync(path, text);
  return path;
}

test('a faults file is parsed completely', async () => {
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
  ['', 'does not contain a list of faults'],
  ['faults: 3', 'does not contain a list of faults'],
  ['faults: []\nmore: 1', 'does not contain a list of faults'],
  ['faults: [', 'Cannot read the faults file: '],
  ['faults: [502]', 'Fault 1 of .+: it has no keys'],
  ['faults: [{ statsu: 502 }]', "unknown key 'statsu'.*\nHint: .*\\bstatus\\b"],
  ['faults: [{ colour: red }]', "unknown key 'colour'.*\nHint: Valid keys: method,"],
  ['faults: [{ status: 502 }, { status: 99 }]', "Fault 2 of .+: '99' is not a valid status"],
  ['faults: [{ status: 502, nth: 0 }]', "'0' is not a valid request number"],
  ['faults: [{ status: 502, nth: 4-2 }]', "'4-2' is not a valid request number"],
  ['faults: [{ status: 502, method: FETCH }]', "'FETCH' is not a valid method"],
  ['faults: [{ status: 502, headers: { "a b": 1 } }]', "'a b' is not a valid header"],
  ['faults: [{ status: 502, effect: perhaps }]', "'effect' must be true or false"],
  ['faults: [{ delay: soon }]', "'soon' is not a valid duration"],
  ['faults: [{ drop: later }]', "'later' is not a valid drop"],
  ['faults: [{ truncate: -1 }]', "'-1' is not a valid truncate"],
  ['faults: [{ auth: none }]', "'none' is not a valid auth"],
  ['faults: [{ endpoint: "failed" }]', "'endpoint' is not valid"],
  ['faults: [{ endpoint: slow }]', "'endpoint' is not valid"],
  ['faults: [{ status: 502, drop: before }]', 'use only one of'],
  ['faults: [{ drop: before, effect: true }]', "'effect' requires 'status'"],
  ['faults: [{ truncate: 1, body: x }]', "'body' requires 'status'"],
  ['faults: [{ status: 502, nth: [] }]', "'nth' is an empty list"],
  ['faults: [{ status: [500] }]', "'.500.' is not a valid status"],
  ['faults: [{ truncate: "" }]', "'' is not a valid truncate"],
  ['faults: [{ status: 502, headers: [a] }]', "'headers' must map header names"],
  ['faults: [{ method: GET, endpoint: vanishes }]', "'endpoint' requires a POST"],
  ['faults: [{ path: /x }]', 'it has no effect'],
  ['faults: [{ status: 502, path: "" }]', "'path' must be a "],
  ['faults: [{ __proto__: { status: 502 } }]', "unknown key '__proto__'"],
  ['faults: [{ status: 502, constructor: 1 }]', "unknown key 'constructor'"],
  ['__proto__: { faults: [] }', 'does not contain a list of faults'],
  ['faults: [{ status: { toString: 1 } }]', '\'{"toString":1}\' is not a valid status'],
  ['faults: [{ drop: before, method: { toString: 1 } }]', 'is not a valid method'],
  ['faults: [{ drop: before, nth: { toString: 1 } }]', 'is not a valid request number'],
  ['faults: [{ delay: { toString: 1 } }]', 'is not a valid duration'],
  ['faults: [{ endpoint: { toString: 1 } }]', "'endpoint' is not valid"],
  ['faults: [{ status: 502, body: &a { b: *a } }]', 'Fault 1 of .+: a value refers to itself'],
])('%j is refused on one line with a hint', async (text, message) => {
  const { exitCode, stdout, stderr } = await runCli(['sandbox', 'serve', '--faults', file(text)]);
  expect([exitCode, stdout, stderr]).toEqual([2, '', expect.stringMatching(new RegExp(message))]);
  expect(stderr).toMatch(/^Error: [^\n]+\n(Hint: [^\n]+\n)?$/);
});

test('a missing file is refused too', async () => {
  const { exitCode, stderr } = await runCli(['sandbox', 'serve', '--faults', '/nowhere/faults.yaml']);
  expect([exitCode, stderr]).toEqual([2, expect.stringContaining('/nowhere/faults.yaml')]);
});
