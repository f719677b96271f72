import { expect, test } from 'vitest';
import { type Checked, good, warning } from '../../src/connections/doctor/check.js';
import { reportOf } from '../../src/connections/doctor/report.js';
import { categoriesOf } from '../../src/connections/doctor/run-checks.js';
import { symbolsOf } from '../../src/ui/view.js';

/* The line of each category without problems, with more than one of everything. test/ui/screens has the usual ones. */

const check = (id: string, short: string, finding = good('')): Checked => {
  return { ...finding, id, short, key: '', subject: short, category: '', title: '' };
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
    [
      check('network-tcp', 'one', good('', ['one:1'])),
      ...['34.4', '9.87', '58.6'].map((ms) => check('network-driver', ms, good('', [ms]))),
    ],
    '1 node: TCP, TLS, MongoDB; primaries found, 9.9-59 ms',
  ],
  [
    'network',
    [check('network-tcp', 'one', good('', ['one:1'])), check('network-driver', 'a', good('', ['0.04']))],
    '1 node: TCP, TLS, MongoDB; primary found, 0.0 ms',
  ],
  [
    'network',
    [
      check('network-tcp', 'one', good('', ['one:1'])),
      check('network-hello', 'one', good('', ['one:1'])),
      check('network-driver', 'a', good('', ['6.08'])),
    ],
    '1 node behind a load balancer: TCP, TLS, MongoDB, 6.1 ms',
  ],
  // No line for no node.
  ['network', [check('network-place', '', good('the sandbox is on this machine'))], ''],
])('%s', (name, checks, expected) => {
  expect(summaryOf(name, checks)).toBe(expected);
});

test('a report without problems ends with the number of checks and of warnings', () => {
  const layout = { keys: [], isTerminal: false, color: false, symbols: symbolsOf({}, 'linux'), width: 200, now: 0 };
  const silent = warning({ brief: 'b', detail: 'no response', hint: 'Look.' });
  const checks = [check('service-status', 'x'), { ...check('network-tcp', 'x', silent), category: 'network' }];
  const options = { isFull: false, isQuiet: false, isTried: true, elapsedMs: 1234 };
  const report = reportOf(categoriesOf({ hasCloud: true }), checks, layout, options);
  expect(report).toMatch(/^No problems found, 1 warning \(2 checks, 1\.2s\)\.\n$/m);
});
