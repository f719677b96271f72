import type { Document } from 'bson';
import type { Answer } from 'dns-packet';
import type { RecordType, Trouble } from './dns.js';
import type { Kind, Tls } from './nodes.js';

/* The set-ups, as data. A row without fields is a healthy replica set of three nodes behind one private endpoint. */

/** Where addresses are: nodes answer there, packets are lost, or a route refuses them. */
export const places = {
  here: '10.1',
  'another network': '10.2',
  carrier: '100.65',
  public: '54.8',
  IPv6: 'fd00:1:',
  silent: '10.66',
  'silent carrier': '100.66',
  'silent public': '54.9',
  'silent IPv6': 'fd00:66:',
  unreachable: '10.8',
  prohibited: '10.7',
} as const;

/** The address of a machine, and its resolv.conf. */
export const machines = {
  plain: ['10.1.0.5', 'nameserver 10.1.0.53'],
  pod: ['10.1.0.5', 'nameserver 10.1.0.53\nsearch a.cluster.local cluster.local\noptions ndots:5'],
  'pod, silent': ['10.1.0.5', 'nameserver 10.1.0.53\nsearch a.silent.example silent.example\noptions ndots:5'],
  'pod, one silent': [
    '10.1.0.5',
    'nameserver 10.1.0.53\nsearch silent.example\noptions ndots:5 timeout:1 attempts:1',
  ],
  'pod, wildcard': ['10.1.0.5', 'nameserver 10.1.0.53\nsearch wild.example\noptions ndots:5'],
  'EKS pod': ['100.64.0.5', 'nameserver 10.1.0.53'],
  'no DNS': ['10.1.0.5', 'nameserver 10.1.0.54'],
  'silent DNS': ['10.1.0.5', 'nameserver 10.66.0.53'],
  'second DNS': ['10.1.0.5', 'nameserver 10.66.0.53\nnameserver 10.1.0.53'],
  'failing DNS first': ['10.1.0.5', 'nameserver 10.1.0.55\nnameserver 10.1.0.53'],
  'fourth DNS': [
    '10.1.0.5',
    `${[54, 57, 58].map((last) => `nameserver 10.1.0.${last}\n`).join('')}nameserver 10.1.0.53`,
  ],
  'IPv6 DNS': ['10.1.0.5', 'nameserver fd00:1::53'],
} as const;

/** The ports of a host. */
interface Ports {
  /** One address for each of them. Default: here. */
  at?: readonly (keyof typeof places)[];
  /** Default: 1024 to 1026. */
  ports?: readonly number[];
  /** The ports in SRV records, if they are others. */
  named?: readonly number[];
  /** Default: good. */
  tls?: Tls;
}

interface SetUp extends Ports {
  /** Default: plain. */
  machine?: keyof typeof machines;
  /** `{d}` is the domain of the row, `{ca}` the file of the authority, `{address}` that of the first host. Default: SRV. */
  string?: string;
  /** Its name in DNS. Default: cluster0-pl-0. */
  cluster?: string;
  /** The hosts, and what differs there. */
  hosts?: Readonly<Record<string, Ports>>;
  /** TXT records. Default: one with authSource and replicaSet. */
  txt?: readonly string[];
  /** Records instead of the usual ones, by name. Null: the name does not exist. */
  records?: Readonly<Record<string, readonly Answer[] | null>>;
  dns?: Readonly<Partial<Record<RecordType, Trouble>>>;
  kind?: Kind;
  /** Added to the answer to hello of each node, or of those with these ports. */
  hello?: Document;
  helloAt?: Readonly<Record<number, Document>>;
  /** Words of the first problem that doctor finds, with its step. Neither: it finds none. */
  error?: RegExp;
  warning?: RegExp;
  /** Why doctor is right, where the drivers say something else. */
  why?: string;
}

export interface Row extends SetUp {
  name: string;
  family: string;
}

const us = 'pl-0-us-east-1';
const eu = 'pl-0-eu-west-1';
const two = { [us]: {}, [eu]: {} };
const other = (ports: Ports) => ({ [us]: {}, [eu]: ports });
const srv = 'mongodb+srv://cluster0-pl-0.{d}';
const replicaSet = 'replicaSet=atlas-a-shard-0';
const list = `mongodb://${us}.{d}:1024,${us}.{d}:1025,${us}.{d}:1026/?tls=true&${replicaSet}`;
const balancer = `${us}-lb.{d}:1024`;
const balanced = {
  kind: 'balanced',
  cluster: 'cluster0-pl-0-lb',
  txt: ['authSource=admin&loadBalanced=true'],
  hosts: { [`${us}-lb`]: {} },
  ports: [1024],
} as const;
const sharded = { kind: 'mongos', txt: ['authSource=admin'] } as const;
const publicHosts = ['00', '01', '02'].map((index) => `cluster0-shard-00-${index}`);
const publicOne = {
  cluster: 'cluster0',
  ports: [27017],
  hosts: Object.fromEntries(publicHosts.map((host) => [host, {}])),
} as const;
const noPrimary = { isWritablePrimary: false, secondary: true, primary: undefined };
const busy = { ok: 0, code: 202, errmsg: 'too many open connections' };
const elsewhere = 'other.example.com:1024';
const slow = { SRV: 1200, TXT: 1200, A: 1200, AAAA: 1200, CNAME: 1200 };
const a = (data: string): Answer => ({ type: 'A', name: '', data });
const alias = 'vpce-0123456789abcdef0-abcdefgh.{d}';
const whyPublic = 'It works, but not through the private endpoint.';
const isPublic = /public connection string/;
const search = /search domain.*ndots/s;
const mesh = /mesh.*ServiceEntry/s;
const cause = (...words: string[]) => new RegExp(words.join('.*'), 's');

const families: Record<string, Record<string, SetUp>> = {
  healthy: {
    'a replica set': {},
    'two regions': { hosts: two },
    'two networks': { hosts: other({ at: ['another network'] }) },
    'two networks of an EKS pod': { machine: 'EKS pod', hosts: other({ at: ['carrier'] }) },
    'two clusters behind one endpoint': {
      ...sharded,
      cluster: 'cluster1-pl-0',
      ports: [1024, 1025, 1026],
      named: [1026],
    },
    'two addresses of one host': { at: ['here', 'another network'] },
    'two regions of a sharded cluster': { ...sharded, hosts: two },
    'two regions, 50 nodes': {
      ...sharded,
      hosts: two,
      ports: Array.from({ length: 25 }, (_, index) => 1024 + index),
    },
    'an optimized string': balanced,
    'an optimized string without SRV': { ...balanced, string: `mongodb://${balancer}/?tls=true&loadBalanced=true` },
    'a list of hosts': { string: list },
    'a list of hosts in two regions': {
      hosts: two,
      string: `mongodb://app:secret@${us}.{d}:1024,${eu}.{d}:1024/shop?ssl=true&${replicaSet}&authSource=admin`,
    },
    'one node, directly': { string: `mongodb://${us}.{d}:1024/?tls=true&directConnection=true` },
    'Azure, two regions': { hosts: { 'pl-0-eastus2-azure': {}, 'pl-0-westeurope-azure': {} } },
    'GCP, a name and an address for each node': {
      cluster: 'cluster0-psc-0',
      hosts: { 'psc-0-us-east4-1': {}, 'psc-0-us-east4-2': {}, 'psc-0-us-east4-3': {} },
      ports: [27017],
    },
    'an alias': { records: { [`${us}.{d}`]: [{ type: 'CNAME', name: '', data: alias }], [alias]: [a('{address}')] } },
    'an encoded password': {
      string: 'mongodb+srv://app:p%40ss%3A%2F@cluster0-pl-0.{d}/shop?retryWrites=true&w=majority',
    },
    'an authority in the string': { string: `${srv}/?tlsCAFile={ca}` },
  },
  DNS: {
    'no SRV record': {
      records: { '_mongodb._tcp.cluster0-pl-0.{d}': null },
      error: cause('no record', 'private (?:DNS )?zone'),
    },
    'SRV queries are dropped': { dns: { SRV: 'silent' }, error: cause('did not respond', 'SRV', 'mongodb://') },
    'SRV answers need TCP, and TCP is closed': { dns: { SRV: 'udp only' }, error: /TCP port 53/ },
    'SRV answers need TCP': { dns: { SRV: 'truncated', TXT: 'truncated' } },
    'a host in another domain': {
      records: {
        '_mongodb._tcp.cluster0-pl-0.{d}': [{ type: 'SRV', name: '', data: { target: 'a.example.com', port: 1 } }],
      },
      error: /drivers refuse it/,
    },
    'no TXT record': { txt: [] },
    'TXT queries fail': { dns: { TXT: 'failed' }, error: /TXT record/ },
    'TXT queries are dropped': { dns: { TXT: 'silent' }, error: /TXT record/ },
    'two TXT records': { txt: ['authSource=admin', replicaSet], error: /drivers accept only one/ },
    'an option without a value in TXT': { txt: ['authSource'], error: /each with a value/ },
    'another option in TXT': { txt: ['authSource=admin&retryWrites=true'], error: /accept only authSource/ },
    'hosts do not exist': {
      records: { [`${us}.{d}`]: null },
      error: cause('has no address', 'private (?:DNS )?zone'),
    },
    'hosts without addresses': { records: { [`${us}.{d}`]: [] }, error: cause('has no address', 'rebinding') },
    'one of two hosts does not exist': {
      hosts: two,
      records: { [`${eu}.{d}`]: null },
      warning: /has no address/,
    },
    'a blocked name': { records: { [`${us}.{d}`]: [a('0.0.0.0')] }, error: /blocks the name/ },
    'IPv6 only': { at: ['IPv6'] },
    'IPv4 and IPv6': { at: ['here', 'IPv6'] },
    'IPv6 works, IPv4 refuses': { at: ['unreachable', 'IPv6'] },
    'AAAA queries are dropped': { dns: { AAAA: 'silent' }, error: /AAAA/ },
    'CNAME queries are dropped': { dns: { CNAME: 'silent' } },
    'slow DNS': { dns: slow, warning: /DNS takes 1\.\d s/ },
    'slow DNS, two regions': { hosts: two, dns: slow, warning: /DNS takes 1\.\d s/ },
    'no DNS server': { machine: 'no DNS', error: /is not running or refuses/ },
    'a silent DNS server': { machine: 'silent DNS', error: /did not respond/ },
    'the first of two DNS servers fails': { machine: 'failing DNS first', warning: /SERVFAIL/ },
    'the first of two DNS servers fails, a list of hosts': {
      machine: 'failing DNS first',
      string: list,
    },
    'only the fourth DNS server works': { machine: 'fourth DNS', error: /is not running/ },
    'the first of two DNS servers is silent': { machine: 'second DNS', warning: /DNS takes/ },
  },
  'search list': {
    'search domains that do not exist': { machine: 'pod' },
    'search domains that do not exist, a list of hosts': { machine: 'pod', string: list },
    'silent search domains': { machine: 'pod, silent', error: search },
    'silent search domains, a list of hosts': { machine: 'pod, silent', string: list, error: search },
    'silent search domains, an optimized string': { ...balanced, machine: 'pod, silent', error: search },
    // Drivers look up the names that the nodes know, which have no dot.
    'silent search domains, hosts that end with a dot': {
      machine: 'pod, silent',
      string: list.replaceAll('{d}', '{d}.'),
      error: search,
    },
    'a silent search domain with a short timeout': { machine: 'pod, one silent', warning: search },
    'a search domain where all names exist': { machine: 'pod, wildcard', error: /looks up .*wild\.example first/ },
  },
  network: {
    'hub and spoke in 10.0.0.0/8': { at: ['silent'], error: cause('no response', 'Allow TCP') },
    'hub and spoke of an EKS pod': { machine: 'EKS pod', at: ['silent'], error: /no response/ },
    'an endpoint in 100.64.0.0/10': { machine: 'EKS pod', at: ['silent carrier'], error: /no response/ },
    'one region is silent': {
      hosts: other({ at: ['silent'] }),
      warning: cause('no response', 'another region'),
    },
    'the region of the primary is silent': {
      hosts: { [us]: { at: ['silent'] }, [eu]: {} },
      error: cause('no response', 'another region'),
    },
    'one of two addresses is silent': { at: ['here', 'silent'], warning: /no response/ },
    'no route': { at: ['unreachable'], error: /unreachable/ },
    'a policy of this machine': { at: ['prohibited'], error: /unreachable|prohibit|polic|allow/ },
    'nothing listens': { ports: [], named: [1024, 1025], error: cause('refused', 'firewall rejects', 'stale') },
    'a list with old ports': { string: list, ports: [1030], error: cause('refused', 'SRV connection string') },
    'one secondary refuses': { ports: [1024, 1025], named: [1024, 1025, 1026], warning: /refused/ },
    'a mesh': { tls: 'closes', error: mesh },
    'a mesh, an optimized string': { ...balanced, tls: 'closes later', error: mesh },
    'a public string': { ...publicOne, at: ['silent public'], error: isPublic },
    'a public string, refused': { ...publicOne, at: ['public'], tls: 'closes', error: isPublic },
    'a public string that works': { ...publicOne, at: ['public'], error: isPublic, why: whyPublic },
    'a private string with a public address': { at: ['public'], error: /public/, why: whyPublic },
    'a SOCKS5 proxy': { machine: 'no DNS', string: `${list}&proxyHost=127.0.0.1&proxyPort=1080` },
    'a SOCKS5 proxy that is not there': { string: `${list}&proxyHost=127.0.0.1&proxyPort=1081`, error: /proxy/i },
  },
  TLS: {
    expired: { tls: 'expired', error: cause('expired', 'clock') },
    'expired in one of two regions': {
      hosts: other({ tls: 'expired' }),
      warning: cause('expired', 'clock'),
    },
    'not yet valid': { tls: 'early', error: cause('not valid yet', 'clock') },
    'another host': { tls: 'other host', error: /not for this host name/ },
    'another host, tolerated': {
      string: `${srv}/?tlsAllowInvalidHostnames=true`,
      tls: 'other host',
      warning: /only because/,
    },
    'an unknown authority': { tls: 'unknown authority', error: /unknown authority|signature/ },
    'an unknown authority, tolerated': {
      string: `${srv}/?tlsInsecure=true`,
      tls: 'unknown authority',
      warning: /only because/,
    },
    'another authority in the string': { string: `${srv}/?tlsCAFile={other}`, error: /unknown authority|signature/ },
    'only old versions': { tls: 'old', error: /TLS older than 1\.2/ },
    'alert 70': { tls: 70, error: /TLS older than 1\.2/ },
    'alert 40': { tls: 40, error: /cipher/ },
    'alert 116': { tls: 'client certificate', error: /client certificate/ },
    'silence after the first bytes': { tls: 'cut', error: /MTU/ },
    'silence after the connection': { tls: 'silent', error: /no response to the TLS handshake/ },
    'a reset': { tls: 'resets', error: /reset/ },
    'no TLS': { tls: 'none', error: /TLS/ },
    HTTP: { tls: 'http', error: /does not speak TLS/ },
    'turned off': { string: `${srv}/?tls=false`, error: /tls=false/ },
    'not turned on': {
      string: list.replace('tls=true&', ''),
      error: /tls=true/,
    },
  },
  MongoDB: {
    'another replica set in the string': {
      string: `${srv}/?replicaSet=shop`,
      error: cause('replicaSet=shop', 'Write'),
    },
    'another replica set in TXT': { txt: ['authSource=admin&replicaSet=shop'], error: cause('not to shop', 'zone') },
    'a mongos, a replica set in TXT': { ...sharded, txt: [replicaSet], error: /mongos/ },
    'a mongos, a replica set in a list': { ...sharded, string: list, error: /mongos/ },
    'no replica set': { hello: { ...noPrimary, setName: undefined, hosts: undefined }, error: /no replica set/ },
    'too old': { hello: { maxWireVersion: 6 }, error: /wire version/ },
    'too old, an optimized string': { ...balanced, hello: { maxWireVersion: 8 }, error: /wire version/ },
    'too new': { hello: { minWireVersion: 40, maxWireVersion: 41 }, error: /wire version/ },
    'too many connections': { hello: busy, error: /too many open connections/ },
    'no serviceId': { ...balanced, hello: { serviceId: undefined }, error: /load balancer/ },
    'a replica set, an optimized string': { ...balanced, kind: 'replica set', error: /load balancer/ },
    'an optimized string with two hosts': { ...balanced, ports: [1024, 1025], error: /loadBalanced=true/ },
    'a load balancer, loadBalanced is missing': {
      ...balanced,
      txt: [],
      error: cause('load balancer', 'loadBalanced=true'),
    },
    'no primary': { hello: noPrimary, error: /no primary/ },
    'another cluster': {
      hello: { hosts: [elsewhere], primary: elsewhere, me: elsewhere },
      error: /none of the connection string/,
    },
    'a list without the primary': { string: list.replace(`${us}.{d}:1024,`, '') },
    'one secondary starts up': { helloAt: { 1026: { secondary: false } } },
  },
  string: {
    'a bare % in the password': { string: 'mongodb+srv://app:50%off@cluster0-pl-0.{d}', error: /%25/ },
    'a bare : in the password': { string: 'mongodb+srv://app:a:b@cluster0-pl-0.{d}', error: /%3A/ },
    'a bare @ in the password': { string: 'mongodb+srv://app:a@b@cluster0-pl-0.{d}', error: /%40/ },
    'the placeholder of the password': {
      string: 'mongodb+srv://app:<db_password>@cluster0-pl-0.{d}',
      error: /<db_password>/,
      why: 'No password is this one. The drivers learn it from the server.',
    },
    'an empty user': { string: 'mongodb+srv://:secret@cluster0-pl-0.{d}', error: /empty user/ },
    'directConnection with SRV': { string: `${srv}/?directConnection=true`, error: /directConnection/ },
    'directConnection with several hosts': { string: `${list}&directConnection=true`, error: /directConnection/ },
    'loadBalanced with several hosts': {
      ...balanced,
      string: `mongodb://${balancer},${us}-lb.{d}:1025/?tls=true&loadBalanced=true`,
      error: /loadBalanced/,
    },
    'loadBalanced with a replica set': {
      ...balanced,
      string: `mongodb://${balancer}/?tls=true&loadBalanced=true&replicaSet=shop`,
      error: /loadBalanced/,
    },
    'srvMaxHosts with a replica set': { string: `${srv}/?srvMaxHosts=2&${replicaSet}`, error: /srvMaxHosts/ },
    'srvMaxHosts with a replica set in TXT': { string: `${srv}/?srvMaxHosts=2`, error: /srvMaxHosts/ },
    'srvServiceName in a list': { string: `${list}&srvServiceName=shop`, error: /srvServiceName/ },
    'an option without =': { string: `${srv}/?retryWrites`, error: /=/ },
    'an & of HTML': { string: `${srv}/?retryWrites=true&amp;w=majority`, error: /&amp;/ },
    'an empty authSource': { string: `${srv}/?authSource=`, error: /authSource/ },
    'tls=TRUE': { string: list.replace('tls=true', 'tls=TRUE'), error: /tls=true/ },
    'an upper-case scheme': { string: 'MONGODB+SRV://cluster0-pl-0.{d}', error: /capital|small/ },
    'quotes around it': { string: `"${srv}"`, error: /quot/ },
    'blanks around it': { string: ` ${srv} `, error: /blank/ },
    'the name of the variable': { string: `MONGODB_URI=${srv}`, error: /name of a variable/ },
    'a file of authorities that is not there': { string: `${srv}/?tlsCAFile=/no/ca.pem`, error: /tlsCAFile/ },
    'a file of a key that is not there': {
      string: `${srv}/?tlsCertificateKeyFile=/no/key.pem`,
      error: /tlsCertificateKeyFile/,
    },
    'connectTimeoutMS of 10': { string: `${srv}/?connectTimeoutMS=10`, warning: /connectTimeoutMS/ },
    'an unknown option': { string: `${srv}/?retryWritess=true`, warning: /retryWritess/ },
    'a question mark without a slash': { string: `${srv}?retryWrites=true`, warning: /\/\?/ },
    'hosts that end with a dot': { string: list.replaceAll('{d}', '{d}.'), warning: /\bdot\b/ },
    'an empty string': { string: '', error: /empty/ },
    'an IPv6 address': {
      string: 'mongodb://[{address}]:1024/?tls=true&tlsInsecure=true&directConnection=true',
      at: ['IPv6'],
      warning: /only because|IP address/,
    },
  },
  // Threads on GitHub, as their users describe their networks.
  thread: {
    'teleport 54169: a load balancer, directly': {
      ...balanced,
      string: `mongodb://${balancer}/?tls=true&directConnection=true`,
      error: cause('load balancer', 'loadBalanced=true'),
    },
    'quarkus 46536: an IPv6 DNS server': { machine: 'IPv6 DNS' },
    'quarkus 46536: an IPv6 DNS server, two regions': { machine: 'IPv6 DNS', hosts: two },
    'quarkus 32313: a pod without SRV': {
      machine: 'pod',
      dns: { SRV: 'silent', TXT: 'silent' },
      error: cause('did not respond', 'SRV', 'mongodb://'),
    },
    'quarkus 32313: the list of hosts works': { machine: 'pod', dns: { SRV: 'silent', TXT: 'silent' }, string: list },
    'terraform-provider 934: the public string of a serverless instance': {
      ...balanced,
      cluster: 'main',
      hosts: { 'main-lb': { at: ['public'], tls: 'closes later' } },
      error: isPublic,
    },
    'cloudformation 511: the public string': {
      ...publicOne,
      cluster: 'test-cluster',
      at: ['silent public'],
      error: isPublic,
    },
    'athena 1048: the public list in a VPC': {
      ...publicOne,
      at: ['silent public'],
      string: `mongodb://${publicHosts.map((host) => `${host}.{d}:27017`).join(',')}/?ssl=true&${replicaSet}`,
      error: isPublic,
    },
    'vscode 104: querySrv ETIMEOUT': {
      dns: { SRV: 'silent', TXT: 'silent', A: 'silent', AAAA: 'silent', CNAME: 'silent' },
      error: /did not respond/,
    },
  },
};

const unlike = { warning: /drivers? for [\w.]+(?: and [\w.]+)? refuses?/ };

/** What follows the `?` of an SRV string, and what doctor finds; nothing, if all drivers connect. */
const options: readonly (readonly [query: string, found?: Pick<SetUp, 'error' | 'warning'>])[] = [
  ['retryWrites=true&w=majority'],
  ['retryReads=false'],
  ['readPreference=nearest'],
  ['readPreference=secondaryPreferred&maxStalenessSeconds=120'],
  ['readPreference=secondary&maxStalenessSeconds=10', { error: /maxStalenessSeconds below 90/ }],
  ['maxStalenessSeconds=120', unlike],
  ['readPreference=primary&maxStalenessSeconds=120', { error: /drivers refuse maxStalenessSeconds for the primary/ }],
  ['readPreference=secondary&readPreferenceTags='],
  ['readPreference=secondary&readPreferenceTags=nodeType:ANALYTICS', { error: /no node that answers fits/ }],
  ['readPreference=secondary&readPreferenceTags=nodeType:ANALYTICS&readPreferenceTags='],
  ['readPreferenceTags=nodeType:ANALYTICS', unlike],
  ['readPreference=fastest', unlike],
  ['readConcernLevel=majority'],
  ['w=1&wtimeoutMS=2000'],
  ['w=0'],
  ['w=0&journal=true', unlike],
  ['journal=true'],
  ['authSource=admin'],
  ['authSource=$external'],
  ['authMechanism=SCRAM-SHA-256', { error: /Username required/ }],
  ['authMechanism=SCRAM-SHA-512', unlike],
  ['authMechanismProperties=x', unlike],
  ['appName=shop'],
  ['appName=my%20shop'],
  ['appName=%zz', unlike],
  ['compressors=zlib'],
  ['compressors=zstd,snappy'],
  ['compressors=lz4', unlike],
  ['zlibCompressionLevel=6'],
  ['maxPoolSize=50'],
  ['maxPoolSize=0'],
  ['minPoolSize=2&maxPoolSize=5'],
  ['minPoolSize=10&maxPoolSize=5', { error: /minPoolSize above maxPoolSize/ }],
  ['maxPoolSize=-5', unlike],
  ['maxIdleTimeMS=60000'],
  ['maxConnecting=4'],
  ['waitQueueTimeoutMS=5000'],
  ['connectTimeoutMS=0'],
  ['connectTimeoutMS=-1', unlike],
  ['socketTimeoutMS=30000'],
  ['serverSelectionTimeoutMS=5000'],
  ['serverSelectionTimeoutMS=abc', unlike],
  ['heartbeatFrequencyMS=10000'],
  ['localThresholdMS=15'],
  ['uuidRepresentation=standard', unlike],
  ['tls=true'],
  ['tls=true&ssl=true'],
  ['tls=true&ssl=false', { error: /ssl|tls/ }],
  ['tls=yes', unlike],
  ['tlsInsecure=true&tlsAllowInvalidCertificates=true', unlike],
  ['retryWrites=1', unlike],
  ['directConnection=false'],
  ['directConnection=1', unlike],
  ['loadBalanced=false'],
  ['loadBalanced=yes', unlike],
  ['srvMaxHosts=0'],
  ['srvMaxHosts=-1', unlike],
  ['replicaSet=atlas-a-shard-0'],
  ['appName=shop&appName=shop', unlike],
];

const wanted = new RegExp(process.env.ATLAS_PE_TEST_ROWS ?? '');

const optionRows = Object.fromEntries(
  options.map(([query, found]) => [query, { string: `${srv}/?${query}`, ...found }]),
);

/** `ATLAS_PE_TEST_ROWS` chooses some, by a pattern: `TLS: expired`. */
export const rows: readonly Row[] = Object.entries({ ...families, option: optionRows })
  .flatMap(([family, setUps]) =>
    Object.entries(setUps).map(([name, setUp]) => ({ name: `${family}: ${name}`, family, ...setUp })),
  )
  .filter(({ name }) => wanted.test(name));
