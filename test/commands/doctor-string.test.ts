import { mkdirSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { NetworkFault } from '../../src/sandbox/network/faults.js';
import { openNetwork } from '../helpers/network.js';
import { addressOf, doctorAt, domain, srvName, srvTo, startDns } from '../helpers/path-world.js';
import { ownFolders, runCli } from '../helpers/run-cli.js';
import { Screen } from '../helpers/screen.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';

/* doctor with a connection string: no credentials, no Atlas, only DNS and the nodes. */

// Loopback is not private, unless Atlas is a sandbox.
const local = { ATLAS_PE_BASE_URL: 'http://127.0.0.1:9' };

/** Runs doctor on the sandbox's string, in a network with these faults. `write` makes the argument of its host name. */
const srvOf = (name: string) => `mongodb+srv://${name}`;

async function examine(faults: NetworkFault[], write = srvOf, words: string[] = ['--json']) {
  await using network = await openNetwork({ mongo: 'free', faults });
  const [string] = await network.strings();
  const env = ownFolders();
  const file = join(env.HOME ?? '', 'ca.pem');
  writeFileSync(file, network.network.authority ?? '');
  const argument = write(string?.name ?? '');
  const place = ['--dns-server', network.network.dnsServer, '--tls-ca-file', file];
  const line = ['doctor', argument, ...place, ...words];
  const { stdout, stderr, exitCode: code } = await runCli(line, { env: { ...env, ...local } });
  const categories: { name: string; checks: Row[] }[] = stdout.startsWith('{') ? JSON.parse(stdout).categories : [];
  const checks = categories.flatMap((each) => each.checks);
  const [first] = checks.filter(({ result }) => result === 'error');
  return { stdout, stderr, code, checks, first, names: categories.map(({ name }) => name) };
}

interface Row {
  id: string;
  result: string;
  detail: string;
  hint: string | null;
}

test('a healthy one: SRV, TXT, addresses, TCP, TLS, hello and the primary, without a key', async () => {
  const { code, checks, names, stderr } = await examine([]);
  expect(names).toEqual(['string', 'dns', 'network']);
  expect(checks.filter(({ result }) => result !== 'success')).toEqual([]);
  expect(checks.map(({ id }) => id)).toEqual(expect.arrayContaining(['dns-txt', 'network-hello', 'network-driver']));
  expect([code, stderr]).toEqual([0, '']);
});

describe('the argument', () => {
  const password = 'hunter2%40x';

  test.each([
    ['user and password', (name: string) => `mongodb+srv://user:${password}@${name}`],
    ['options without a path', (name: string) => `mongodb+srv://${name}?tls=true`],
    ['a name in capitals, with a dot at the end', (name: string) => `mongodb+srv://${name.toUpperCase()}.`],
  ])('may have %s, and no output shows a password', async (_, write) => {
    const { code, stdout, stderr } = await examine([], write, ['--json', '--verbose']);
    expect(code).toBe(0);
    expect(stdout + stderr).not.toContain('hunter2');
  });

  test('another replica set in the options is a mistake of the string, and DNS is right', async () => {
    const { first, stderr } = await examine([], (name) => `mongodb+srv://${name}/?replicaSet=atlas-other-shard-0`);
    const detail = /has replicaSet=atlas-other-shard-0, but the server at \S+ says atlas-\w+-shard-0$/;
    expect(first).toMatchObject({ id: 'network-hello', detail: expect.stringMatching(detail) });
    expect(first?.hint).toMatch(/^Write replicaSet=atlas-\w+-shard-0, or leave it out/);
    expect(stderr).toMatch(/^Error: 1 problem: the connection string names another replica set than \S+\.\n$/);
  });

  test.each([
    ['', 'it is empty: is the variable set?'],
    ['$MONGODB_URI', 'the shell did not replace the variable. Use double quotes, or --from-env'],
    ['%MONGODB_URI%', 'the shell did not replace the variable'],
    ['mongodb+srv://a.b', 'a host name or a port is wrong'],
    ['mongodb://a.example:99999', 'a host name or a port is wrong'],
    ['mongodb://::1:27017', 'a host name or a port is wrong'],
    ['mongodb+srv://u:hunter2@a.\u001b[31mb.example', 'a host name or a port is wrong'],
    ['mongodb+srv://user:hunter2/x', 'a host name or a port is wrong'],
    [`mongodb://hunter2:${'@'.repeat(100_000)}a.b.example`, 'it has more than 10000 letters'],
    [`hunter2${' '.repeat(100_000)}@`, 'is not valid'],
    ['jdbc:mongodb+srv://user:hunter2@a.b.example', 'another word, such as the name of a variable'],
    ['export URI="mongodb://user:hunter2@a.example"', 'another word, such as the name of a variable'],
    ['mongodb%2Bsrv%3A%2F%2Fuser%3Ahunter2%40a.b.example', 'URL-encoded as a whole'],
    ['bW9uZ29kYitzcnY6Ly91OmJ1bnRlcg==', 'it is base64'],
    ['mongodb+srv&#58;//user&#58;hunter2&#64;a.b.example', 'codes of HTML'],
    ['https://a.k45tj.mongodb.net', 'does not begin with mongodb+srv:// or mongodb://'],
  ])('%.60s is refused, says why, and is not repeated', async (argument, mistake) => {
    const begun = process.cpuUsage();
    const { exitCode: code, stderr, stdout } = await runCli(['doctor', argument]);
    const { user, system } = process.cpuUsage(begun);
    // Microseconds: the machine may be busy with something else.
    expect(user + system).toBeLessThan(1_000_000);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain('Error: The connection string is not valid: ');
    expect(stderr).toContain(mistake);
    for (const secret of ['hunter2', '\u001b']) expect(stderr).not.toContain(secret);
  });

  test.each([
    ['"mongodb+srv://user:hunter2@NAME"', 'drivers refuse quotation marks or blanks around the string'],
    ['mongodb+srv://u:hunter2@NAME/?srvMaxHosts=2&replicaSet=hunter2', 'drivers refuse srvMaxHosts with replicaSet'],
  ])('%s is one problem in all formats', async (write, problem) => {
    const change = (name: string) => write.replace('NAME', name);
    const { code, checks, stdout, stderr } = await examine([], change, ['--json', '--wait', '1h']);
    const { stdout: text } = await examine([], change, []);
    const { stdout: report } = await examine([], change, ['--verbose']);
    expect(checks.filter(({ result }) => result === 'error')).toMatchObject([{ id: 'string-form', detail: problem }]);
    expect(text).toContain(`\n  ✖ ${problem}\n`);
    expect(report).toContain(`  ✖ Form: ${problem}\n`);
    for (const each of [text, report]) expect(each).toContain('- User and password were not tried.\n');
    expect([code, stderr]).toEqual([6, expect.stringContaining(`Error: 1 problem: ${problem}.\n`)]);
    expect(stdout + stderr + text + report).not.toContain('hunter2');
  });

  test('what a TXT record adds may be what drivers refuse', async () => {
    const dns = await startDns((name, type) => {
      if (type === 'TXT') return [{ type: 'TXT', name, data: 'replicaSet=a' }];
      return type === 'SRV' ? [srvTo(`a.${domain}`, 1024)] : [addressOf(name, '10.0.0.1')];
    });
    const argument = `mongodb+srv://${srvName}/?srvMaxHosts=2`;
    const { find, exitCode } = await doctorAt(dns.address, '--json --no-network', { argument }).finally(dns.close);
    expect(find('dns-txt')).toMatchObject({ result: 'error', detail: 'drivers refuse srvMaxHosts with replicaSet' });
    expect([exitCode, find('string-form')?.result]).toEqual([6, 'success']);
  });

  test.each([
    ['a file that is not there', '/nowhere', 6],
    ['the authority of the nodes', 'ca.pem', 0],
  ])('tlsCAFile may name %s', async (_, file, exit) => {
    await using network = await openNetwork({ mongo: 'free', faults: [] });
    const [{ name } = { name: '' }] = await network.strings();
    const path = join(temporaryFolder(), file);
    if (exit === 0) writeFileSync(path, network.network.authority ?? '');
    const line = ['doctor', `mongodb+srv://${name}/?tlsCAFile=${path}`, '--dns-server', network.network.dnsServer];
    const { exitCode, stdout } = await runCli(line, { env: { ...ownFolders(), ...local } });
    expect(exitCode, stdout).toBe(exit);
  });

  test('a host name alone is checked as a connection string', async () => {
    const { code, stdout } = await examine([], (name) => name);
    expect([code, stdout]).toEqual([0, expect.stringContaining('checked as mongodb+srv://')]);
  });

  test('the name of an SRV record has no port', async () => {
    const { first } = await examine([], (name) => `${name}:27017`);
    const hint = /^It is the name of an SRV record\. Write it without the port: mongodb\+srv:\/\/\S+-pl-0\.\S+$/;
    expect(first).toMatchObject({ id: 'dns-address', hint: expect.stringMatching(hint) });
  });

  test.each(['com.amazonaws.vpce.us-east-1.vpce-svc-0667f4ca6f4a2bbc8', 'mongodb', 'pe.app.prod'])(
    '%s is no connection string',
    async (argument) => {
      const { stderr } = await runCli(['doctor', argument]);
      expect(stderr).not.toContain('connection string');
    },
  );

  const homeless = Object.fromEntries(Object.keys(ownFolders()).map((name) => [name, '']));

  test.each<[what: string, more: Record<string, string>, words: string[]]>([
    ['a profile that does not exist', {}, ['--profile', 'nope']],
    ['a base URL that is not valid', { ATLAS_PE_BASE_URL: 'ftp:nope' }, []],
    ['a configuration that is broken', {}, []],
    ['a home folder', homeless, []],
  ])('needs nothing of %s', async (what, more, words) => {
    // The system does not list the user.
    if (more === homeless)
      vi.spyOn(os, 'userInfo').mockImplementation(() => {
        throw new Error('ENOENT');
      });
    syncBuiltinESMExports();
    onTestFinished(() => {
      vi.restoreAllMocks();
      syncBuiltinESMExports();
    });
    const env = ownFolders();
    const folder = env.ATLAS_PE_CONFIG_DIR ?? '';
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    if (what.includes('broken')) writeFileSync(join(folder, 'config.json'), '{', { mode: 0o600 });
    const line = ['doctor', 'mongodb+srv://a.b.example', '--dns-server', '127.0.0.1:1', ...words];
    const { exitCode, stderr } = await runCli(line, { env: { ...env, ...more } });
    const said = 'Error: 1 problem: The DNS server 127.0.0.1:1 is not running or refuses queries.\n';
    expect([exitCode, stderr]).toEqual([6, said]);
  });

  test.each(['--cluster=a', '--cloud', '--client=i-0123456789abcdef0'])('excludes %s', async (option) => {
    const { exitCode: code, stderr } = await runCli(['doctor', 'mongodb+srv://a.b.example', option]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${option.split('=')[0]} cannot be combined with a connection string`);
  });
});

test.each([
  ['10.0.0.4', 'dns-srv', /^The connection string has an IP address/],
  ['mongodb://203.0.113.7:27017/?tls=true', 'dns-private', /^The connection string has an IP address/],
  ['mongodb+srv://db.corp.example', 'dns-srv', /^The names of Atlas hosts end in mongodb\.net/],
  ['mongodb://a.k45tj.mongodb.net/?tls=true', 'dns-address', /removes private addresses/],
])('%s without records: the hint of %s is about its host', async (argument, id, hint) => {
  const dns = await startDns(() => []);
  const { checks, exitCode } = await doctorAt(dns.address, '--json --no-network', { argument }).finally(dns.close);
  const [first] = checks.filter(({ result }) => result === 'error');
  expect(first).toMatchObject({ id, hint: expect.stringMatching(hint) });
  expect(exitCode).toBe(6);
});

describe('from stdin or a variable', () => {
  const password = 'hunter2';
  const run = (words: string, stdin: string | null, more: Record<string, string> = {}) =>
    runCli(['doctor', ...words.split(' ')], { env: { ...ownFolders(), ...more }, stdin });

  test.each<[string, (string: string) => [string, Record<string, string>]]>([
    ['-', (string) => [`${string}\n`, {}]],
    ['-', (string) => [`${string}\r\n`, {}]],
    ['--from-env SHOP_URI', (string) => ['', { SHOP_URI: string }]],
  ])('%s finds what the argument finds', async (words, give) => {
    await using network = await openNetwork({ mongo: 'free', faults: ['no-primary'] });
    const [{ name } = { name: '' }] = await network.strings();
    const [stdin, variables] = give(`mongodb+srv://user:${password}@${name}/shop`);
    const file = join(temporaryFolder(), 'ca.pem');
    writeFileSync(file, network.network.authority ?? '');
    const line = `${words} --verbose --dns-server ${network.network.dnsServer} --tls-ca-file ${file}`;
    const { exitCode, stdout, stderr } = await run(line, stdin, { ...variables, ...local });
    expect([exitCode, stderr]).toEqual([6, expect.stringMatching(/^Error: 1 problem: \S+ has no primary\.\n$/)]);
    expect(stdout + stderr).not.toContain(password);
  });

  test.each<[string, string, Record<string, string>, string]>([
    ['-', '', {}, 'stdin is empty.'],
    ['-', 'us-east-1', {}, 'The connection string is not valid'],
    ['-', 'a-pl-0.k45tj.mongodb.net', {}, 'it does not begin with mongodb+srv://'],
    ['- --cluster a', 'mongodb+srv://a.b.example', {}, '--cluster cannot be combined with a connection string.'],
    ['--from-env NOPE', '', {}, 'The variable NOPE is not set.'],
    ['--from-env EMPTY', '', { EMPTY: ' ' }, 'The variable EMPTY is empty.'],
    ['us-east-1 --from-env URI', '', { URI: 'mongodb://a' }, '--from-env cannot be combined with an argument.'],
    [`--from-env mongodb://u:${password}@a`, '', {}, '--from-env takes the name of a variable.'],
  ])('doctor %s with %j and %j is exit 2: %s', async (words, stdin, variables, message) => {
    const { exitCode, stdout, stderr } = await run(words, stdin, variables);
    expect([exitCode, stdout]).toEqual([2, '']);
    expect(stderr).toContain(message);
    expect(stderr).not.toContain(password);
  });

  test('a terminal is no place for it, and is not read', async () => {
    const screen = new Screen({ columns: 80, rows: 5, convertEol: true });
    const { exitCode } = await runCli(['doctor', '-'], { screen, stdin: null });
    await screen.written();
    expect([exitCode, screen.lines()[0]]).toEqual([2, 'Error: Cannot read stdin (it is a terminal).']);
    expect(screen.lines()[1]).toContain('Pipe a file with the connection string');
  });
});

test.each([
  ['get', 'mongodb://u:hunter2 x@h'],
  ['get', 'mongodb://h/?proxyPassword=hunter2&tlsCertificateKeyFilePassword=hunter2'],
  ['test', 'mongodb://h/?authMechanismProperties=AWS_SESSION_TOKEN:hunter2'],
])('%s %s, which is mistyped, shows no secret', async (command, string) => {
  const { stdout, stderr } = await runCli([command, string]);
  expect(stderr).toMatch(/^Error: /);
  expect(stdout + stderr).not.toContain('hunter2');
});

test('a folder is not a file of tlsCAFile', async () => {
  const argument = `mongodb://a.example/?tls=true&tlsCAFile=${process.cwd()}`;
  const { stdout } = await runCli(['doctor', argument, '--json', '--no-network']);
  expect(stdout).toContain('drivers refuse tlsCAFile with a file that is not there or not valid');
});
