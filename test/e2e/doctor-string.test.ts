import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { NetworkFault } from '../../src/sandbox/network/faults.js';
import { openNetwork } from '../helpers/network.js';
import { ownFolders } from '../helpers/run-cli.js';
import { runProgram, startProgram } from '../helpers/run-program.js';

/* The built program next to an application: a connection string, no key, and an Atlas that can't be reached. */

async function doctor(fault: NetworkFault | undefined) {
  await using network = await openNetwork({ mongo: 'free', faults: fault === undefined ? [] : [fault] });
  const [string] = await network.strings();
  const env = ownFolders();
  const file = join(env.HOME ?? '', 'ca.pem');
  writeFileSync(file, network.network.authority ?? '');
  // Nothing leaves this machine.
  const more = fault === 'public-address' ? ['--no-network'] : [];
  const place = [...more, '--dns-server', network.network.dnsServer, '--tls-ca-file', file];
  const started = performance.now();
  const run = await runProgram(['doctor', `mongodb+srv://user:hunter2@${string?.name}/shop`, ...place], {
    ...env,
    // Nothing listens there.
    ATLAS_PE_BASE_URL: 'http://127.0.0.1:9',
  });
  return { fault, ...run, ms: performance.now() - started };
}

/** What takes time, or is not in test/commands/doctor-string.test.ts. Without Atlas, any interface endpoint is the right one. */
const problems: Partial<Record<NetworkFault, string>> = {
  'failing-txt': 'failed to look up the TXT record',
  // The driver connects through the other two ports.
  'silent-port': '',
};

// The machine may be slow or busy: so the time that a run without a fault takes is added five times.
test('ends within 4 seconds, with the problem, whatever the fault is', { retry: 2 }, async () => {
  const faults = [undefined, 'other-endpoint' as const, ...(Object.keys(problems) as NetworkFault[])];
  const runs = await Promise.all(faults.map(doctor));
  const usual = runs.find(({ fault }) => fault === undefined)?.ms ?? 0;
  for (const { fault, exitCode, stdout, stderr, ms } of runs) {
    const problem = (fault && problems[fault]) ?? '';
    const about = `${fault}\n${stdout}${stderr}`;
    expect(ms, about).toBeLessThan(4000 + 5 * usual);
    expect(exitCode, about).toBe(problem === '' ? 0 : 6);
    expect(stderr, about).toMatch(problem === '' ? /^$/ : /^Error: 1 problem: [^\n]+\n$/);
    expect(stderr).toContain(problem);
    expect(stdout + stderr).not.toMatch(/hunter2|\n\s+at /);
  }
});

test.runIf(existsSync('/proc/self/cmdline'))('ps shows neither the string nor its password', async () => {
  const dns = createSocket('udp4').bind(0, '127.0.0.1');
  await once(dns, 'listening');
  const line = [
    'doctor',
    'mongodb+srv://user:hunter2@a.b.example',
    '--dns-server',
    `127.0.0.1:${dns.address().port}`,
  ];
  const { child, ended } = startProgram(line, ownFolders());
  await once(dns, 'message');
  const shown = readFileSync(`/proc/${child.pid}/cmdline`, 'utf8');
  child.kill('SIGTERM');
  await ended;
  dns.close();
  expect(shown.replace(/\0+$/, '')).toBe('atlas-pe');
});
