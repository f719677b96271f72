import { expect } from 'vitest';
import { systemClock } from '../../src/base/clock.js';
import { fakeClock } from './fake-clock.js';
import { runCli } from './run-cli.js';

/**
 * Runs commands that a test of the built program needs before it, in this process and at the time of day. A process would
 * cost ten times as much. Returns what they print.
 */
export async function prepare(env: Record<string, string>, ...lines: string[]): Promise<string[]> {
  const clock = { ...fakeClock(), ...systemClock };
  const printed: string[] = [];
  for (const line of lines) {
    const { exitCode, stdout, stderr } = await runCli(line.split(' '), { env, clock });
    expect(exitCode, `${line}\n${stderr}`).toBe(0);
    printed.push(stdout);
  }
  return printed;
}
