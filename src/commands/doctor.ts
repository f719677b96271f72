import { command, flag, optional, value } from '../command.js';
import { checkKeys } from '../connections/doctor/keys.js';

export const doctor = command({
  name: 'doctor',
  summary: 'Find out why a private endpoint does not work',
  details:
    'doctor checks in the order in which things break: credentials, private endpoint service, interface endpoints, ' +
    'clusters, DNS, and TCP and TLS connections to every node. For each problem it says what to do. A check is skipped ' +
    'if one that it needs has failed. Run it where your application runs: outside the VPC, connections cannot work. It ' +
    'changes nothing.',
  args: {
    endpoint: optional('id, region or Terraform import id (default: all in the project)', 'endpoints'),
  },
  flags: {
    cluster: value('<name>', 'only this cluster (default: those with nodes in the region)'),
    wait: value('<duration>', 'repeat until there are no errors, up to this long'),
    cloud: flag('also check the interface endpoint in your AWS account'),
    awsProfile: value('<name>', 'AWS profile to use; implies --cloud'),
    offlineNetwork: flag('skip the TCP and TLS connections'),
    dnsServer: value('<ip>', 'DNS server to ask, with an optional port: 10.0.0.2 or 127.0.0.1:5353'),
    tlsCaFile: value('<file>', 'trust only the certificate authorities in this PEM file', 'files'),
  },
  fields: checkKeys,
  examples: [
    'doctor',
    'doctor us-east-1 --cluster Cluster0',
    'doctor us-east-1 --cloud --wait 10m',
    'doctor --query "categories[].checks[] | [?result==\'error\']"',
  ],
  run: async () => (await import('./doctor.run.js')).run,
});
