import { expect, test } from 'vitest';
import { bad, good, skipped } from '../../../src/connections/doctor/check.js';
import { readGivenString } from '../../../src/connections/doctor/given-string.js';
import { socksProxyOf } from '../../../src/connections/doctor/reach.js';
import { readErrand, readReply, writeErrand } from '../../../src/connections/via/errand.js';

const vantage = {
  dnsServer: '10.0.0.2',
  authority: undefined,
  isLocalAtlas: false,
  hasNetwork: true,
  isHere: false,
};

const options =
  'replicaSet=rs0&tls=true&tlsCAFile=/etc/ca.pem&proxyHost=p.example&proxyPort=1080&proxyUsername=hunter2&proxyPassword=hunter2' +
  '&tlsCertificateKeyFilePassword=hunter2&authMechanismProperties=AWS_SESSION_TOKEN:hunter2&appName=hunter2&proxyPasword=hunter2';

test.each([
  `mongodb://user:hunter2@a.b.example:1024,c.d.example:1025/hunter2?${options}`,
  `mongodb+srv://user:hun?hunter2@a.b.example/?${options}`,
  `"mongodb+srv://hunter2@a.b.example/hunter2?${options}"`,
])('of %s, hosts and the options that checks need are sent', async (text) => {
  const { string, findings } = await readGivenString(text);
  const line = writeErrand({ word: 'w', vantage, asked: { strings: [string], findings } });
  expect(line).not.toMatch(/hunter2|user:|hun\?/);
  expect(line.split('\n')).toEqual([expect.any(String), '']);
  const [sent] = readErrand(line).asked.strings;
  expect(sent).toMatchObject({ srv: string.srv, nodes: string.nodes, key: string.key });
  const names = ['replicaset', 'tls', 'tlscafile', 'proxyhost', 'proxyport'];
  const held = ['proxyusername', 'proxypassword', 'tlscertificatekeyfilepassword'].map((name) => [
    name,
    '(not sent)',
  ]);
  expect([...(sent?.options ?? [])]).toEqual([...names.map((name) => [name, string.options.get(name)]), ...held]);
});

test.each([
  ['proxyUsername=me', true],
  ['proxyPassword=hunter2', true],
  ['appName=me', false],
])('with %s, the proxy is not tried there: %j', async (option, isLocked) => {
  const { string } = await readGivenString(`mongodb://a.b.example/?proxyHost=p.example&${option}`);
  const line = writeErrand({ word: 'w', vantage, asked: { strings: [string] } });
  expect(socksProxyOf(readErrand(line).asked.strings)).toMatchObject({ isLocked });
});

test('a proxy with a password in its name is sent without it, and is not valid there either', async () => {
  const { string } = await readGivenString('mongodb://a.b.example/?proxyHost=socks5://me:hunter2@p.example');
  const line = writeErrand({ word: 'w', vantage, asked: { strings: [string] } });
  expect(line).not.toContain('hunter2');
  expect(socksProxyOf(readErrand(line).asked.strings)).toMatchObject({ node: undefined, isLocked: false });
});

const checked = (more: object) => ({
  category: 'dns',
  id: 'dns-srv',
  title: 'x',
  key: 'k',
  subject: 'a.b',
  short: 'a',
  ...more,
});
const place = checked({ ...good('inside'), category: 'network', id: 'network-place' });

test('results come back as they were', () => {
  const all = [
    checked(good('2 hosts', ['SRV'])),
    checked(bad({ brief: 'b', detail: 'd', hint: 'Do it.' })),
    checked(skipped('s')),
  ];
  const { checks } = readReply(JSON.stringify({ checks: [...all, place] }));
  const titled = all.map((each) => ({ ...each, title: 'SRV record' }));
  expect(checks).toEqual([...titled, { ...place, title: 'Network location' }]);
});

test.each([
  ['no check of the network', [checked(good('d'))]],
  ['no check of DNS', [place]],
  ['checks that are no list', {}],
])('%s is refused, so that it is not taken for a good result', (_, checks) => {
  expect(() => readReply(JSON.stringify({ checks }))).toThrow('did not make all checks');
});

test.each([
  ['a check that does not exist', { id: 'dns-rm' }],
  ['a category that is checked here', { category: 'key', id: 'key-valid' }],
  ['an unknown result', { result: 'fine' }],
  ['a flag that is none', { blocks: 'no' }],
])('%s is refused, so that it hides no error', (_, wrong) => {
  const line = JSON.stringify({ checks: [checked(good('d')), place, checked({ ...good('d'), ...wrong })] });
  expect(() => readReply(line)).toThrow('unknown result');
});

test('what it says of its own machine is not said of this one', () => {
  const own = { ...good('d'), hint: { text: 'Check the DNS settings of this machine.', commands: [] } };
  const [check] = readReply(JSON.stringify({ checks: [checked(own), place] })).checks ?? [];
  expect(check?.hint?.text).toBe('Check the DNS settings of the other machine.');
});

test('no command comes back, and no long text', () => {
  const hint = { text: 'Run this:', commands: ['rm -rf /'] };
  const long = 'x'.repeat(100_000);
  const line = JSON.stringify({ checks: [checked({ ...good(long, [long]), hint, items: [long, 5] }), place] });
  const [check] = readReply(line).checks ?? [];
  expect(check?.hint).toEqual({ text: 'Run this:', commands: [] });
  expect(JSON.stringify(check).length).toBeLessThan(10_000);
  expect(check?.items).toHaveLength(1);
});

test.each(['', 'null', '{', '{"machine":5}', '{"begun":{}}'])('the answer %j says nothing, harmlessly', (line) => {
  const reply = readReply(line);
  expect({ ...reply, checks: reply.checks ?? [] }).toEqual({
    begun: '',
    fault: '',
    hint: '',
    machine: { version: '', system: '' },
    checks: [],
  });
});
