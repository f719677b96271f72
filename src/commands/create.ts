import { endpointKeys } from '../atlas/keys.js';
import { anyProvider, byCloud, defaultProvider, providerWords } from '../clouds/all.js';
import { command, flag, value, values } from '../command.js';
import { until, waiting } from './flags.js';

/** The keys that --dry-run prints instead of those of an endpoint. */
const requestKeys = ['method', 'url', 'body'];

export const create = command({
  name: 'create',
  summary: 'Create a private endpoint service',
  details:
    'Atlas needs a few minutes to create it; --wait waits for that. Then create an interface endpoint in your cloud account, ' +
    'and attach it with atlas-pe interface add. A hint after create shows the commands.',
  flags: {
    region: value('<region>', 'cloud region, such as us-east-1 or US_EAST_1 (required)', 'newRegions'),
    provider: value('<provider>', `${anyProvider} (default: ${defaultProvider.toLowerCase()})`, providerWords),
    ...waiting('it is ready'),
    until,
    remoteRegion: values(
      '<region>',
      byCloud(({ hasRemoteRegions }) => (hasRemoteRegions ? 'other regions that may connect' : undefined)),
      'awsRegions',
    ),
    portMapping: flag(byCloud(({ older }) => older && 'use one service attachment for all nodes (default)')),
    noPortMapping: flag(
      byCloud(({ older }) => older && `use one service attachment for each node; Atlas disables this on ${older.day}`),
    ),
    ifNotExists: flag('return the existing endpoint if the region has one'),
    dryRun: flag('print the request without sending it'),
  },
  fields: ({ dryRun }) => (dryRun ? requestKeys : endpointKeys),
  endpointFor: '--region',
  examples: ['create --region us-east-1', 'create --region eu-west-1 --if-not-exists --wait --json'],
  run: async () => (await import('./create.run.js')).run,
});
