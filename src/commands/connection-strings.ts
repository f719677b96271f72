import { command, value } from '../command.js';
import { sorting, waiting } from './flags.js';

export const connectionStrings = command({
  name: 'connection-strings',
  summary: 'List the private connection strings of the clusters',
  flags: {
    cluster: value('<name>', 'only of this cluster'),
    endpoint: value('<endpoint>', 'only those through this endpoint, or this interface endpoint', 'connectables'),
    ...sorting,
    ...waiting('clusters are IDLE and have such a string'),
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
  run: () => import('./connection-strings.run.js'),
});
