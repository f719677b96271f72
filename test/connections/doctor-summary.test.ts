import { describe, expect, test } from 'vitest';
import { type Checked, good, skipped, warning } from '../../src/connections/doctor/check.js';
import { reportOf } from '../../src/connections/doctor/report.js';
import { categoriesOf } from '../../src/connections/doctor/run-checks.js';
import { symbolsOf } from '../../src/ui/view.js';

/* The line of each category without problems, with more than one of everything. test/ui/screens has the usual ones. */

const check = (id: string, short: string, finding = good('')): Checked => {
  return { ...finding, id, short, subject: short, category: '', title: '' };
};
const summaryOf = (name: string, checks: Checked[]) =>
  categoriesOf({ hasCloud: true })
    .find((each) => each.name === name)
    ?.summary(checks);

const services = (...regions: string[]) => regions.map((each) => check('service-status', each, good('AVAILABLE')));
const idle = ['a', 'b', 'c', 'd'].map((each) => check('cluster-idle', each, good('IDLE')));
const addresses = ['10.0.0.1', '10.0.0.2'];

test.each([
  [
    'key',
    [check('key-credentials', '', good('', ['API key'])), check('key-roles', '', good('', ['A', 'B', 'C', 'D']))],
    'API key, A, B, C and 1 more',
  ],
  ['key', [check('key-credentials', '', good('', ['service account']))], 'service account'],
  ['service', services('a', 'b', 'c', 'd', 'e'), 'a, b, c and 2 more: AVAILABLE'],
  [
    'service',
    [...services('a', 'b'), check('service-status', 'c', good('WAITING_FOR_USER'))],
    'a, b: AVAILABLE; c: WAITING_FOR_USER',
  ],
  [
    'clusters',
    [...idle, ...idle.map(({ short }) => check('cluster-string', short ?? ''))],
    'a, b, c and 1 more: IDLE, have private connection strings',
  ],
  ['clusters', [...idle.slice(0, 1), check('cluster-string', 'a', skipped('no'))], 'a: IDLE'],
  [
    'dns',
    [
      check('dns-srv', 's', good('', ['SRV'])),
      check('dns-srv', 't', good('', ['SRV'])),
      ...['one', 'two'].map((host) => check('dns-address', host, good('', addresses))),
    ],
    'SRV, 2 addresses',
  ],
  [
    'network',
    [check('network-tcp', 'one', good('', ['one:1', 'one:2'])), check('network-tcp', 'two')],
    '2 nodes: TCP, TLS, MongoDB',
  ],
  [
    'network',
    [
      check('network-tcp', 'one', good('', ['one:1'])),
      ...['34.4', '9.87', '58.6'].map((ms) => check('network-primary', ms, good('', [ms]))),
    ],
    '1 node: TCP, TLS, MongoDB; primaries found, 9.9-59 ms',
  ],
  [
    'network',
    [check('network-tcp', 'one', good('', ['one:1'])), check('network-primary', 'a', good('', ['0.04']))],
    '1 node: TCP, TLS, MongoDB; primary found, 0.0 ms',
  ],
  // No line for no node.
  ['network', [check('network-place', '', good('the sandbox is on this machine'))], ''],
])('%s', (name, checks, expected) => {
  expect(summaryOf(name, checks)).toBe(expected);
});

describe('the report', () => {
  const layout = { keys: [], isTerminal: false, color: false, symbols: symbolsOf({}, 'linux'), width: 200, now: 0 };
  const report = (checks: Checked[]) =>
    reportOf(categoriesOf({ hasCloud: true }), checks, layout, {
      isFull: false,
      isQuiet: false,
      elapsedMs: 1234,
    });
  const found = (id: string, category: string, finding: ReturnType<typeof good>) => {
    return { ...check(id, 'x', good('AVAILABLE')), ...finding, category, title: 'Title' };
  };

  test('of possible problems has their hints, and ends with their number', () => {
    const silent = warning({ brief: 'b', detail: 'no response', hint: { text: 'Look:', commands: ['look --now'] } });
    const lines = [
      '✔ Private endpoint services  x: AVAILABLE',
      '✔ Interface endpoints        x: AVAILABLE',
      '‼ Network',
      '  ‼ x: no response',
      '    Look:',
      '      look --now',
      '- Not checked: title of x',
      'No problems found, 1 warning (3 checks, 1.2s).',
    ];
    const checks = [
      found('service-status', 'service', good('AVAILABLE')),
      found('interface-status', 'interface', good('AVAILABLE')),
      found('x', 'interface', skipped('of the wind')),
      found('network-tcp', 'network', silent),
      found('network-tls', 'network', skipped('there is no connection')),
    ];
    expect(report(checks)).toBe(lines.map((line) => `${line}\n`).join(''));
  });

  test('without problems says why something was not checked', () => {
    const checks = [
      found('service-status', 'service', good('AVAILABLE')),
      found('cloud-endpoint', 'cloud', skipped('there is nothing there')),
    ];
    expect(report(checks)).toContain('- Not checked: cloud account (there is nothing there)\n');
    const hello = { ...found('network-hello', 'network', skipped('there is no TLS connection')), title: 'MongoDB' };
    const tcp = found('network-tcp', 'network', good('open'));
    expect(report([tcp, hello])).toContain('- Not checked: MongoDB of x (there is no TLS connection)\n');
  });
});
