import { command, flag, value, values } from '../../command.js';
import { roleNames } from '../../sandbox/key.js';
import { networkFaultNames } from '../../sandbox/network/faults.js';
import { worldFlags } from './options.js';

/** The options of `serve` and `exec`. */
export const servingFlags = {
  port: value('<port>', 'port on 127.0.0.1 (default: a free one)'),
  ...worldFlags('AVAILABLE'),
  rateLimit: value('<limit>', 'requests per minute, or a limit such as 5/10s (default: unlimited)'),
  faults: value('<file>', 'YAML file that says which requests fail, and how', 'files'),
  project: values('<id>', 'ids of the projects (default: 64f0c2a7e1b2c3d4e5f60718)'),
  projects: value('<count>', 'number of additional projects (maximum: 2000)'),
  keyRole: values('<role>', 'roles of the credentials (default: GROUP_OWNER)', roleNames),
  keyAccessList: values('<ip>', 'IP addresses and CIDR blocks that can use the credentials (default: all)'),
  dnsPort: value('<port>', 'serve the DNS names of connection strings on this UDP port of 127.0.0.1; 0: a free one'),
  mongoPorts: flag('listen on the ports of private connection strings, with TLS'),
  networkFault: values(
    '<fault>',
    'simulate faults in these names and ports, such as no-srv or closed-port',
    networkFaultNames,
  ),
} as const;

export const serve = command({
  name: 'serve',
  summary: 'Run an empty sandbox as a server for other programs',
  details:
    'Prints the environment variables that point other programs at it, for sh, bash and zsh. With --write-env sandbox.env, load them ' +
    'in another terminal with: . ./sandbox.env',
  flags: {
    ...servingFlags,
    // Node reads the names of options that begin with --env-file itself, also after the name of the script.
    writeEnv: value('<file>', 'write the variables to this file, and remove it when the sandbox ends', 'files'),
  },
  fields: [
    'baseUrl',
    'publicKey',
    'privateKey',
    'clientId',
    'clientSecret',
    'projectIds',
    'readyStatus',
    'dnsServer',
    'tlsCaFile',
    'environment',
  ],
  examples: [
    'sandbox serve --write-env sandbox.env',
    'sandbox serve --port 8080 --ready-after realistic',
    'sandbox serve --dns-port 5353 --mongo-ports --network-fault closed-port',
  ],
  run: async () => (await import('./serve.run.js')).run,
});
