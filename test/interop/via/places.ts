import { execFileSync, spawn } from 'node:child_process';
import {
  closeSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { version } from '../../../package.json' with { type: 'json' };

/*
 * The places behind the prefixes, below /mnt: file systems with a few files, other programs as sh, an OpenSSH server, and
 * programs that do what some prefixes do. They are made in a mount and a user namespace of their own.
 */

const mount = (...words: string[]) => execFileSync('mount', words);
const outputOf = (program: string, ...words: string[]) => execFileSync(program, words, { encoding: 'utf8' }).trim();
const pathOf = (program: string) => outputOf('sh', '-c', `PATH=$PATH:/usr/sbin; command -v ${program}`);
const applets = () =>
  outputOf('busybox', '--list')
    .split('\n')
    .filter((name) => name !== 'busybox');

/** A file system with this size, or with other options, that is gone with the namespace. */
function mountEmpty(path: string, options: string): void {
  mkdirSync(path, { recursive: true });
  mount('-t', 'tmpfs', '-o', `mode=1777,${options}`, 'test', path);
}

/** Where something could be written. Nothing else can: the rest is read-only. */
export const writable = ['/mnt', '/tmp', '/var/tmp', '/dev/shm'];

/** The project itself, which may lie below one of these. */
export const project = fileURLToPath(new URL('../../..', import.meta.url)).replace(/\/$/, '');

/** Empties this machine. The rest is made below /mnt. */
export function mountPlaces(): void {
  const held = openSync(project, 'r');
  for (const path of writable) mountEmpty(path, 'size=2g');
  if (!existsSync(project)) {
    mkdirSync(project, { recursive: true });
    // The name of the folder is hidden, so it is reached by the open one.
    const words = ['--no-canonicalize', '--bind', '/proc/self/fd/3', project];
    execFileSync('mount', words, { stdio: ['ignore', 'pipe', 'inherit', held] });
    mount('-o', 'remount,bind,ro', project);
  }
  closeSync(held);
  mount('-o', 'remount,bind,ro', '/');
  for (const name of ['home', 'cache', 'bin']) mkdirSync(`/mnt/${name}`);
}

/** What is needed to run a program: itself, and the libraries that it loads. */
function librariesOf(program: string): string[] {
  const paths = outputOf('ldd', program).matchAll(/(\/\S+) \(0x/g);
  // glibc before 2.34 loads these when it looks up a name.
  const later = ['libnss_dns.so.2', 'libnss_files.so.2', 'libresolv.so.2'];
  const found = [...paths].flatMap(([, path = '']) => path);
  const folder = dirname(found.find((path) => path.includes('/libc.so')) ?? '');
  return [...found, ...later.map((name) => join(folder, name)).filter((path) => existsSync(path))];
}

interface Root {
  /** Programs of this machine, instead of those of busybox. */
  own?: readonly string[];
  /** What is not there: programs of busybox, libraries, proc. */
  without?: readonly string[];
  /** More files, with their content. */
  files?: Readonly<Record<string, string>>;
  /** The folders that can be written, with the options of their file systems. */
  folders?: Readonly<Record<string, string>>;
}

/** A root folder with busybox, and with the libraries of the executable unless it is `musl`. */
function makeRoot(
  name: string,
  executable: string,
  { own = [], without = [], files = {}, folders = { '/tmp': 'size=512m' } }: Root,
): void {
  const root = join('/mnt', name);
  mkdirSync(root);
  mount('--bind', root, root);
  for (const folder of ['bin', 'etc', 'proc', 'dev', 'root']) mkdirSync(join(root, folder));
  copyFileSync(pathOf('busybox'), join(root, 'bin/busybox'));
  for (const applet of applets()) {
    if (![...own, ...without].includes(applet)) symlinkSync('busybox', join(root, 'bin', applet));
  }
  for (const program of own) copyFileSync(pathOf(program), join(root, 'bin', program));
  if (!without.includes('libc')) {
    for (const library of [executable, ...own.map(pathOf)].flatMap(librariesOf)) {
      if (without.some((word) => library.includes(word))) continue;
      mkdirSync(join(root, dirname(library)), { recursive: true });
      copyFileSync(library, join(root, library));
    }
  }
  for (const file of ['/etc/resolv.conf', '/etc/hosts']) copyFileSync(file, join(root, file));
  mkdirSync(join(root, 'mnt'));
  // The second one is only there.
  for (const path of ['mnt/ca.pem', 'etc/there.pem']) copyFileSync('/mnt/ca.pem', join(root, path));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(root, dirname(path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  writeFileSync(join(root, 'dev/null'), '');
  mount('--bind', '/dev/null', join(root, 'dev/null'));
  if (!without.includes('proc')) mount('--bind', '/proc', join(root, 'proc'));
  for (const [folder, options] of Object.entries(folders)) mountEmpty(join(root, folder), options);
  mount('-o', 'remount,bind,ro', root);
}

/** A container with so many megabytes of memory free, by the files of its control group. */
function limited(limit: string, usage: string, free: number): Root {
  const folder = '/sys/fs/cgroup';
  return { files: { [`${folder}/${limit}`]: '256000000\n', [`${folder}/${usage}`]: `${256 - free}000000\n` } };
}

const roots: Record<string, Root> = {
  'root-busybox': {},
  // Without proc, the sh of busybox can't run a file.
  'root-no-proc': { own: ['sh'], without: ['proc'] },
  'root-no-libstdc': { own: ['uname'], without: ['libstdc++'] },
  // Nothing can be loaded into its programs.
  'root-static': { without: ['libstdc++'] },
  'root-musl': { without: ['libc'], files: { '/lib/ld-musl-x86_64.so.1': '' } },
  'root-no-sh': { without: ['sh', 'ash'] },
  'root-full': { folders: { '/tmp': 'size=20m', '/dev/shm': 'size=64m' } },
  'root-fills-up': { folders: { '/tmp': 'size=160m' } },
  'root-noexec': { folders: { '/tmp': 'size=512m,noexec', '/var/tmp': 'size=512m' } },
  'root-v1': limited('memory/memory.limit_in_bytes', 'memory/memory.usage_in_bytes', 30),
  // Enough for the checks, but not for the file too, which is in memory.
  'root-v2': limited('memory.max', 'memory.current', 110),
};

/** Programs that do what some prefixes do. */
const programs = {
  // As ssh does with its command.
  joins: 'shift; exec sh -c "$*"',
  greets: 'echo "Welcome to app-1."; echo "It is a {\\"good\\": day}."; "$@"; status=$?; echo logout; exit $status',
  'gives-terminal': 'exec script --quiet --return --command "$*" /dev/null',
  'needs-word': 'printf "Password: " > /dev/tty; read -r word < /dev/tty; [ "$word" = please ] && exec "$@"',
};

const afterDashes = 'while [ "$1" != -- ]; do shift; done; shift; exec "$@"';
const afterName = 'while [ "$1" != exec ]; do shift; done; shift 3; exec "$@"';

/** Instead of the programs that the pages name: they run here what they would run elsewhere. */
const instead = {
  kubectl: afterDashes,
  gcloud: afterDashes,
  docker: afterName,
  podman: afterName,
  sudo: 'exec "$@"',
  ssh: 'while case "$1" in -*) ;; *) false ;; esac; do shift 2; done; shift; exec sh -c "$*"',
};

function makePrograms(): void {
  const script = (path: string, text: string) => writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  mkdirSync('/mnt/instead');
  for (const [folder, all] of Object.entries({ bin: programs, instead }))
    for (const [name, text] of Object.entries(all)) script(`/mnt/${folder}/${name}`, text);
  const slow = fileURLToPath(new URL('slow.mjs', import.meta.url));
  script('/mnt/bin/slow', `exec '${process.execPath}' '${slow}' "$@"`);
  // Another program as sh, for a PATH.
  mkdirSync('/mnt/sh-busybox');
  symlinkSync(pathOf('busybox'), '/mnt/sh-busybox/sh');
  // All that busybox has but gzip, which it would also run without a link.
  mkdirSync('/mnt/sh-no-gzip');
  for (const applet of applets()) symlinkSync(pathOf('busybox'), join('/mnt/sh-no-gzip', applet));
  for (const name of ['gzip', 'gunzip', 'zcat', 'sh']) rmSync(join('/mnt/sh-no-gzip', name));
  symlinkSync(pathOf('dash'), '/mnt/sh-no-gzip/sh');
}

const loginShells = ['bash', 'tcsh', 'fish'] as const;

/** A server for users who differ in their login shells. It has no privileges, and all its users are one. */
async function startSsh(): Promise<void> {
  const folder = '/mnt/ssh';
  mkdirSync(folder);
  const file = (name: string) => join(folder, name);
  for (const name of ['host', 'user'])
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', file(name)]);
  const users = loginShells.map((shell) => `${shell}:x:1000:1000::/mnt/home:${pathOf(shell)}\n`);
  const written = {
    passwd: `root:x:0:0::/root:/bin/sh\n${users.join('')}`,
    group: 'root:x:0:\nusers:x:1000:\n',
    banner: 'Only for people who may be here.\n',
    server: `Port 2222\nListenAddress 127.0.0.1\nHostKey ${file('host')}\nAuthorizedKeysFile ${file('user.pub')}\nBanner ${file('banner')}\n`,
    config: `Host *\nHostName 127.0.0.1\nPort 2222\nIdentityFile ${file('user')}\nUserKnownHostsFile ${file('known')}\n`,
    known: `[127.0.0.1]:2222 ${readFileSync(file('host.pub'), 'utf8')}`,
  };
  for (const [name, content] of Object.entries(written)) writeFileSync(file(name), content);
  for (const name of ['passwd', 'group']) mount('--bind', file(name), `/etc/${name}`);
  mount('-t', 'devpts', '-o', 'newinstance,ptmxmode=0666', 'devpts', '/dev/pts');
  mount('--bind', '/dev/pts/ptmx', '/dev/ptmx');
  const user = ['--user', '--map-user=1000', '--map-group=1000'];
  const options = ['UsePAM no', 'StrictModes no', 'PidFile none'].flatMap((option) => ['-o', option]);
  const child = spawn('unshare', [...user, pathOf('sshd'), '-D', '-e', '-f', file('server'), ...options]);
  // It says on which address it listens.
  await new Promise((resolve) => child.stderr.once('data', resolve));
  child.stderr.resume();
}

/** The same executable, of a version that does not exist. */
function makeOtherVersion(executable: string): void {
  const bytes = readFileSync(executable);
  const other = version.replace(/\d$/, 'x');
  for (let at = bytes.indexOf(version); at >= 0; at = bytes.indexOf(version, at)) bytes.write(other, at);
  writeFileSync('/mnt/other-version', bytes);
}

/** Makes all places. `/mnt/ca.pem` is there already. */
export async function makePlaces(executable: string): Promise<void> {
  for (const [name, root] of Object.entries(roots)) makeRoot(name, executable, root);
  makePrograms();
  makeOtherVersion(executable);
  await startSsh();
}
