import { grouped, listed } from '../../base/words.js';
import { bad, warning } from './check.js';

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

export const quotes = '"\'`“”„‘’';
const around = new RegExp(`^[\\s${quotes}]|[${quotes}]\\s*$|//[^/?]*\\s$`);
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
    ['all', /^(?!.*&readpreference=(?!primary&)).*&readpreferencetags=\w/, 'readPreferenceTags for the primary'],
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

/** What is wrong with these parts of a string: one finding for the same words. What all drivers refuse, together if not each, is an error. */
export function findingsIn(parts: Parts) {
  const faults = faultsIn(parts);
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
    if (isRefusal || errors.includes(who)) return bad({ ...fault, blocks: isRefusal });
    return warning(fault);
  });
}
