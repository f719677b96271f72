import { expect } from 'vitest';
import type { Fault } from '../../src/sandbox/faults.js';
import { isRead } from './rough.js';
import type { ownSandbox, Run } from './run-cli.js';

type Own = ReturnType<typeof ownSandbox>;

/** Whether to go over all requests, all lags and all pages, which takes minutes. */
export const isWholeSweep = process.env.ATLAS_PE_TEST_ALL === '1';

interface SweptRequest {
  /** Its method, with its path without ids, or with its action of AWS. */
  name: string;
  isChange: boolean;
  /** Whether it changes something; with ATLAS_PE_TEST_ALL=1: always. */
  isAtChange: boolean;
  isToAtlas: boolean;
  /** Its number, as faults count. */
  nth: { from: number; to: number }[];
}

/**
 * Runs a command, which must succeed. Returns the requests that a sweep goes over: one of each kind of change, and one of
 * each kind of read. With ATLAS_PE_TEST_ALL=1: all.
 */
export async function requestsOf(own: Own, line: string): Promise<SweptRequest[]> {
  const before = own.sandbox.exchanges.length;
  await own.succeeds(line);
  // Faults do not count those that were not signed in.
  const exchanges = own.sandbox.exchanges.slice(before).filter(({ status }) => status !== 401);
  expect(exchanges.length, line).toBeGreaterThan(3);
  const kinds = new Set<string>();
  return exchanges.flatMap(({ method, url, requestBody }, index) => {
    const form = new URLSearchParams(requestBody);
    const dryRun = form.has('DryRun') ? ' (dry run)' : '';
    const [, api = ''] = url.split('/');
    const isChange = method !== 'GET' && !isRead.test(`${url} ${requestBody}`);
    const name = `${method} ${form.get('Action') ?? url.replaceAll(/[0-9a-f]{24}|vpce-\w+/g, 'ID')}${dryRun}`;
    const kind = isChange ? name : `${method} ${api}${dryRun}`;
    if (!isWholeSweep && kinds.has(kind)) return [];
    kinds.add(kind);
    const nth = [{ from: index + 1, to: index + 1 }];
    return [{ name, isChange, isAtChange: isWholeSweep || isChange, isToAtlas: api === 'api', nth }];
  });
}

/** Runs a command, and interrupts it after the sandbox has done what such a request asks for, and before its response. */
export async function interruptedAt(own: Own, line: string, request: Fault): Promise<Run> {
  const delayMs = 7;
  own.faults = [{ ...request, delayMs }];
  const { clock } = own.sandbox;
  const { sleep } = clock;
  const run = await own.atlas(line, {
    onStart: (interrupt) => {
      clock.sleep = (ms, signal) => {
        if (ms === delayMs) interrupt('SIGINT');
        return sleep(ms, signal);
      };
    },
  });
  await own.sandbox.idle();
  clock.sleep = sleep;
  own.faults = [];
  return run;
}
