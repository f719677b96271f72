import { endpointKeys } from '../atlas/model.js';
import { anyProvider, byCloud, defaultProvider, providerWords } from '../clouds/all.js';
import { command, flag, value, values } from '../command.js';
import { until, waiting } from './flags.js';

/** What --dry-run prints instead of an endpoint. */
const requestKeys = ['method', 'url', 'body'];

export const create = command({
  name: 'create',
  summary: 'Request a private endpoint service',
  flags: {
    region: value('<region>', 'region of the cloud (required): us-east-1 or US_EAST_1', 'newRegions'),
    provider: value('<provider>', `${anyProvider} (default: ${defaultProvider.toLowerCase()})`, providerWords),
    ...waiting('it is ready'),
    until,
    remoteRegion: values(
      '<region>',
      byCloud(({ hasRemoteRegions }) => (hasRemoteRegions ? 'other regions that may connect' : undefined)),
      'awsRegions',
    ),
    portMapping: flag(
      byCloud(({ hasPortMapping }) => (hasPortMapping ? 'one service attachment for all nodes' : undefined)),
    ),
    ifNotExists: flag('return the existing endpoint if the region has one'),
    dryRun: flag('print the request without sending it'),
  },
  fields: ({ dryRun }) => (dryRun ? requestKeys : endpointKeys),
  endpointFor: '--region',
  examples: ['create --region us-east-1', 'create --region eu-west-1 --if-not-exists --wait --json'],
  run: () => import('./create.run.js'),
});
