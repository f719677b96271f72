import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { machines, places } from './rows.js';

/** Makes the network of a machine, in a network and a mount namespace of its own. `folder`: for its files. */
export function openNetwork(machine: keyof typeof machines, folder: string): void {
  const [own, resolv] = machines[machine];
  const ip = (words: string) => execFileSync('ip', words.split(' '), { stdio: ['ignore', 'ignore', 'inherit'] });
  const { here, carrier, unreachable, prohibited } = places;
  ip('link set lo up');
  // IPv4 lets a server have any address of a local route.
  writeFileSync('/proc/sys/net/ipv6/ip_nonlocal_bind', '1');
  for (const prefix of [here, places['another network'], carrier, places.public])
    ip(`route add local ${prefix}.0.0/16 dev lo`);
  ip(`-6 route add local ${places.IPv6}:/32 dev lo`);
  ip(`route add unreachable ${unreachable}.0.0/16`);
  ip(`route add prohibit ${prohibited}.0.0/16`);
  // What leaves by this cable is lost.
  ip('link add cable type veth peer name end');
  for (const end of ['cable', 'end']) ip(`link set ${end} arp off up`);
  ip(`address add ${own}/16 dev cable`);
  ip('address add fd00:5::5/64 dev cable nodad');
  for (const family of ['-4', '-6']) ip(`${family} route add default dev cable`);
  for (const [name, content] of Object.entries({ 'resolv.conf': resolv, hosts: '127.0.0.1 localhost' })) {
    const file = join(folder, name);
    writeFileSync(file, `${content}\n`);
    execFileSync('mount', ['--bind', file, `/etc/${name}`]);
  }
}
