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

/** What is looked at: the text as it is given, or a part of it. `each`: each option; `list`: each with mongodb://; `all`: the options, with & around. */
type Part = 'text' | 'nodes' | 'path' | 'user' | 'query' | 'each' | 'list' | 'all' | 'file';
/** What it must not have, the same in words (`$1`: what the pattern captures), and how to write it, unless to leave it out. */
type Rule = readonly [part: Part, pattern: RegExp, words: string, hint?: string];
/** The same about a message of the parser. */
type Saying = readonly [said: RegExp, who: readonly Who[], words: string, hint?: string];

type Who = 'Node.js' | 'Python' | 'Go';
const everyone: readonly Who[] = ['Node.js', 'Python', 'Go'];

const quotes = '"\'`“”„‘’';
const edges = new RegExp(`^[\\s${quotes}]+|[\\s${quotes}]+$`, 'g');
const around = new RegExp(`^[\\s${quotes}]|[${quotes}]\\s*$|//[^/?]*\\s$`);
const [toEncode, howToEncode] = [': / @ % in a user or password', 'Write them as %3A %2F %40 %25.'];
const noValue = '$1 without a value';
const noSwitch = '$1 unless it is true or false';

const rules: readonly (readonly [who: readonly Who[], ...Rule])[] = [
  [
    everyone,
    'text',
    around,
    'quotation marks or blanks around the string',
    'Remove them. docker --env-file keeps quotes.',
  ],
  [everyone, 'user', /@/, toEncode, howToEncode],
  [everyone, 'query', /&amp;/i, '&amp; between options', 'Write & alone.'],
  [everyone, 'each', /^[^=]+$/, 'an option without =', 'Write NAME=VALUE.'],
  [everyone, 'each', /^(authSource|srvServiceName|tls\w+File)=$/i, noValue],
  [everyone, 'list', /^(tls|ssl|TLS|SSL)=(?!(?:true|false)$)/, noSwitch, 'Write tls=true.'],
  [
    everyone,
    'file',
    /(.+)/,
    '$1 with a file that is not there or not valid',
    'Check the file. Atlas needs no tlsCAFile.',
  ],
  [['Node.js', 'Go'], 'text', /^[^@]*\/\?[^@]*@/, '@ in an option', 'Write it as %40.'],
  [['Node.js'], 'user', /[#?[\]]/, '? # [ ] in a user or password', 'Write them as %3F %23 %5B %5D.'],
  [['Node.js'], 'query', /(?<!&amp);/i, '; between options', 'Write & instead.'],
  [
    ['Python', 'Go'],
    'all',
    /^(?=.*&tlsinsecure=).*&tlsdisableocspendpointcheck=/,
    'tlsInsecure with tlsDisableOCSPEndpointCheck',
  ],
  [['Python'], 'query', /\\u0026/, '\\u0026 between options', 'Write & instead.'],
  [['Python'], 'each', /^[^=]*=[^=]*=/, 'a second = in an option', 'Write it as %3D.'],
  [['Python'], 'nodes', /\.(?=[:,]|$)/, 'a dot after the host name'],
  [['Python'], 'query', /^&|&&|&$/, '& without an option'],
  [['Python'], 'path', /[/ "$]|%2[024f]/i, 'a / " $ or a blank in the name of the database'],
  [['Go'], 'text', /:\/\/[^/]*\?/, 'options without a / before the ?', 'Write /? for ?.'],
  [['Go'], 'each', /%(?![\da-f]{2})/i, 'a bare % in an option', 'Write it as %25.'],
];

/** What one option alone may be refused for. */
const ofOption: readonly Saying[] = [
  [/unsupported options/, ['Node.js'], 'unknown options ($1)', 'Check the spelling.'],
  [/with no value/, ['Node.js'], noValue],
  [/must be either/, ['Node.js', 'Go'], noSwitch, 'Write true or false.'],
  [
    /must be (?:one of|> 0)|^Expected|can only be|not a valid|undefined values/,
    ['Node.js', 'Go'],
    'this value of $1',
    'Check it, or leave it out.',
  ],
];

/** What else the parser says, if we have better words. What isn't here, all drivers refuse. */
const ofString: readonly Saying[] = [
  [/^(?:Username|Password) contains|malformed|^Invalid connection/, everyone, toEncode, howToEncode],
  [/empty userinfo/, everyone, 'an empty user', 'Leave the @ out.'],
  [/^Invalid scheme/, everyone, 'capital letters in mongodb+srv://', 'Write small letters.'],
  [/port number/, everyone, 'a port with mongodb+srv://'],
  [/multiple service names/, everyone, 'several hosts with mongodb+srv://', 'Leave only the one that Atlas shows.'],
  [
    /support directConnection|exactly one host/,
    everyone,
    'directConnection=true with mongodb+srv:// or several hosts',
  ],
  [/single host/, everyone, 'loadBalanced=true with several hosts'],
  [/with a replicaSet option/, everyone, 'loadBalanced=true with replicaSet', 'Leave one out.'],
  [/srvMaxHosts option with replicaSet/, everyone, 'srvMaxHosts with replicaSet'],
  [/^Cannot use ([\w, ]+) with a non-srv/, everyone, '$1 with mongodb://'],
  [
    /proxyHost|proxy username/,
    ['Node.js'],
    'the options of the proxy',
    'Write proxyHost, and both of proxyUsername and proxyPassword.',
  ],
  [/when using MONGODB-AWS/, ['Node.js'], 'a user with MONGODB-AWS', 'Let the program find the keys of AWS.'],
  [/'tlsInsecure' option/, ['Node.js', 'Python'], 'tlsInsecure with another option of its kind', 'Leave one out.'],
];

/** What drivers read, but Atlas or the network does not take. */
const others: Readonly<Record<string, readonly Rule[]>> = {
  'Atlas refuses': [
    ['each', /^(tls|ssl)=false$/i, '$1=false', 'Write tls=true.'],
    ['user', /<(?:db_?)?(?:user(?:name)?|password)>/i, 'placeholders such as <db_password>', 'Write the real ones.'],
  ],
  'Atlas needs': [['list', /^$/, 'tls=true with mongodb://', 'Write it, or turn TLS on in the program.']],
  'drivers may connect only because of': [
    ['each', /^(tlsInsecure|tlsAllowInvalid\w+)=true$/, '$1: certificates are not fully checked'],
  ],
  'drivers often cannot connect with': [['each', /^connectTimeoutMS=[1-9]\d?$/i, 'connectTimeoutMS below 100 ms']],
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
  const parts = {
    text: [text],
    nodes: [hosts],
    path: path === undefined ? [] : [path],
    user: user === undefined ? [] : [user],
    query: [query],
    each: pairs,
    list: srv ? [] : [...pairs, ...(hasTls ? [] : [''])],
    all: [`&${options}&`],
  };
  const refusals = [...refusalsIn(parts), ...(await refusalsOfParser(written, pairs))];
  const faults = [...findingsOf(refusals), ...findingsOfOthers(parts)];
  const how = isHost ? `checked as ${whole}` : `${scheme}, ${counted(options.size, 'option')}`;
  const found = isOfPeering(string.name ?? '') ? `${how}, ${ofPeering}` : how;
  const findings = faults.length > 0 ? faults : [good(found, [found])];
  return { string, findings, note: user === undefined ? undefined : noteOnUser };
}

/** The parser gets no secret: neither user nor password, and no value of an option that may be one. */
async function refusalsOfParser({ scheme, hosts, user }: Written, pairs: readonly string[]): Promise<Refusal[]> {
  const refuses = await loadParser();
  const alone = pairs.map((pair) => {
    const said = refuses(`mongodb+srv://a.b.example/?${masked(pair)}`);
    return said === undefined ? undefined : refusalIn(ofOption, said, pair.replace(/=.*/s, ''));
  });
  const rest = pairs.filter((_, index) => alone[index] === undefined);
  const nameOf = (pair: string) => pair.replace(/=.*/s, '').toLowerCase();
  const isSecond = (pair: string, index: number) =>
    nameOf(pair) !== 'readpreferencetags' && rest.findIndex((each) => nameOf(each) === nameOf(pair)) < index;
  const twice = rest.filter(isSecond).map((pair): Refusal => {
    return { who: ['Node.js'], words: '$1 twice', name: pair.replace(/=.*/s, ''), hint: 'Leave one out.' };
  });
  const once = rest.filter((pair, index) => !isSecond(pair, index)).map(masked);
  const start = user === undefined ? scheme : `${scheme}${shapeOf(user)}@`;
  const whole = refusalOf(refuses(`${start}${hosts}/?${once.join('&')}`));
  return [...alone, ...twice, whole].filter((each) => each !== undefined);
}

/** A user and a password with the same characters to encode, and all others hidden. Other rules are about ? # [ ]. */
function shapeOf(user: string) {
  return user.replace(/%[\da-f]{2}|[^:/@%]/gi, 'x');
}

function masked(pair: string) {
  return pair.replace(/^(proxy(?:username|password)|tls\w+password)=.+/i, '$1=x').replace(/(TOKEN:)[^,]+/i, '$1x');
}

function refusalOf(said: string | undefined): Refusal | undefined {
  if (said === undefined) return undefined;
  const words = `the string: ${said.slice(0, 200)}`;
  return refusalIn(ofString, said) ?? { who: everyone, words, name: '', hint: adviceOnRefusal };
}

const adviceOnRefusal = 'Copy it from Atlas again, and add your options one by one.';

function refusalIn(sayings: readonly Saying[], said: string, given?: string): Refusal | undefined {
  for (const [pattern, who, words, hint = 'Leave it out.'] of sayings) {
    const match = pattern.exec(said);
    if (match) return { who, words, name: given ?? match[1] ?? '', hint };
  }
  return undefined;
}

/** What is wrong with the files that a string names, and what they have for drivers, as PEM. */
export function readFiles(string: StringSubject) {
  const authority = authorityIn(string.options.get('tlscafile') ?? undefined);
  const certificate = certificateIn(string.options);
  const file = [
    ...(authority === null ? ['tlsCAFile'] : []),
    ...(certificate === null ? ['tlsCertificateKeyFile'] : []),
  ];
  const forms = formsOf(string, findingsOf(refusalsIn({ file })));
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
    return readAuthority(file, 'tlsCAFile', false);
  } catch {
    return null;
  }
}

interface Refusal {
  who: readonly Who[];
  words: string;
  /** In the place of `$1`. */
  name: string;
  hint: string;
}

type Parts = Readonly<Partial<Record<Part, readonly string[]>>>;

function matchesIn(parts: Parts, part: Part, pattern: RegExp) {
  return (parts[part] ?? []).flatMap((text) => {
    const match = pattern.exec(text);
    return match ? (match[1] ?? '') : [];
  });
}

function refusalsIn(parts: Parts) {
  return rules.flatMap(([who, part, pattern, words, hint = 'Leave it out.']) =>
    matchesIn(parts, part, pattern).map((name): Refusal => ({ who, words, name, hint })),
  );
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

/** One finding for the same words about several options. Without one that all drivers refuse, several may do it together. */
function findingsOf(refusals: readonly Refusal[]) {
  const whoOf = (some: readonly Refusal[]) => everyone.filter((each) => some.some(({ who }) => who.includes(each)));
  const isEveryone = (some: readonly Refusal[]) => whoOf(some).length === everyone.length;
  const hasFull = refusals.some((each) => isEveryone([each]));
  return grouped(refusals, ({ words }) => words).map((all) => {
    const [{ words, hint }] = all;
    const who = whoOf(all);
    const heads = [
      '',
      `the driver for ${who[0]} refuses`,
      `the drivers for ${who.join(' and ')} refuse`,
      'drivers refuse',
    ];
    const names = listed([...new Set(all.map(({ name }) => name))]);
    const detail = `${heads[who.length]} ${words.replace('$1', () => names)}`;
    const fault = { brief: detail, detail, hint };
    return isEveryone(hasFull ? all : refusals) ? bad({ ...fault, isFinal: true }) : warning(fault);
  });
}

function findingsOfOthers(parts: Parts) {
  const all = Object.entries(others).flatMap(([what, rows]) => rows.map((row) => ({ what, row })));
  return all.flatMap(({ what, row: [part, pattern, words, hint = 'Leave it out.'] }) => {
    const names = matchesIn(parts, part, pattern);
    if (names.length === 0) return [];
    const detail = `${what} ${words.replace('$1', () => listed([...new Set(names)]))}`;
    const fault = { brief: detail, detail, hint };
    return what.startsWith('Atlas') ? bad({ ...fault, blocks: false, isFinal: true }) : warning(fault);
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
  const refusal = own === undefined ? refusalOf(both) : undefined;
  return refusal && findingsOf([refusal])[0];
}
