import { existsSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { UsageError } from '../../base/errors.js';
import { readText } from '../../base/files.js';
import type { Env } from '../../base/host.js';
import { counted } from '../../base/words.js';
import { readAuthority } from '../../config/authority.js';
import { type Category, checksOver, type Finding, good, itemsOf } from './check.js';
import { loadParser } from './driver.js';
import { notSent } from './reach.js';
import { findingsIn, quotes } from './string-rules.js';
import { isOfPeering, parseConnectionString, readWritten, type StringSubject, type Written } from './strings.js';

/* A connection string as somebody typed it: what can't be read at all, and what the rules and the parser of a driver say. */

const edges = new RegExp(`^[\\s${quotes}]+|[\\s${quotes}]+$`, 'g');
/** What the driver for Node.js refuses in an option alone, while others may ignore it. */
const ofValue =
  /unsupported|no value|must be (?:either|one of|> 0)|: Expected|can only be|not a valid|undefined values/;
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
  const faults = findingsIn({ ...parts, ...(await askParser(written, pairs)) });
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
  const forms = formsOf(string, findingsIn({ file }));
  return { forms, authority: authority ?? undefined, certificate: certificate ?? undefined };
}

const ofPeering = 'network peering (the string of a private endpoint has -pl-, -psc- or -pe- in its name)';

export const noteOnUser = 'User and password were not tried.';

type Form = ReturnType<typeof formsOf>[number];

export function formsOf(string: StringSubject, findings: readonly Finding[]) {
  return findings.map((finding) => ({ ...string, name: null, finding }));
}

const form = {
  id: 'string-form',
  title: 'Form',
  needs: [],
  isFinal: true,
  run: ({ finding }: Form) => finding,
} as const;

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

/** What drivers refuse if a TXT record adds options to those of its SRV string. `all`: both. Undefined: nothing. */
export async function conflictWithRecord(options: URLSearchParams, all: URLSearchParams) {
  const refuses = await loadParser();
  const names = ['replicaset', 'loadbalanced', 'directconnection', 'srvmaxhosts'];
  const [own, both] = [options, all].map((each) => {
    const given = names.flatMap((name) => (each.get(name) ? `${name}=${each.get(name)}` : []));
    return refuses(`mongodb+srv://a.b.example/?${given.join('&')}`);
  });
  return own !== undefined || both === undefined ? undefined : findingsIn({ said: [both] })[0];
}
