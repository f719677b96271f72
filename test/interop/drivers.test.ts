import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { temporaryFolder } from '../helpers/temporary-folder.js';
import { hasPython } from './peers.js';
import { serve } from './served.js';
import { installFromPyPi } from './venv.js';

/* MongoDB's driver for Python, which has a DNS client, a TLS and a handshake of its own, with the names and nodes of the sandbox. */

const script = `
import os, socket, sys
import dns.resolver
from pymongo import MongoClient

address, port = os.environ['ATLAS_PE_SANDBOX_DNS_SERVER'].split(':')
resolver = dns.resolver.Resolver(configure=False)
resolver.nameservers, resolver.port = [address], int(port)
dns.resolver.default_resolver = resolver

# The system does not know the sandbox's DNS server.
usual = socket.getaddrinfo
def getaddrinfo(host, *more, **named):
    name = host.decode() if isinstance(host, bytes) else host
    found = str(resolver.resolve(name, 'A')[0]) if name.endswith('.mongodb.net') else name
    return usual(found, *more, **named)
socket.getaddrinfo = getaddrinfo

client = MongoClient(sys.argv[1], tlsCAFile=os.environ['ATLAS_PE_SANDBOX_TLS_CA_FILE'], serverSelectionTimeoutMS=int(sys.argv[2]))
print(client.admin.command('ping')['ok'], client.topology_description.topology_type_name, len(client.topology_description.server_descriptions()), (client.primary or ['none'])[0])
try:
    client.shop.orders.find_one()
except Exception as error:
    print(type(error).__name__, error.code)
`;

describe.skipIf(!hasPython)('PyMongo', () => {
  let python = '';
  beforeAll(() => {
    python = join(installFromPyPi('pymongo'), 'python');
  }, 300_000);

  async function ping(timeoutMs: number, faults = '', ...options: readonly string[]) {
    const file = join(temporaryFolder(), 'faults.yaml');
    writeFileSync(file, `networkFaults: [${faults}]`);
    await using served = await serve('--dns-port', '0', '--mongo-ports', '--faults', file, ...options);
    writeFileSync(join(served.folder, 'ping.py'), script);
    await served.output('atlas-pe connect us-east-1 --yes');
    const name = (await served.output('atlas-pe connection-strings -o id')).trim();
    return { name, ...(await served.run(`'${python}' ping.py '${name}' ${timeoutMs}`)) };
  }

  test('connects by the SRV string, and finds the primary', async () => {
    const { name, code, stdout, stderr } = await ping(20_000);
    expect(name).toMatch(/^mongodb\+srv:\/\/cluster0-pl-0\.\w+\.mongodb\.net$/);
    expect(code, stderr).toBe(0);
    const [pinged, refused] = stdout.split('\n');
    expect(pinged).toMatch(/^1(?:\.0)? ReplicaSetWithPrimary 3 pl-0-us-east-1\.\w+\.mongodb\.net$/);
    // There are no database users.
    expect(refused).toBe('OperationFailure 13');
  });

  test('takes the nodes of a sharded cluster for routers', async () => {
    const { code, stdout, stderr } = await ping(20_000, '', '--cluster', 'app:us-east-1,sharded');
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/^1(?:\.0)? Sharded 3 none\n/);
  });

  test.each([
    ['untrusted-certificate', /CERTIFICATE_VERIFY_FAILED/],
    ['failing-txt', /NoNameservers|ConfigurationError/],
  ])('does not with the fault %s', async (fault, error) => {
    const { code, stderr } = await ping(1000, fault);
    expect(code).toBe(1);
    expect(stderr).toMatch(error);
  });
});
