import { pages } from '../../helpers/documents.js';

/* The rows, as data. */

/** The rows of the test beside the drivers whose networks these are. */
export const clusters = { healthy: 'healthy: two regions', silent: 'DNS: SRV queries are dropped' } as const;

/** What no process may show: the password of each string. */
export const secrets = ['hunter2'];

/** What happens in the middle. */
interface Event {
  signal: NodeJS.Signals;
  /** The process with these words and this file. */
  to: RegExp;
}

interface SetUp {
  /** Default: `-`. `{string}` is the connection string, which has no password then. */
  words?: readonly string[];
  cluster?: keyof typeof clusters;
  /** The options of the connection string. */
  options?: string;
  env?: Readonly<Record<string, string>>;
  /** The value of --executable, or null: then the executable itself runs, without the option. Default: the one that was built. */
  executable?: string | null;
  /** When something happens: in the transfer, which is slow then, or when the executable there has asked DNS. */
  during?: 'transfer' | 'check';
  events?: readonly Event[];
  /** Fills the file system of this folder then. */
  fill?: string;
  /** What it types at a terminal, each after what the screen shows. Without it, there is no terminal. */
  typing?: readonly (readonly [shown: RegExp, keys: string])[];
  exitCode: number;
  /** In a terminal, both are the screen. */
  stdout?: RegExp;
  stderr?: RegExp;
  /** What neither may have. */
  never?: RegExp;
}

export interface Row extends SetUp {
  name: string;
  /** Those that are not quiet run at the same time. */
  machine: keyof typeof all;
  via: string;
}

type Rows = Record<string, readonly [via: string, row: SetUp]>;

const ssh = 'ssh -F /mnt/ssh/config';
const withShell = (name: string) => `env -i PATH=/mnt/sh-${name}:/usr/bin:/bin`;
const head = (via: string) => `^In ${via} \\(Linux x86_64, glibc \\d+\\.\\d+\\)\\n`;
const works: SetUp = {
  exitCode: 0,
  stdout: new RegExp(`${head('.+')}[\\s\\S]*\\n✔ Network [\\s\\S]*No problems found`),
  stderr: /^$/,
};
const fails = (exitCode: number, ...words: string[]): SetUp => ({
  exitCode,
  stdout: /^$/,
  stderr: new RegExp(`^Error: [\\s\\S]*${words.join('[\\s\\S]*')}`),
});

const working: Rows = {
  'an empty environment': ['env -i', works],
  'busybox as sh': [withShell('busybox'), works],
  'without gzip': ['env -i PATH=/mnt/sh-no-gzip', works],
  'a root with busybox': ['chroot /mnt/root-busybox', works],
  'a root without proc': ['chroot /mnt/root-no-proc', works],
  'a file that is only there': ['chroot /mnt/root-busybox', { ...works, options: 'tlsCAFile=/etc/there.pem' }],
  'a prefix that joins its words': ['/mnt/bin/joins app-1', works],
  'a banner before and after': ['/mnt/bin/greets', { ...works, never: /Welcome|good|logout/ }],
  'a folder where no file runs': ['chroot /mnt/root-noexec', works],
  'the executable, which sends itself': ['env -i', { ...works, executable: null }],
  'a variable of there': [
    'env -i MONGODB_URI={string}',
    { ...works, words: ['--from-env', 'MONGODB_URI'], stdout: /^In env -i MONGODB_URI=… \(/ },
  ],
  'a wait': [
    'unshare -n',
    {
      exitCode: 6,
      words: ['-', '--wait', '1s'],
      stdout: new RegExp(head('unshare -n')),
      stderr: /Waiting[\s\S]*DNS/,
    },
  ],
  'ssh to bash': [`${ssh} bash@app-1`, works],
  'ssh to tcsh': [`${ssh} tcsh@app-1`, works],
  'ssh to fish': [`${ssh} fish@app-1`, works],
  'a network of its own': [
    'unshare -n',
    { exitCode: 6, stdout: new RegExp(head('unshare -n')), stderr: /^Error: 1 problem: .*DNS/ },
  ],
  'a password for the prefix': [
    '/mnt/bin/needs-word',
    {
      ...works,
      words: ['{string}'],
      typing: [[/Password: $/, 'please\r']],
      stdout: /No problems found/,
      stderr: /In \/mnt\/bin\/needs-word/,
    },
  ],
};

/** The prefixes of the pages, with programs in their places that run sh here. */
function documented(): Rows {
  const text = [...pages.values()].join('\n');
  const [, table = ''] = /^### From another machine$([\s\S]*?)^### /m.exec(text) ?? [];
  const cells = table.split('\n').map((line) => line.split(' | ')[1] ?? '');
  const prefixes = [...text.matchAll(/--via '([^']+)'/g), ...cells.join('\n').matchAll(/`([a-z][^`\n]*)`/g)];
  const env = { PATH: '/mnt/instead:/usr/sbin:/usr/bin:/sbin:/bin' };
  return Object.fromEntries(
    prefixes.map(([, prefix = '']) => [`documented: ${prefix}`, [prefix.replace('PID', '1'), { ...works, env }]]),
  );
}

const refused: Rows = {
  'no shell': ['chroot /mnt/root-no-sh', fails(1, 'sh')],
  musl: ['chroot /mnt/root-musl', fails(1, 'musl')],
  'no libstdc++': ['chroot /mnt/root-no-libstdc', fails(1, 'libstdc\\+\\+')],
  'no libstdc++, and programs that load nothing': ['chroot /mnt/root-static', fails(1, 'libstdc\\+\\+')],
  'no folder with enough space': ['chroot /mnt/root-full', fails(1, 'MB')],
  'too little memory': ['chroot /mnt/root-v1', fails(1, 'only 30 of 175 MB')],
  'too little memory for a file in memory': ['chroot /mnt/root-v2', fails(1, 'only 110 of 175 MB')],
  'ssh with a terminal': [`${ssh} -tt bash@app-1`, fails(2, 'terminal', '-tt')],
  'a prefix that gives a terminal': ['/mnt/bin/gives-terminal', fails(2, 'terminal')],
  'a swallowed stdin': [`sh -c 'exec "$@" </dev/null' x`, fails(1, 'stdin')],
  'ssh that is refused': [`${ssh} -p 2 bash@app-1`, fails(1, 'Connection refused')],
  'ssh without a key': [
    `${ssh} -o PubkeyAuthentication=no -o BatchMode=yes bash@app-1`,
    fails(1, 'Permission denied'),
  ],
  'output without an end': [`sh -c 'yes more' x`, fails(1, 'no answer')],
  'an executable of another version': ['env -i', { ...fails(2, 'version|0\\.1'), executable: '/mnt/other-version' }],
};

/** A slow connection, and one that is not. */
const slow = '/mnt/bin/slow 5000000 env -i';
const fast = '/mnt/bin/slow 1000000000 env -i';
const itself = /(?:^atlas-pe|atlas-pe\.js doctor) .+\/node$/;
const sh = /^sh \//;
const prefix = /slow\.mjs/;
const signals = ['SIGINT', 'SIGKILL'] as const;
const lost = fails(1, 'connection|ended');
const ownEnd = { SIGINT: { exitCode: 130 }, SIGKILL: { exitCode: 137 } };

const broken: Rows = {
  ...endings('transfer', slow, { 'the prefix': prefix, 'atlas-pe': itself }),
  ...endings('check', fast, { 'the prefix': prefix, 'atlas-pe': itself, 'the executable': / \(deleted\)$/ }),
  'SIGKILL ends the other sh in the transfer': [
    slow,
    { ...lost, during: 'transfer', events: [{ signal: 'SIGKILL', to: sh }] },
  ],
  // It waits for the executable, which ends its checks.
  'SIGINT to the other sh in the check': [
    fast,
    { exitCode: 6, stderr: /SRV/, cluster: 'silent', during: 'check', events: [{ signal: 'SIGINT', to: sh }] },
  ],
  'ssh ends in the check': [
    `${ssh} bash@app-1`,
    { ...lost, cluster: 'silent', during: 'check', events: [{ signal: 'SIGKILL', to: /^ssh / }] },
  ],
  'a prefix that is frozen in the transfer': [
    slow,
    {
      ...fails(8, '8s'),
      words: ['-', '--timeout', '8s'],
      during: 'transfer',
      events: [{ signal: 'SIGSTOP', to: prefix }],
    },
  ],
  'Ctrl-C while the prefix is frozen': [
    slow,
    {
      exitCode: 130,
      during: 'transfer',
      events: [
        { signal: 'SIGSTOP', to: prefix },
        { signal: 'SIGINT', to: itself },
      ],
    },
  ],
  'Ctrl-C before the first answer': [
    `sh -c 'touch /mnt/held; sleep 1000' x`,
    { exitCode: 130, during: 'transfer', events: [{ signal: 'SIGINT', to: itself }] },
  ],
  'the transfer takes too long': [slow, { ...fails(8, '2s'), words: ['-', '--timeout', '2s'] }],
  'Ctrl-C at a terminal in the transfer': [
    slow,
    { exitCode: 130, words: ['{string}'], typing: [[/Sent \d+ of \d+ MB/, '\x03']] },
  ],
  'the disk fills up in the transfer': [
    '/mnt/bin/slow 5000000 chroot /mnt/root-fills-up',
    { ...fails(1, 'space'), during: 'transfer', fill: '/mnt/root-fills-up/tmp' },
  ],
};

function endings(during: 'transfer' | 'check', via: string, all: Record<string, Event['to']>): Rows {
  const pairs = Object.entries(all).flatMap(([name, to]) => signals.map((signal) => ({ name, to, signal })));
  return Object.fromEntries(
    pairs.map(({ name, to, signal }) => {
      const end = to === itself ? ownEnd[signal] : lost;
      const cluster = during === 'check' ? 'silent' : 'healthy';
      return [
        `${signal} ends ${name} in the ${during}`,
        [via, { ...end, cluster, during, events: [{ signal, to }] }],
      ];
    }),
  );
}

/** For the time. */
const quiet: Rows = Object.fromEntries([1, 2, 3, 4].map((index) => [`once more: ${index}`, ['env -i', works]]));

const all = { quiet, working: { ...working, ...documented() }, broken: { ...refused, ...broken } };

export const rows: readonly Row[] = Object.entries(all).flatMap(([machine, each]) =>
  Object.entries(each).map(([name, [via, row]]) => ({ name, machine: machine as Row['machine'], via, ...row })),
);
