import { existsSync } from 'node:fs';
import { UsageError } from '../../base/errors.js';
import type { Env } from '../../base/host.js';
import { counted, listed } from '../../base/words.js';
import { readAuthority } from '../../config/authority.js';
import { bad, type Category, checksOver, type Finding, good, itemsOf, warning } from './check.js';
import { parseConnectionString, readWritten, type StringSubject } from './strings.js';

/*
 * How a connection string is written, which drivers check before they connect. Each rule was compared with the drivers for
 * Node.js (7.9), Python (4.20) and Go (2.10). User and password are never shown: findings have names of options and files.
 */

/** What is looked at: the text as it is given, or a part of it. `hosts`: of +srv; `each`: each option, `list` and `srv`: by its scheme; `all`: the kind of hosts and the options. */
type Part = 'text' | 'nodes' | 'hosts' | 'user' | 'query' | 'each' | 'srv' | 'list' | 'all' | 'file';
/** What it must not have, the same in words (`$1`: what the pattern captures), and how to write it, unless to leave it out. */
type Rule = readonly [part: Part, pattern: RegExp, words: string, hint?: string];

const quotes = '"\'`“”„‘’';
const edges = new RegExp(`^[\\s${quotes}]+|[\\s${quotes}]+$`, 'g');
const around = new RegExp(`^[\\s${quotes}]|[${quotes}]\\s*$|//[^/?]*\\s$`);
const switches =
  'tlsInsecure|tlsAllowInvalid\\w+|retryReads|retryWrites|loadBalanced|directConnection|journal|j|' +
  'enableOverloadRetargeting';
/** With these, what the driver for Node.js knows. Others ignore what they don't know. */
const others =
  'appName|authMechanism(?:Properties)?|authSource|compressors|proxy(?:Host|Port|Username|Password)|' +
  'readConcernLevel|readPreference(?:Tags)?|replicaSet|serverMonitoringMode|srvAllowedHostsSuffix|' +
  'srvServiceName|ssl|tls|tls(?:CA|CRL|CertificateKey)File(?:Password)?|w|zlibCompressionLevel|' +
  '(?:connect|socket|serverSelection|waitQueue|w)?timeoutMS|wtimeout|maxAdaptiveRetries|srvMaxHosts|' +
  '(?:heartbeatFrequency|localThreshold|maxIdleTime)MS|max(?:Connecting|PoolSize|StalenessSeconds)|minPoolSize';
const badSwitch = new RegExp(`^(${switches})=(?!(?:true|false)?$)`);
const unknown = new RegExp(`^(?!(?:${switches}|${others})=)(\\w{1,40})=`, 'i');
const empty = /^(?!authSource|srvServiceName|tls\w+File=|readPreferenceTags)(\w+)=$/i;
const twice = /(?:^|&)(?!readPreferenceTags=)(\w+)=[^&]*(?=&(?:.*&)?\1=)/s;
/** Two options together, in any order. */
const both = (one: string, other: string) => new RegExp(`^(?=.*&(?:${one})&).*&(?:${other})&`, 's');

/** Who refuses it is an error; all others only warn. */
const errors = ['drivers refuse', 'drivers cannot connect with', 'Atlas refuses', 'Atlas needs'];

const rules: Readonly<Record<string, readonly Rule[]>> = {
  'drivers refuse': [
    ['text', around, 'quotation marks or blanks around the string', 'Remove them. docker --env-file keeps quotes.'],
    ['text', /^[^:]*[A-Z][^:]*:\/\//, 'capital letters in mongodb+srv://', 'Write small letters.'],
    ['hosts', /:/, 'a port with mongodb+srv://'],
    ['hosts', /,/, 'several hosts with mongodb+srv://', 'Leave only the one that Atlas shows.'],
    ['user', /[/@]|:.*:|%(?![\da-f]{2})/is, ': / @ % in a user or password', 'Write them as %3A %2F %40 %25.'],
    ['user', /^(?::|$)/, 'an empty user', 'Leave the @ out.'],
    ['query', /&amp;/i, '&amp; between options', 'Write & alone.'],
    ['each', /^[^=]+$/, 'an option without =', 'Write NAME=VALUE.'],
    ['each', /^(authSource|srvServiceName)=$/i, '$1 without a value'],
    ['list', /^(tls|ssl|TLS|SSL)=(?!(?:true|false)$)/, '$1 unless it is true or false', 'Write tls=true.'],
    ['list', /^(srvMaxHosts|srvServiceName)=/i, '$1 with mongodb://'],
    ['file', /(.+)/, '$1 with a file that is not there or not valid', 'Check the file. Atlas needs no tlsCAFile.'],
    ['all', both('directconnection=true', 'srv|hosts'), 'directConnection=true with mongodb+srv:// or several hosts'],
    ['all', both('loadbalanced=true', 'hosts'), 'loadBalanced=true with several hosts'],
    ['all', both('loadbalanced=true', 'replicaset=[^&]+'), 'loadBalanced=true with replicaSet', 'Leave one out.'],
    ['all', both('srvmaxhosts=[1-9]\\d*', 'replicaset=[^&]+'), 'srvMaxHosts with replicaSet'],
  ],
  'drivers cannot connect with': [['each', /^connectTimeoutMS=[1-9]$/i, 'connectTimeoutMS below 10 ms']],
  'Atlas refuses': [
    ['each', /^(tls|ssl)=false$/i, '$1=false', 'Write tls=true.'],
    ['user', /<(?:db_?)?(?:user(?:name)?|password)>/i, 'placeholders such as <db_password>', 'Write the real ones.'],
  ],
  'Atlas needs': [
    ['all', /^&hosts?(?!.*&(?:tls|ssl)=)/, 'tls=true with mongodb://', 'Write it, or turn TLS on in the program.'],
  ],
  'drivers may connect only because of': [
    ['each', /^(tlsInsecure|tlsAllowInvalid\w+)=true$/, '$1: certificates are not fully checked'],
  ],
  'drivers often cannot connect with': [['each', /^connectTimeoutMS=[1-9]\d$/i, 'connectTimeoutMS below 100 ms']],
  'the drivers for Node.js and Go refuse': [
    ['each', badSwitch, '$1 unless it is true or false', 'Write true or false.'],
    ['srv', /^(tls|ssl|TLS|SSL)=(?!(?:true|false)?$)/, '$1 unless it is true or false', 'Write tls=true.'],
    ['text', /^[^@]*\/\?[^@]*@/, '@ in an option', 'Write it as %40.'],
  ],
  'the driver for Node.js refuses': [
    ['user', /[#?[\]]/, '? # [ ] in a user or password', 'Write them as %3F %23 %5B %5D.'],
    ['each', unknown, 'unknown options ($1)', 'Check the spelling.'],
    ['each', empty, '$1 without a value'],
    ['query', twice, '$1 twice', 'Leave one out.'],
    ['query', /(?<!&amp);/i, '; between options', 'Write & instead.'],
  ],
  'the driver for Python refuses': [
    ['nodes', /\.(?=[:,]|$)/, 'a dot after the host name'],
    ['query', /^&|&&|&$/, '& without an option'],
  ],
  'the driver for Go refuses': [['text', /:\/\/[^/]*\?/, 'options without a / before the ?', 'Write /? for ?.']],
};

/** More than the strings of Atlas's largest clusters have. */
const mostLetters = 10_000;

/** Why the hosts can't be read. The first one that matches counts. */
const mistakes: readonly (readonly [RegExp, string])[] = [
  [/^$/, 'it is empty: is the variable set?'],
  [/^[$%]/, 'the shell did not replace the variable. Use double quotes, or --from-env with its name.'],
  [new RegExp(`^.{${mostLetters}}.`, 's'), `it has more than ${mostLetters} letters.`],
  [/^[\w\s]+[=:]\s*\W?mongodb[\w+]*:/i, 'it begins with another word, such as the name of a variable. Leave it out.'],
  [/^(?!mongodb(?:\+srv)?:\/\/)/i, 'it does not begin with mongodb+srv:// or mongodb://.'],
  [/^/, 'a host name or a port is wrong.'],
];

/** Throws a usage error, which quotes nothing, if the hosts can't be read. The files that it names are read where it is used. */
export function readGivenString(text: string) {
  const inner = text.slice(0, mostLetters + 1).replace(edges, '');
  const isHost = /^[\w.-]+\.[\w-]+(?::\d+)?$/.test(inner);
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
  const { scheme, hosts, nodes, user, query = '' } = written;
  const { srv, options } = string;
  // With an @ there, what looks like an option may be a part of the password.
  const pairs = query.split(/&amp;|[&;]/i).filter((pair) => pair !== '' && !query.includes('@'));
  const faults = faultsIn({
    text: [text],
    nodes: [hosts],
    hosts: srv ? [hosts] : [],
    user: user === undefined ? [] : [user],
    query: [query],
    each: pairs,
    [srv ? 'srv' : 'list']: pairs,
    all: [`&${srv ? 'srv' : nodes.length > 1 ? 'hosts' : 'host'}&${options}&`],
  });
  const found = isHost ? `checked as ${whole}` : `${scheme}, ${counted(options.size, 'option')}`;
  const findings = faults.length > 0 ? faults : [good(found, [found])];
  return { string, findings, note: user === undefined ? undefined : noteOnUser };
}

/** What is wrong with the files that a string names, and the certificates that drivers trust then instead of the usual ones, as PEM. */
export function readFiles(string: StringSubject) {
  const authority = authorityIn(string.options.get('tlscafile') ?? undefined);
  const file = [
    ...(authority === null ? ['tlsCAFile'] : []),
    ...(existsSync(string.options.get('tlscertificatekeyfile') ?? '/') ? [] : ['tlsCertificateKeyFile']),
  ];
  return { forms: formsOf(string, faultsIn({ file })), authority: authority ?? undefined };
}

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

function faultsIn(parts: Readonly<Partial<Record<Part, readonly string[]>>>) {
  const all = Object.entries(rules).flatMap(([who, rows]) => rows.map((row) => ({ who, row })));
  return all.flatMap(({ who, row: [part, pattern, words, hint = 'Leave it out.'] }) => {
    const found = (parts[part] ?? []).map((text) => pattern.exec(text)).filter((match) => match !== null);
    if (found.length === 0) return [];
    const names = new Set(found.map(([, name = '']) => name));
    const detail = `${who} ${words.replace('$1', () => listed([...names]))}`;
    const fault = { brief: detail, detail, hint };
    return errors.includes(who)
      ? bad({ ...fault, blocks: who === 'drivers refuse' && part === 'all', isFinal: true })
      : warning(fault);
  });
}

/** What drivers refuse if a TXT record adds options to those of its SRV string. `all`: both. Undefined: nothing. */
export function conflictWithRecord(options: URLSearchParams, all: URLSearchParams) {
  const [own, fault] = [options, all].map((each) => faultsIn({ all: [`&srv&${each}&`] })[0]);
  return own ? undefined : fault;
}
