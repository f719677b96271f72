import { CliError, UsageError } from '../../base/errors.js';
import { type Processor, processorCalled } from './executable.js';

/* What the other machine says of itself before anything is sent, and what follows from it. */

/** What the other machine has, as its lines say it. */
export type Probe = ReturnType<typeof readProbe>;

/** Bytes that must be free to run it, besides the file itself where that is in memory. */
const neededBytes = 80_000_000;

/** Reads the lines: a key, then its value. */
export function readProbe(lines: readonly string[]) {
  const all = lines.map((line) => /^(\S+) ?(.*)$/s.exec(line) ?? []);
  const allOf = (key: string) => all.flatMap(([, name, value = '']) => (name === key ? value : []));
  const number = (key: string) => Number(allOf(key).at(-1) || Number.NaN);
  const [system = '', processor = ''] = allOf('system').join(' ').split(' ');
  return {
    system,
    processor,
    has: allOf('has'),
    /** Free bytes: of the machine, and what the limit of a container leaves. What is cached can be dropped. */
    free: [number('memory') * 1024, number('limit') - number('used') + (number('cached') || 0)],
    tmpfs: allOf('tmpfs'),
    /** Where a file can run. */
    folders: allOf('folder').map((each) => {
      const [, place = '', free, mount = ''] = /^(\d+)(?:.* (\d+) +\S+% +(\/\S*))?/.exec(each) ?? [];
      return { place, free: free === undefined ? Number.NaN : Number(free) * 1024, mount };
    }),
  };
}

/** The processor that the executable must be for. Throws if none can run there. */
export function processorOf({ system, processor, has }: Probe): Processor {
  const found = processorCalled(processor);
  if (system !== 'Linux' || !found)
    throw cannotRun(`it runs ${system} on ${processor}, and only Linux on x86_64 and aarch64 is supported`);
  if (!has.includes('glibc'))
    throw cannotRun(`it has ${has.includes('musl') ? 'musl' : 'no C library'}, and the executable needs glibc`);
  if (!has.includes('libstdc++')) throw cannotRun('it has no libstdc++.so.6');
  return found;
}

/** The place of the folder for a file of this size. Throws if there is none, or too little memory to run it. */
export function folderFor({ folders, tmpfs, free }: Probe, size: number): string {
  const fits = folders.filter((each) => !(each.free < size));
  const [first] = fits;
  if (!first) {
    const why = folders.length === 0 ? 'no folder lets a new file run' : `no folder has ${megabytes(size)} free`;
    throw cannotRun(
      `${why} (TMPDIR, /tmp, /var/tmp, /dev/shm, HOME)`,
      'Set TMPDIR there to a folder where files can run.',
    );
  }
  // Of several, one that costs no memory.
  const chosen = fits.find(({ mount }) => !tmpfs.includes(mount)) ?? first;
  const needed = neededBytes + (tmpfs.includes(chosen.mount) ? size : 0);
  const least = Math.min(...free.filter((each) => !Number.isNaN(each)));
  if (least < needed)
    throw cannotRun(
      `it has ${megabytes(least)} of memory free, and the checks need ${megabytes(needed)}. The container could be killed`,
    );
  return chosen.place;
}

/** Throws if the other side reads from a terminal, which would change the bytes that are sent. */
export function refuseTerminal(shown: string): never {
  throw new UsageError(
    `${shown} runs in a terminal, which changes what is sent.`,
    'Leave out the options that ask for a terminal: ssh -tt, docker exec -t, kubectl exec -t.',
  );
}

function megabytes(bytes: number) {
  return `${Math.max(0, Math.round(bytes / 1e6))} MB`;
}

const adviceOnImage =
  'Run the image of atlas-pe beside it, in the same network: for Kubernetes with kubectl debug. See docs/containers.md.';

function cannotRun(why: string, hint = adviceOnImage) {
  return new CliError('unexpected', `atlas-pe cannot run there: ${why}.`, { hint });
}
