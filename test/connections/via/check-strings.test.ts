import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import { type Finding, good } from '../../../src/connections/doctor/check.js';
import { checkStrings } from '../../../src/connections/doctor/run-checks.js';
import { parseConnectionString } from '../../../src/connections/doctor/strings.js';
import { startDnsServer } from '../../../src/sandbox/network/start.js';
import { fakeClock } from '../../helpers/fake-clock.js';
import { testServer } from '../../helpers/listen.js';
import { phases, whenItWaits } from '../../helpers/stalls.js';

/** The results for two interface endpoints, of which the second one does not respond. */
async function tcpOfTwo(findings: Finding[] | undefined, isHere: boolean) {
  const clock = fakeClock();
  const open = await testServer(createServer((socket) => socket.end()));
  const deaf = await phases.TCP?.start(() => undefined);
  const hosts = ['a.b.example', 'c.d.example'];
  const dns = await startDnsServer(0, async () => new Map(hosts.map((each) => [each, [{ type: 'A', data: local }]])));
  const ports = [open, Number(new URL(deaf?.env.ATLAS_PE_BASE_URL ?? '').port)];
  const strings = hosts.flatMap(
    (host, index) =>
      parseConnectionString(`mongodb://${host}:${ports[index]}`, { endpointIds: [`vpce-${index}`] }) ?? [],
  );
  const vantage = { dnsServer: dns.address, authority: undefined, ownAddresses: [], isLocalAtlas: true, isHere };
  const check = checkStrings({ clock, signal: AbortSignal.any([]) }, { ...vantage, hasNetwork: true });
  const stop = whenItWaits(clock.timeouts, clock.expireNext, 100);
  const checks = await check({ strings, ...(findings && { findings }) }, () => undefined).finally(stop);
  await Promise.all([dns.close(), deaf?.close()]);
  return checks.flatMap(({ id, result }) => (id === 'network-tcp' ? result : []));
}

const local = '127.0.0.1';

test.each<[what: string, findings: Finding[] | undefined, isHere: boolean, results: string[]]>([
  ['strings that Atlas names may be for another network', undefined, false, ['success', 'warning']],
  ['all of them must work with --from-here', undefined, true, ['success', 'error']],
  ['a given string must work', [good('2 options')], false, ['success', 'error']],
])('%s', async (_, findings, isHere, results) => {
  expect(await tcpOfTwo(findings, isHere)).toEqual(results);
});
