import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { executable, hasExecutable, hasNamespaces, hasPlaces } from './peers.js';
import type { Request } from './via/machine.js';
import { rows as all, secrets } from './via/rows.js';
import type { Outcome } from './via/run.js';

/*
 * `doctor --via` with prefixes that stand for each kind: whether it works or says why not, whatever ends in the middle, and
 * that nothing is left then. ATLAS_PE_TEST_ROWS='ssh' chooses rows.
 */

const program = fileURLToPath(new URL('via/machine.ts', import.meta.url));
const namespaces = [
  '--user',
  '--map-root-user',
  '--net',
  '--mount',
  '--pid',
  '--fork',
  '--mount-proc',
  '--kill-child',
];
/** The first process of a namespace: no signal ends Node there, and nobody else asks for the exit codes of orphans. */
const first = ['sh', '-c', '"$@"; exit', 'sh'];

const pattern = process.env.ATLAS_PE_TEST_ROWS ?? '';
const rows = all.filter(({ name }) => new RegExp(pattern).test(name));

const outcomes = new Map<string, Outcome>();
const complaints: string[] = [];

async function start(machine: Request['machine']): Promise<void> {
  const request: Request = { machine, executable, wanted: pattern };
  // The clusters are rows of another test, which the pattern is not for.
  const env = { ...process.env, ATLAS_PE_TEST_ROWS: '', TSX_DISABLE_CACHE: '1' };
  const child = spawn('unshare', [...namespaces, ...first, process.execPath, '--import', 'tsx', program], { env });
  child.stdin.end(JSON.stringify(request));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  complaints.push(stderr);
  for (const line of stdout.split('\n').filter((each) => each !== '')) {
    const outcome = JSON.parse(line) as Outcome;
    outcomes.set(outcome.name, outcome);
  }
}

describe.skipIf(!hasNamespaces || !hasPlaces || !hasExecutable)(
  'doctor --via (skipped without namespaces, busybox, OpenSSH or the executable)',
  () => {
    beforeAll(async () => {
      const machines = [...new Set(rows.map(({ machine }) => machine))];
      await Promise.all(machines.filter((machine) => machine !== 'quiet').map(start));
      if (machines.includes('quiet')) await start('quiet');
    }, 900_000);

    test.each(rows)('$name', ({ name, exitCode, stdout = /^/, stderr = /^/, never }) => {
      const outcome = outcomes.get(name);
      if (!outcome) throw new Error(`The row has no outcome.\n${complaints.join('\n')}`);
      const output = `${outcome.stdout}${outcome.stderr}`;
      expect(outcome.exitCode, output).toBe(exitCode);
      expect(outcome.stdout, output).toMatch(stdout);
      // A busy machine is slow, and told how far it is.
      expect(outcome.stderr.replace(/^Sent .+\n/gm, ''), output).toMatch(stderr);
      if (never) expect(output).not.toMatch(never);
      expect(output).not.toMatch(new RegExp(`${secrets.join('|')}|\n\\s+at `));
      const { files, processes, shown } = outcome;
      expect({ files, processes, shown }, output).toEqual({ files: [], processes: [], shown: [] });
    });

    test.runIf(pattern === '')('takes at most 2 s beside the transfer', () => {
      const fastest = Math.min(
        ...rows.filter(({ machine }) => machine === 'quiet').map(({ name }) => outcomes.get(name)?.ms ?? 0),
      );
      const beside = Math.round(fastest - (outcomes.get('transfer')?.ms ?? 0));
      process.stdout.write(
        `doctor --via takes ${Math.round(fastest)} ms (fastest), ${beside} ms beside the transfer.\n`,
      );
      expect(beside).toBeLessThan(2000);
    });
  },
);
