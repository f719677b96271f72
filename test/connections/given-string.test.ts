import { MongoClient } from 'mongodb';
import { expect, test } from 'vitest';
import { conflictWithRecord, readFiles, readGivenString } from '../../src/connections/doctor/given-string.js';

/* What doctor says about the form of a connection string, compared with MongoDB's driver for Node.js. */

const host = 'cluster0-pl-0.k45tj.mongodb.net';
const [srv, list] = [`mongodb+srv://${host}`, 'mongodb://a.k45tj.mongodb.net:1024,b.k45tj.mongodb.net:1025'];
const user = (info: string) => `mongodb+srv://${info}@${host}`;
const one = 'mongodb://a.k45tj.mongodb.net:1024/?tls=true';

async function findingsOf(string: string) {
  const { string: subject, findings } = await readGivenString(string);
  const faults = readFiles(subject).forms.map(({ finding }) => finding);
  const all = faults.length > 0 ? faults : findings;
  return all.map(({ result, detail, hint }) => ({ result, detail, hint }));
}

/** The driver reads the whole string before it connects. */
function isRefusedByNode(string: string) {
  try {
    new MongoClient(string);
    return false;
  } catch {
    return true;
  }
}

/** Which of the drivers for Node.js, Python and Go accept it (+), as measured with a server that accepts connections. */
test.each([
  [srv, '+++', /^mongodb\+srv:\/\/, 0 options$/],
  [`${list}/?tls=true&w=majority`, '+++', /^mongodb:\/\/, 2 options$/],
  [`${list.replace(',', ', ')}/shop?ReplicaSet=rs0&ssl=true`, '+++', /2 options$/],
  [user('us%40er:hunter2%25%3A+$&'), '+++', /0 options$/],
  [`"${srv}"`, '---', /quotation marks or blanks around the string/],
  [`\n${srv}`, '---', /blanks/],
  [srv.toUpperCase(), '---', /capital letters/],
  [`${srv}:27017/shop`, '---', /a port with mongodb\+srv/],
  [`${user('u:hunter2')},${host}`, '---', /several hosts with mongodb\+srv/],
  [user('u:hunter2%zz'), '---', /: \/ @ %/],
  [user('u:hunter2@x'), '---', /: \/ @ %/],
  [`${user('u:hunter2@x/y?z')}/?appName=a`, '---', /: \/ @ %/],
  [`mongodb://u:12?hunter2@${host}/?tls=true`, '--+', /\? # \[ \] in a user/],
  [user('u:hunter2#['), '-++', /\? # \[ \] in a user/],
  [user(':hunter2'), '---', /an empty user/],
  [`${list}/?tls=true&directConnection=true`, '---', /directConnection=true with .*several hosts/],
  [`${list}/?tls=true&loadBalanced=true`, '---', /loadBalanced=true with several hosts/],
  [`${one}&loadBalanced=true&replicaSet=a`, '---', /loadBalanced=true with replicaSet/],
  [`${srv}/?replicaSet=a&srvMaxHosts=2`, '---', /srvMaxHosts with replicaSet/],
  [`${srv}/?replicaSet=a&srvMaxHosts=0`, '+++', /2 options/],
  [`${one}&srvServiceName=a`, '---', /srvServiceName with mongodb:/],
  [`${srv}/?retryWrites`, '---', /an option without =/],
  [`${srv}/?retryWrites=true&amp;w=majority`, '---', /&amp; between options/],
  [`${srv}/?retryWrites=true\\u0026w=majority`, '---', /a second = in an option/],
  [`${srv}/?appName=a\\u0026w=majority`, '+-+', /\\u0026 between options/],
  [`${srv}/shop/a?w=majority`, '+-+', /name of the database/],
  [`${srv}/?tlsInsecure=true&tlsDisableOCSPEndpointCheck=true`, '---', /tlsInsecure with tlsDisableOCSP/],
  [`${user('u:hunter2')}/?authMechanism=MONGODB-X509`, '---', /Password not allowed/],
  [`${srv}/?maxPoolSize=abc`, '-+-', /this value of maxPoolSize/],
  [`${srv}/?authSource=`, '---', /authSource without a value/],
  [`${list}/?tls=TRUE`, '---', /tls unless it is true or false/],
  [`${srv}/?tls=TRUE`, '-+-', /Node.js and Go refuse tls unless it is true or false/],
  [`${srv}/?retryWrites=True&journal=1`, '-+-', /refuse retryWrites, journal unless it is true or false/],
  [`${srv}/?appName=me@example.com`, '-+-', /Node.js and Go refuse @ in an option/],
  [`${user('u:p')}/?appName=me@example.com`, '+++', /1 option/],
  [`${srv}/?foo=bar&useNewUrlParser=true`, '-++', /Node.js refuses unknown options \(foo, useNewUrlParser\)/],
  [`${srv}/?appName=&replicaSet=`, '--+', /Node.js refuses appName, replicaSet without a value/],
  [`${srv}/?w=majority&w=1`, '-++', /Node.js refuses w twice/],
  [`${srv}/?retryWrites=true;w=majority`, '-++', /Node.js refuses ; between options/],
  [`${srv}/?w=majority&`, '+-+', /Python refuses & without an option/],
  [`${srv}.`, '+-+', /Python refuses a dot after the host name/],
  [`${srv}/?maxStalenessSeconds=120`, '+--', /Python and Go refuse maxStalenessSeconds for the primary/],
  [`${srv}/?readPreference=primary&maxStalenessSeconds=120`, '---', /refuse maxStalenessSeconds for the primary/],
  [`${srv}/?w=0&journal=true`, '+--', /Python and Go refuse journal=true with w=0/],
  [`${srv}?w=majority`, '++-', /Go refuses options without a \/ before the \?/],
])('%s: the drivers say %s', async (string, verdict, detail) => {
  const findings = await findingsOf(string);
  const found = findings.find((each) => detail.test(each.detail));
  const result = verdict === '---' ? 'error' : verdict === '+++' ? 'success' : 'warning';
  expect(found, JSON.stringify(findings)).toMatchObject({ result });
  expect(found?.hint === undefined).toBe(result === 'success');
  if (result !== 'error') expect(findings.map((each) => each.result)).not.toContain('error');
  expect(JSON.stringify(findings)).not.toContain('hunter2');
  expect(isRefusedByNode(string)).toBe(verdict.startsWith('-'));
});

test.each([
  [user('<db_username>:<db_password>'), 'error', /^Atlas refuses placeholders such as <db_password>$/],
  [`${srv}/?tlsCAFile=/nowhere/ca.pem`, 'error', /tlsCAFile with a file that is not there/],
  [`${srv}/?tlsCertificateKeyFile=/nowhere/key.pem`, 'error', /tlsCertificateKeyFile with a file that is not there/],
  [`${srv}/?minPoolSize=101`, 'error', /^drivers refuse minPoolSize above maxPoolSize$/],
  [`${srv}/?readPreference=nearest&maxStalenessSeconds=89`, 'error', /^drivers refuse maxStalenessSeconds below 90$/],
  [`${srv}/?minPoolSize=101&maxPoolSize=0&readPreference=nearest&maxStalenessSeconds=90`, 'success', /4 options/],
  [`${srv}/?connectTimeoutMS=9`, 'error', /drivers cannot connect with connectTimeoutMS below 10 ms/],
  [`${srv}/?connectTimeoutMS=99`, 'warning', /often cannot connect with connectTimeoutMS below 100 ms/],
  [`${srv}/?tlsInsecure=true`, 'warning', /^drivers may connect only because of tlsInsecure/],
])('%s: drivers read it, but it is a %s', async (string, result, detail) => {
  expect(await findingsOf(string)).toMatchObject([{ result, detail: expect.stringMatching(detail) }]);
  expect(isRefusedByNode(string)).toBe(false);
});

test('a host is checked as a connection string', async () => {
  expect(await findingsOf(host)).toMatchObject([{ result: 'success', detail: `checked as ${srv}` }]);
  const { string } = await readGivenString('a.k45tj.mongodb.net:1024');
  expect([string.nodes, string.options.get('tls')]).toEqual([[{ host: 'a.k45tj.mongodb.net', port: 1024 }], 'true']);
});

test.each([
  ['srvMaxHosts=2', 'replicaSet=a&authSource=admin', /srvMaxHosts with replicaSet/],
  ['replicaSet=a', 'loadBalanced=true', /loadBalanced=true with replicaSet/],
  ['w=majority', 'replicaSet=a', undefined],
  // The string alone is wrong already.
  ['srvMaxHosts=2&replicaSet=a', 'authSource=admin', undefined],
])('%s with the TXT record %s', async (options, record, detail) => {
  const own = new URLSearchParams(options.toLowerCase());
  const found = await conflictWithRecord(own, new URLSearchParams(`${options}&${record}`.toLowerCase()));
  expect(found?.detail ?? 'none').toMatch(detail ?? /^none$/);
});
