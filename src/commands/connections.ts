import { anyProvider, cloudFlags, clouds, providerWords, twoKindProvider } from '../clouds/all.js';
import { command, flag, type OptionsOf, optional, value, values } from '../command.js';
import { agree, filter, newProvider, onlyProvider, sorting, waiting, yes } from './flags.js';
import { interfaceArgs } from './interface.js';

const planKeys = ['projectId', 'region', 'atlasRegion', 'endpoint', 'cloud', 'steps', 'notes'];
const connectKeys = {
  one: {
    result: ['endpoint', 'interfaceEndpoint', 'cloud', 'connectionStrings', 'steps'],
    plan: [...planKeys, 'provider', 'costs', 'commands'],
  },
  several: {
    result: ['regions', 'connectionStrings', 'steps'],
    plan: ['projectId', 'regions', 'steps', 'costs', 'notes'],
  },
};
const disconnectKeys = {
  one: {
    result: ['endpoint', 'interfaceEndpointId', 'cloud', 'steps', 'breaks'],
    plan: [...planKeys, 'breaks'],
  },
  several: {
    result: ['regions', 'breaks'],
    plan: ['projectId', 'regions', 'breaks', 'notes'],
  },
};

export const connect = command({
  name: 'connect',
  summary: 'Create both sides and print the connection string',
  details:
    'connect creates what is missing in Atlas and in your cloud account. It shows a plan and asks first. Run it again ' +
    'after a failure: it continues where it stopped. It never changes or deletes what it did not create.',
  args: {
    endpoint: optional('region, id or import id (default: the only one)', 'connectable'),
  },
  flags: {
    cluster: values('<name>', 'connect all regions of this cluster', 'clusters'),
    region: values('<region>', 'region of the service; with --cluster: only these', 'newRegions'),
    ...newProvider,
    ...cloudFlags.network,
    ...cloudFlags.signIn,
    adopt: value('<id>', 'use this endpoint in your cloud, create none'),
    dryRun: flag("only print the plan and the cloud CLI's commands"),
    ...yes,
    timeout: value('<duration>', 'maximum time for all steps (default: 1h)'),
  },
  changes: 'adds',
  fields: ({ dryRun, cluster }) => connectKeys[cluster ? 'several' : 'one'][dryRun ? 'plan' : 'result'],
  examples: [
    'connect us-east-1 --vpc vpc-0123456789abcdef0',
    'connect us-east4 --provider gcp --subnet default --yes --json',
    'connect --cluster app --dry-run',
  ],
  run: async () => (await import('./connect.run.js')).run,
});

export type ConnectOptions = OptionsOf<typeof connect>;

export const disconnect = command({
  name: 'disconnect',
  summary: 'Remove what connect created, on both sides',
  args: interfaceArgs,
  flags: {
    cluster: values('<name>', 'disconnect all regions of this cluster that no other one uses', 'clusters'),
    ...filter,
    region: values('<region>', 'only endpoints in this region; with --cluster, one or several regions', 'regions'),
    keepService: flag('keep the Atlas service'),
    ...cloudFlags.search,
    ...cloudFlags.signIn,
    dryRun: flag('print the plan without changing anything'),
    ...agree,
    timeout: value('<duration>', 'maximum time for all steps (default: 1h)'),
    ifExists: flag('succeed if there is nothing to remove'),
  },
  changes: 'always',
  fields: ({ dryRun, cluster }) => disconnectKeys[cluster ? 'several' : 'one'][dryRun ? 'plan' : 'result'],
  examples: [
    'disconnect us-east-1',
    'disconnect us-east-1 vpce-0123456789abcdef0 --keep-service --yes',
    'disconnect --cluster app',
  ],
  run: async () => (await import('./disconnect.run.js')).run,
});

export const doctor = command({
  name: 'doctor',
  summary: 'Find out why a private endpoint does not work',
  details:
    'It checks credentials, service, interface endpoints, clusters, DNS, TCP, TLS and MongoDB, says what to do, and ' +
    'changes nothing. Run it where your application runs, or use --via. A connection string needs no credentials.',
  args: {
    endpoint: optional(
      'id, region or import id, connection string, or - to read one from stdin (default: all services)',
      'interfaces',
    ),
  },
  flags: {
    fromEnv: value('<variable>', 'read the string from this environment variable'),
    cluster: value('<name>', 'only this cluster', 'clusters'),
    ...onlyProvider,
    wait: value('<duration>', 'repeat until there are no errors, up to this long'),
    cloud: flag('also check your cloud account (the next four imply it)'),
    ...cloudFlags.client,
    ...cloudFlags.signIn,
    noNetwork: flag('skip the connections to the nodes'),
    fromHere: flag('treat no response as an error, wherever doctor runs'),
    via: value('<prefix>', "check from another machine: 'docker exec -i shop'"),
    executable: value('<file>', 'with --via: the executable for that machine', 'files'),
    timeout: value('<duration>', 'with --via: maximum time there (default: 2m)'),
    dnsServer: value('<ip>', 'DNS server to ask: 10.0.0.2 or 127.0.0.1:5353'),
    tlsCaFile: value('<file>', 'trust only the certificate authorities in this PEM file', 'files'),
  },
  fields: ['category', 'subject', 'id', 'result', 'title', 'detail', 'hint', 'commands', 'docs'],
  // A connection string needs nothing of it.
  configuration: 'tolerated',
  examples: [
    'doctor',
    'doctor mongodb+srv://cluster0-pl-0.ab1cd.mongodb.net',
    "doctor --from-env MONGODB_URI --executable atlas-pe --via 'ssh app-1'",
    'doctor us-east-1 --cloud --wait 10m',
    'doctor --query "categories[].checks[] | [?result==\'error\']"',
  ],
  run: async () => (await import('./doctor.run.js')).run,
});

export const connectionStrings = command({
  name: 'connection-strings',
  summary: 'List the private connection strings of clusters',
  details:
    'A cluster gets a private connection string when an interface endpoint is AVAILABLE in every region where it has ' +
    'nodes.',
  flags: {
    cluster: value('<name>', 'only for this cluster', 'clusters'),
    endpoint: value('<endpoint>', 'only for this endpoint or interface endpoint', 'interfaces'),
    provider: value('<provider>', `the cloud of --endpoint: ${anyProvider}`, providerWords),
    ...sorting,
    ...waiting('clusters are IDLE and have a private connection string'),
  },
  fields: [
    'cluster',
    'endpoints',
    'type',
    'srvConnectionString',
    'connectionString',
    'srvShardOptimizedConnectionString',
  ],
  examples: [
    'connection-strings',
    'connection-strings --endpoint us-east-1 --wait --output id',
    "connection-strings --cluster app --json | jq -r '.[0].srvConnectionString'",
  ],
  run: async () => (await import('./connection-strings.run.js')).run,
});

const { older, title } = clouds[twoKindProvider];

export const convert = command({
  name: 'convert',
  summary: `Replace a ${title} private endpoint without port mapping`,
  details:
    `Atlas disables ${title} private endpoints without port mapping on ${older?.day}. ` +
    'convert creates a new service with port mapping, and forwarding rules in the Google projects that it can sign in ' +
    'to; it asks first, and does neither there without --yes in a script. Elsewhere it shows what to run. It waits for ' +
    'the new connection strings, and prints the old and the new ones of each cluster. Change your applications, then run ' +
    'it with --finish to remove the old service. You can run it again ' +
    'at any time: it continues where it stopped. It exits with 0 if it has done all that it can do now, even if ' +
    'something is missing. With --finish, it removes nothing and exits with 5 as long as something is missing.',
  args: {
    endpoint: optional(
      'id, region or Terraform import id (default: the only one without port mapping in the project)',
      'endpoints',
    ),
  },
  flags: {
    ...onlyProvider,
    finish: flag('remove the old service and its interface endpoints, once the new service works'),
    ...agree,
    timeout: value('<duration>', 'maximum time to wait (default: 1h)'),
  },
  changes: 'finish',
  fields: [
    'cluster',
    'oldEndpointId',
    'newEndpointId',
    'oldSrvConnectionString',
    'newSrvConnectionString',
    'gcpProjectId',
    'breaks',
  ],
  examples: ['convert us-east4', 'convert us-east4 --json', 'convert us-east4 --finish'],
  run: async () => (await import('./convert.run.js')).run,
});
