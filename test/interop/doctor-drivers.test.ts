import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, test } from 'vitest';
import { programWords } from '../helpers/run-program.js';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { drivers, installDrivers } from './doctor/drivers.js';
import type { Outcome, Report, Request } from './doctor/machine.js';
import { rows } from './doctor/rows.js';
import { hasGo, hasNamespaces, hasPython } from './peers.js';

/*
 * doctor beside MongoDB's drivers for Node, Python and Go, on networks that are whole or broken: the same string, resolver
 * and authority. Where all drivers connect, doctor finds no problem; where none does, it names the cause.
 */

const program = fileURLToPath(new URL('doctor/machine.ts', import.meta.url));

/** Runs a machine in a namespace of its own. `wanted`: a pattern for the names of its rows. */
async function start(request: Request, wanted = process.env.ATLAS_PE_TEST_ROWS ?? ''): Promise<Report> {
  const env = { ...process.env, ATLAS_PE_TEST_ROWS: wanted };
  const child = spawn('unshare', ['-rnm', process.execPath, '--import', 'tsx', program], { env });
  child.stdin.end(JSON.stringify(request));
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (stdout === '') throw new Error(`${request.machine}: ${stderr}`);
  return JSON.parse(stdout);
}

const verdicts = ['all connect', 'they differ', 'all fail'] as const;

function verdictOf(outcome: Outcome): (typeof verdicts)[number] {
  const connected = drivers.filter((driver) => outcome.verdicts[driver].isConnected).length;
  return connected === drivers.length ? 'all connect' : connected > 0 ? 'they differ' : 'all fail';
}

const isProblem = ({ doctor }: Outcome) => doctor.exitCode !== 0;

/** What doctor finds first, with its step. Bad input has no checks, but a message. */
function findingOf({ doctor: { exitCode, stdout, stderr } }: Outcome) {
  const { categories } = stdout === '' ? { categories: [] } : JSON.parse(stdout);
  const checks = categories.flatMap((each: { checks: Record<string, string>[] }) => each.checks);
  const [first] = ['error', 'warning'].flatMap((result) =>
    checks.filter((each: typeof first) => each.result === result),
  );
  if (first) return { result: first.result, words: `${first.detail} | ${first.hint}` };
  return { result: exitCode === 0 ? 'no problem' : 'error', words: stderr.trim().replaceAll('\n', ' ') };
}

function tableOf(outcomes: readonly Outcome[]): string {
  const totals = verdicts.map((verdict) => {
    const problems = outcomes.filter((each) => verdictOf(each) === verdict).map(isProblem);
    const bad = problems.filter(Boolean).length;
    return `${verdict.padEnd(12)}${String(problems.length - bad).padStart(11)}${String(bad).padStart(17)}`;
  });
  const each = outcomes.map((outcome) => {
    const { result, words } = findingOf(outcome);
    const marks = drivers.map((driver) => (outcome.verdicts[driver].isConnected ? '✔' : '✖')).join('');
    return `${marks} ${result.padEnd(10)} ${(outcome.doctor.ms / 1000).toFixed(1)} s  ${outcome.name}  ${words}`;
  });
  return ['drivers     no problem   doctor: problem', ...totals, '', ...each, ''].join('\n');
}

describe.skipIf(!hasNamespaces || !hasPython || !hasGo)('doctor and the drivers', () => {
  const outcomes = new Map<string, Outcome>();
  let alone: number[] = [];

  beforeAll(async () => {
    const folder = temporaryFolder();
    const programs = { doctor: programWords, drivers: await installDrivers() };
    const used = [...new Set(rows.map(({ machine = 'plain' }) => machine))];
    const run = (machine: Request['machine']) =>
      start({ ...programs, machine, folder: join(folder, machine), repeat: 0 });
    // The first one has most of the rows, and all of the processor. The others mostly wait.
    const [first = 'plain', ...others] = used;
    const reports = [await run(first), ...(await Promise.all(others.map(run)))];
    for (const outcome of reports.flatMap((report) => report.outcomes)) outcomes.set(outcome.name, outcome);
    process.stdout.write(tableOf(rows.flatMap(({ name }) => outcomes.get(name) ?? [])));
    const quiet = { ...programs, machine: 'plain', folder: join(folder, 'alone'), repeat: 9 } as const;
    ({ alone } = await start(quiet, 'healthy: two regions$'));
  }, 600_000);

  test.each(rows)('$name', ({ name, error, warning, why }) => {
    const outcome = outcomes.get(name);
    if (!outcome) throw new Error('The row has no outcome.');
    const reasons = drivers.map((driver) => `${driver}: ${outcome.verdicts[driver].error}`).join('\n');
    const result = error ? 'error' : warning ? 'warning' : 'no problem';
    expect(findingOf(outcome), reasons).toEqual({ result, words: expect.stringMatching(error ?? warning ?? /^/) });
    const differs = verdictOf(outcome) === (isProblem(outcome) ? 'all connect' : 'all fail');
    expect(differs, `doctor ${differs ? 'differs' : 'does not differ'} from the drivers.\n${reasons}`).toBe(
      why !== undefined,
    );
    // Node starts slowly on a busy machine.
    expect(outcome.doctor.ms).toBeLessThan(12_000);
  });

  test('a healthy run takes half a second', () => {
    const [fastest, , , , median] = alone.toSorted((a, b) => a - b).map(Math.round);
    process.stdout.write(`A healthy run takes ${median} ms (median), ${fastest} ms (fastest).\n`);
    // Other programs make the others slower.
    expect(fastest).toBeLessThan(500);
  });
});
