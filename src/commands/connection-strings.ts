import { command, value } from '../command.js';
import { sorting, waiting } from './flags.js';

export const connectionStrings = command({
  name: 'connection-strings',
  summary: 'List the private connection strings of clusters',
  details:
    'A cluster gets a private connection string when an interface endpoint is AVAILABLE in every region where it has nodes.',
  flags: {
    cluster: value('<name>', 'only for this cluster'),
    endpoint: value('<endpoint>', 'only for this endpoint or interface endpoint', 'connectables'),
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
  endpointFor: '--endpoint',
  examples: [
    'connection-strings',
    'connection-strings --endpoint us-east-1 --wait --output id',
    "connection-strings --cluster app --json | jq -r '.[0].srvConnectionString'",
  ],
  run: async () => (await import('./connection-strings.run.js')).run,
});
