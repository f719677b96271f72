import { oneOf } from '../base/words.js';
import { command, flag, group, required, several, value, values } from '../command.js';
import { type ReadyStatus, readyStatuses } from '../sandbox/option-values.js';

const worldFlags = (readyStatus: ReadyStatus) =>
  ({
    readyAfter: value('<duration>', 'time until a new endpoint is ready (default: 2s)'),
    readyStatus: value(
      '<status>',
      `status of a ready endpoint: ${oneOf(readyStatuses)} (default: ${readyStatus})`,
      readyStatuses,
    ),
    cluster: values(
      '<name:region>',
      'clusters of each project: their regions, and paused, sharded, M0 or flex (default: one on each cloud)',
    ),
  }) as const;

export const servingFlags = {
  port: value('<port>', 'port on 127.0.0.1 (default: a free one)'),
  ...worldFlags('AVAILABLE'),
  faults: value(
    '<file>',
    'YAML file with requests, names and ports that fail, and with settings such as rateLimit',
    'files',
  ),
  project: values('<id>', 'ids of the projects (default: 64f0c2a7e1b2c3d4e5f60718)'),
  dnsPort: value('<port>', 'UDP port of the names of connection strings on 127.0.0.1 (default: a free one)'),
  mongoPorts: flag(
    'listen on the ports that private connection strings have (default: free ones, which only SRV records have)',
  ),
} as const;

const statusKeys = ['file', 'readyAfter', 'readyStatus', 'projectCount', 'endpointCount'];

const status = command({
  name: 'status',
  summary: 'Show what the saved sandbox contains',
  fields: statusKeys,
  examples: ['sandbox status'],
  run: async () => (await import('./sandbox/saved.run.js')).showSandbox,
});

export const reset = command({
  name: 'reset',
  summary: 'Empty the saved sandbox',
  flags: worldFlags('WAITING_FOR_USER'),
  fields: statusKeys,
  examples: ['sandbox reset', 'sandbox reset --ready-status AVAILABLE --ready-after 1s'],
  run: async () => (await import('./sandbox/saved.run.js')).resetSandbox,
});

export const exec = command({
  name: 'exec',
  summary: 'Run a command with an empty sandbox',
  details:
    'Starts a sandbox, sets the variables that point atlas-pe, the Atlas CLI, Terraform and AWS clients at it, and unsets those of ' +
    'your accounts. Then it runs the command, stops the sandbox, and exits with the exit code of the command.',
  args: { command: required('program or script to run', 'files'), arg: several('its arguments', 'files') },
  flags: servingFlags,
  runsCommand: true,
  examples: ['sandbox exec -- ./my-script.sh', 'sandbox exec --faults faults.yaml --ready-after 2s -- npm test'],
  configuration: 'ignored',
  run: async () => (await import('./sandbox/exec.run.js')).run,
});

export const serve = command({
  name: 'serve',
  summary: 'Run an empty sandbox as a server for other programs',
  details:
    'Prints the environment variables that point other programs at it, for sh, bash and zsh. With > sandbox.env, load them ' +
    'in another terminal with: . ./sandbox.env',
  flags: servingFlags,
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
    'tlsBaseUrl',
    'environment',
  ],
  examples: [
    'sandbox serve > sandbox.env',
    'sandbox serve --port 8080 --ready-after 10s',
    'sandbox serve --dns-port 5353 --mongo-ports --faults faults.yaml',
  ],
  run: async () => (await import('./sandbox/serve.run.js')).run,
});

export const sandbox = group({
  name: 'sandbox',
  summary: 'Use the built-in Atlas sandbox, without an account',
  details:
    '--sandbox uses a sandbox that is saved on disk. sandbox exec and sandbox serve run another one, empty and in memory, for ' +
    'other programs.',
  examples: ['sandbox status', 'sandbox exec -- ./my-script.sh'],
  commands: [exec, serve, reset, status],
});
