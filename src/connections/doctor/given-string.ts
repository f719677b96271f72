import { existsSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { UsageError } from '../../base/errors.js';
import { readText } from '../../base/files.js';
import type { Env } from '../../base/host.js';
import { counted, grouped, listed } from '../../base/words.js';
import { readAuthority } from '../../config/authority.js';
import { bad, type Category, checksOver, type Finding, good, itemsOf, warning } from './check.js';
import { loadParser } from './driver.js';
import { notSent } from './reach.js';
import { isOfPeering, parseConnectionString, readWritten, type StringSubject, type Written } from './strings.js';

/*
 * How a connection string is written, which drivers check before they connect. The parser of the driver for Node.js decides;
 * the rules say what the drivers for Python (4.20) and Go (2.10) refuse beyond it. What all three refuse is an error, also
 * if each has its own reason. User and password are never shown: findings have names of options and files.
 */

/** What is looked at: the text as it is given, or a part of it. `each`: each option; `list`: each with mongodb://; `all`: the options, with & around; `alone` and `said`: what the parser says of an option (after its name), and of the rest. */
type Part =
  | 'text'
  | 'nodes'
  | 'path'
  | 'user'
  | 'query'
  | 'each'
  | 'list'
  | 'all'
  | 'file'
  | 'pool'
  | 'twice'
  | 'alone'
  | 'said';
/** What it must not have, the same in words (`$1`: what the pattern captures), and how to write it, unless to leave it out. */
type Rule = readonly [part: Part, pattern: RegExp, words: string, hint?: string];

const quotes = '"\'`“”„‘’';
const edges = new RegExp(`^[\\s${quotes}]+|[\\s${quotes}]+$`, 'g');
const around = new RegExp(`^[\\s${quotes}]|[${quotes}]\\s*$|//[^/?]*\\s$`);
/** What the driver for Node.js refuses in an option alone, while others may ignore it. */
const ofValue =
  /unsupported|no value|must be (?:either|one of|> 0)|: Expected|can only be|not a valid|undefined values/;
const unencoded = /^(?:Username|Password) contains|malformed|^Invalid connection/;
const [toEncode, encoded] = [': / @ % in a user or password', 'Write them as %3A %2F %40 %25.'];
const [noValue, noSwitch] = ['$1 without a value', '$1 unless it is true or false'];
const unquote = 'Remove them. docker --env-file keeps quotes.';
const checkFile = 'Check the file. Atlas needs no tlsCAFile.';
const direct = 'directConnection=true with mongodb+srv:// or several hosts';

const drivers = ['Node.js', 'Python', 'Go'];

/** Who else refuses it for certain. */
const errors = ['Atlas refuses', 'Atlas needs', 'drivers cannot connect with'];

/** By who refuses it: drivers, or others. */
const rules: Readonly<Record<string, readonly Rule[]>> = {
  'Node.js, Python, Go': [
    ['text', around, 'quotation marks or blanks around the string', unquote],
    ['user', /@/, toEncode, encoded],
    ['said', unencoded, toEncode, encoded],
    ['query', /&amp;/i, '&amp; between options', 'Write & alone.'],
    ['each', /^[^=]+$/, 'an option without =', 'Write NAME=VALUE.'],
    ['each', /^(authSource|srvServiceName|tls\w+File)=$/i, noValue],
    ['list', /^(tls|ssl|TLS|SSL)=(?!(?:true|false)$)/, noSwitch, 'Write tls=true.'],
    ['file', /(.+)/, '$1 with a file that is not there or not valid', checkFile],
    ['pool', /^/, 'minPoolSize above maxPoolSize', 'Write a smaller minPoolSize.'],
    ['all', /^(?=.*&readpreference=(?!primary&)).*&maxstalenessseconds=[1-8]?\d&/, 'maxStalenessSeconds below 90'],
    ['said', /cannot be combined with maxS/, 'maxStalenessSeconds for the primary'],
    ['said', /empty userinfo/, 'an empty user', 'Leave the @ out.'],
    ['said', /^Invalid scheme/, 'capital letters in mongodb+srv://', 'Write small letters.'],
    ['said', /port number/, 'a port with mongodb+srv://'],
    ['said', /multiple service/, 'several hosts with mongodb+srv://', 'Leave only the one that Atlas shows.'],
    ['said', /support directConnection|exactly one host/, direct],
    ['said', /single host/, 'loadBalanced=true with several hosts'],
    ['said', /with a replicaSet option/, 'loadBalanced=true with replicaSet', 'Leave one out.'],
    ['said', /srvMaxHosts option with replicaSet/, 'srvMaxHosts with replicaSet'],
    ['said', /^Cannot use ([\w, ]+) with a non-srv/, '$1 with mongodb://'],
  ],
  'Node.js, Go': [
    ['text', /^[^@]*\/\?[^@]*@/, '@ in an option', 'Write it as %40.'],
    ['alone', /^(\w+): .*must be either/, noSwitch, 'Write true or false.'],
    ['alone', /^(\w+): (?!.*(?:either|unsupported|no value))/, 'this value of $1', 'Check it, or leave it out.'],
  ],
  'Node.js, Python': [
    ['said', /'tlsInsecure' option/, 'tlsInsecure with another option of its kind', 'Leave one out.'],
  ],
  'Node.js': [
    ['user', /[#?[\]]/, '? # [ ] in a user or password', 'Write them as %3F %23 %5B %5D.'],
    ['query', /(?<!&amp);/i, '; between options', 'Write & instead.'],
    ['alone', /^(.*): .*unsupported/, 'unknown options ($1)', 'Check the spelling.'],
    ['alone', /^(\w+): .*no value/, noValue],
    ['twice', /(.+)/, '$1 twice', 'Leave one out.'],
    ['said', /proxyHost|proxy username/, 'these options of a proxy', 'Write proxyHost, and user with password.'],
    ['said', /when using MONGODB-AWS/, 'a user with MONGODB-AWS', 'Let the program find the keys of AWS.'],
  ],
  'Python, Go': [
    ['all', /^(?=.*&tlsinsecure=).*&tlsdisableocspendpointcheck=/, 'tlsInsecure with tlsDisableOCSPEndpointCheck'],
    ['all', /^(?!.*&readpreference=(?!primary&)).*&maxstalenessseconds=\d/, 'maxStalenessSeconds for the primary'],
    ['all', /^(?=.*&w=0&).*&journal=true&/, 'journal=true with w=0'],
  ],
  Python: [
    ['query', /\\u0026/, '\\u0026 between options', 'Write & instead.'],
    ['each', /^[^=]*=[^=]*=/, 'a second = in an option', 'Write it as %3D.'],
    ['nodes', /\.(?=[:,]|$)/, 'a dot after the host name'],
    ['query', /^&|&&|&$/, '& without an option'],
    ['path', /[/ "$]|%2[024f]/i, 'a / " $ or a blank in the name of the database'],
  ],
  Go: [
    ['text', /:\/\/[^/]*\?/, 'options without a / before the ?', 'Write /? for ?.'],
    ['each', /%(?![\da-f]{2})/i, 'a bare % in an option', 'Write it as %25.'],
  ],
  'Atlas refuses': [
    ['each', /^(tls|ssl)=false$/i, '$1=false', 'Write tls=true.'],
    ['user', /<(?:db_?)?(?:user(?:name)?|password)>/i, 'placeholders such as <db_password>', 'Write the real ones.'],
  ],
  'Atlas needs': [['list', /^$/, 'tls=true with mongodb://', 'Write it, or turn TLS on in the program.']],
  'drivers may connect only because of': [
    ['each', /^(tlsInsecure|tlsAllowInvalid\w+)=true$/, '$1: certificates are not fully checked'],
  ],
  'drivers cannot connect with': [['each', /^connectTimeoutMS=[1-9]$/i, 'connectTimeoutMS below 10 ms']],
  'drivers often cannot connect with': [['each', /^connectTimeoutMS=[1-9]\d$/i, 'connectTimeoutMS below 100 ms']],
};

/** More than the strings of Atlas's largest clusters have. */
const mostLetters = 10_000;

/** Why the hosts can't be read. The first one that matches counts. */
const mistakes: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty: is the variable set?'],
  [/^mongodb[\w+]*%/i, 'it is URL-encoded as a whole. Decode it.'],
  [/^bW9uZ29kY/, 'it is base64, as in a secret of Kubernetes. Decode it: base64 -d'],
  [/^mongodb[\w+]*&#/i, 'it has codes of HTML, such as &#58; for a colon. Decode it.'],
  [/^mongodb[\w+]*:\\/i, 'it has backslashes, as in JSON. Leave them out.'],
  [/^[$%]/, 'the shell did not replace the variable. Use double quotes, or --from-env with its name.'],
  [new RegExp(`^.{${mostLetters}}.`, 's'), `it has more than ${mostLetters} letters.`],
  [/^[\w\s]+[=:]\s*\W?mongodb[\w+]*:/i, 'it begins with another word, such as the name of a variable. Leave it out.'],
  [/^(?!mongodb(?:\+srv)?:\/\/)/i, 'it does not begin with mongodb+srv:// or mongodb://.'],
  [/^/, 'a host name or a port is wrong.'],
];

/** Throws a usage error, which quotes nothing, if the hosts can't be read. `isTyped`: a host alone is meant as a string. */
export async function readGivenString(text: string, isTyped = true) {
  const inner = text.slice(0, mostLetters + 1).replace(edges, '');
  const isHost = isTyped && /^[\w.-]+\.[\w-]+(?::\d+)?$/.test(inner);
  // With a port it is a node, which has no SRV record.
  const asString = inner.includes(':') ? `mongodb://${inner}/?tls=true` : `mongodb+srv://${inner}`;
  const whole = isHost ? asString : inner;
  const written = text.length > mostLetters ? undefined : readWritten(whole);
  const string = written && parseConnectionString(whole);
  if (!string) {
    const [, mistake] = mistakes.find(([pattern]) => pattern.test(inner)) ?? [];
    throw new UsageError(
      `The connection string is not valid: ${mistake}`,
      'It looks like mongodb+srv://HOST with one host name and no port, or mongodb://HOST:PORT,HOST:PORT.',
    );
  }
  const { scheme, hosts, user, path, query = '' } = written;
  const { srv, options } = string;
  // With an @ there, what looks like an option may be a part of the password.
  const pairs = query.split(/&amp;|[&;]/i).filter((pair) => pair !== '' && !query.includes('@'));
  const hasTls = options.has('tls') || options.has('ssl');
  // The limit of all three drivers without the option is 100; 0 is no limit.
  const [minPool, maxPool] = [Number(options.get('minpoolsize')), Number(options.get('maxpoolsize') ?? 100)];
  const parts = {
    text: [text],
    nodes: [hosts],
    path: path === undefined ? [] : [path],
    user: user === undefined ? [] : [user],
    query: [query],
    each: pairs,
    list: srv ? [] : pairs.concat(hasTls ? [] : ''),
    all: [`&${options}&`],
    pool: minPool > maxPool && maxPool > 0 ? ['minPoolSize'] : [],
  };
  const faults = findingsOf(faultsIn({ ...parts, ...(await askParser(written, pairs)) }));
  const how = isHost ? `checked as ${whole}` : `${scheme}, ${counted(options.size, 'option')}`;
  const found = isOfPeering(string.name ?? '') ? `${how}, ${ofPeering}` : how;
  const findings = faults.length > 0 ? faults : [good(found, [found])];
  return { string, findings, note: user === undefined ? undefined : noteOnUser };
}

/** What the parser says. It gets no secret: neither user nor password, and no value of an option that may be one. */
async function askParser({ scheme, hosts, user }: Written, pairs: readonly string[]) {
  const refuses = await loadParser();
  const nameOf = (pair: string) => pair.replace(/=.*/s, '');
  const saidOf = (pair: string) => `${nameOf(pair)}: ${refuses(`mongodb+srv://a.b.example/?${masked(pair)}`) ?? ''}`;
  const isBad = (pair: string) => ofValue.test(saidOf(pair));
  const same = (name: string) => name.toLowerCase().replace('readpreferencetags', '');
  const rest = pairs.filter((pair) => !isBad(pair));
  const names = rest.map((pair) => same(nameOf(pair)));
  const isSecond = (_: string, index: number) => names[index] !== '' && names.indexOf(names[index] ?? '') < index;
  const once = rest.filter((pair, index) => !isSecond(pair, index)).map(masked);
  // The same characters to encode, and all others hidden. Rules of our own are about ? # [ ].
  const shape = user?.replace(/%[\da-f]{2}|[^:/@%]/gi, 'x');
  const said = refuses(`${scheme}${shape === undefined ? '' : `${shape}@`}${hosts}/?${once.join('&')}`);
  return {
    alone: pairs.filter(isBad).map(saidOf),
    twice: rest.filter(isSecond).map(nameOf),
    said: said === undefined ? [] : [said],
  };
}

function masked(pair: string) {
  return pair.replace(/^(proxy(?:username|password)|tls\w+password)=.+/i, '$1=x').replace(/(TOKEN:)[^,]+/i, '$1x');
}

/** What is wrong with the files that a string names, and what they have for drivers, as PEM. */
export function readFiles(string: StringSubject) {
  const authority = authorityIn(string.options.get('tlscafile') ?? undefined);
  const certificate = certificateIn(string.options);
  const file = [
    ...(authority === null ? ['tlsCAFile'] : []),
    ...(certificate === null ? ['tlsCertificateKeyFile'] : []),
  ];
  const forms = formsOf(string, findingsOf(faultsIn({ file })));
  return { forms, authority: authority ?? undefined, certificate: certificate ?? undefined };
}

const ofPeering = 'network peering (the string of a private endpoint has -pl-, -psc- or -pe- in its name)';

export const noteOnUser = 'User and password were not tried.';

type Form = ReturnType<typeof formsOf>[number];

export function formsOf(string: StringSubject, findings: readonly Finding[]) {
  return findings.map((finding) => ({ ...string, name: null, finding }));
}

const form = { id: 'string-form', title: 'Form', needs: [], run: ({ finding }: Form) => finding };

export const stringCategory: Category<{ forms: readonly Form[] }> = {
  name: 'string',
  title: 'String',
  groups: [checksOver(async ({ forms }) => forms, '', [form])],
  summary: (checks) => itemsOf(checks, form.id).join(', '),
};

/** The connection string in a variable. Throws a usage error if there is none. */
export function readVariable(env: Env, name: string) {
  const value = Object.hasOwn(env, name) ? env[name] : undefined;
  if (value?.trim()) return value;
  const what = value === undefined ? 'not set' : 'empty';
  throw new UsageError(`The variable ${name} is ${what}.`, 'Check the spelling, and that the variable is exported.');
}

/** The certificates in the file of tlsCAFile; null if drivers can't read them. */
function authorityIn(file: string | undefined) {
  try {
    return readAuthority(file, 'tlsCAFile');
  } catch {
    return null;
  }
}

type Parts = Readonly<Partial<Record<Part, readonly string[]>>>;

interface Fault {
  /** Drivers, or what others do. */
  who: string;
  words: string;
  /** In the place of `$1`. */
  name: string;
  hint: string;
}

function faultsIn(parts: Parts) {
  const faults = Object.entries(rules).flatMap(([who, rows]) =>
    rows.flatMap(([part, pattern, words, hint = 'Leave it out.']) =>
      (parts[part] ?? []).flatMap((text): Fault | [] => {
        const match = pattern.exec(text);
        return match ? { who, words, name: match[1] ?? '', hint } : [];
      }),
    ),
  );
  const [said] = parts.said ?? [];
  const isKnown = Object.values(rules).some((rows) =>
    rows.some(([part, pattern]) => part === 'said' && pattern.test(said ?? '')),
  );
  if (said === undefined || isKnown) return faults;
  // What has no words of ours, all drivers refuse.
  const hint = 'Copy it from Atlas again, and add your options one by one.';
  return [...faults, { who: drivers.join(', '), words: `the string: ${said.slice(0, 200)}`, name: '', hint }];
}

/** What is in the file of tlsCertificateKeyFile; null if drivers can't read it. Without its password, it is only looked for. */
function certificateIn(options: URLSearchParams) {
  const file = options.get('tlscertificatekeyfile');
  const passphrase = options.get('tlscertificatekeyfilepassword') ?? undefined;
  if (file === null || (passphrase === notSent && existsSync(file))) return undefined;
  try {
    const key = readText(file);
    createSecureContext({ cert: key, key, passphrase });
    return { cert: key, key, passphrase };
  } catch {
    return null;
  }
}

/** One finding for the same words. What all drivers refuse, together if not each, is an error. */
function findingsOf(faults: readonly Fault[]) {
  const whoOf = (some: readonly Fault[]) =>
    drivers.filter((each) => some.some(({ who }) => who.split(', ').includes(each)));
  const isAll = (some: readonly Fault[]) => whoOf(some).length === drivers.length;
  const all = faults.some((each) => isAll([each])) ? undefined : faults;
  return grouped(faults, ({ words }) => words).map((same) => {
    const [{ who, words, hint }] = same;
    const refusing = whoOf(same);
    const [first = who, second] = refusing;
    const heads = [
      who,
      `the driver for ${first} refuses`,
      `the drivers for ${first} and ${second} refuse`,
      'drivers refuse',
    ];
    const names = listed([...new Set(same.map(({ name }) => name))]);
    const detail = `${heads[refusing.length]} ${words.replace('$1', () => names)}`;
    const fault = { brief: detail, detail, hint };
    const isRefusal = refusing.length > 0 && isAll(all ?? same);
    if (isRefusal || errors.includes(who)) return bad({ ...fault, blocks: isRefusal, isFinal: true });
    return warning(fault);
  });
}

/** What drivers refuse if a TXT record adds options to those of its SRV string. `all`: both. Undefined: nothing. */
export async function conflictWithRecord(options: URLSearchParams, all: URLSearchParams) {
  const refuses = await loadParser();
  const names = ['replicaset', 'loadbalanced', 'directconnection', 'srvmaxhosts'];
  const [own, both] = [options, all].map((each) => {
    const given = names.flatMap((name) => (each.get(name) ? `${name}=${each.get(name)}` : []));
    return refuses(`mongodb+srv://a.b.example/?${given.join('&')}`);
  });
  return own !== undefined || both === undefined ? undefined : findingsOf(faultsIn({ said: [both] }))[0];
}
