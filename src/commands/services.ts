import { endpointKeys, interfaceKeys } from '../atlas/keys.js';
import { statusFilters, untils } from '../atlas/model.js';
import { anyProvider, byCloud, clouds, providerWords } from '../clouds/all.js';
import { command, flag, optional, required, several, value, values } from '../command.js';
import type { Context } from '../context.js';
import { readFilter } from '../endpoints/name.js';
import { agree, filter, newProvider, onlyEndpoint, sorting, waiting } from './flags.js';

const terraform = { terraform: 'import and resource blocks for Terraform' } as const;

export const create = command({
  name: 'create',
  summary: 'Create a private endpoint service',
  details:
    'Atlas needs a few minutes to create it; --wait waits for that. Then attach an interface endpoint of your cloud account. ' +
    'atlas-pe connect does all of this.',
  args: { place: optional('cloud region, such as us-east-1 or US_EAST_1', 'newRegions', 'region') },
  flags: {
    region: value('<region>', 'same as the argument', 'newRegions'),
    ...newProvider,
    ...waiting('it is ready'),
    until: value('<status>', 'status to wait for; implies --wait', untils),
    remoteRegion: values(
      '<region>',
      byCloud(({ hasRemoteRegions }) => (hasRemoteRegions ? 'other regions that may connect' : undefined)),
      'awsRegions',
    ),
    portMapping: flag(byCloud(({ older }) => older && 'one attachment for all nodes (default)')),
    noPortMapping: flag(
      byCloud(
        ({ older }) => older && `use one service attachment for each node; Atlas disables this on ${older.day}`,
      ),
    ),
    ifNotExists: flag('return the existing endpoint if there is one'),
    dryRun: flag('print the request without sending it'),
  },
  changes: 'adds',
  fields: ({ dryRun }) => (dryRun ? ['method', 'url', 'body'] : endpointKeys),
  examples: ['create us-east-1', 'create eu-west-1 --if-not-exists --wait --json'],
  run: async () => (await import('./create.run.js')).run,
});

export const get = command({
  name: 'get',
  aliases: ['show', 'describe'],
  summary: 'Show a private endpoint service',
  args: onlyEndpoint,
  flags: filter,
  fields: endpointKeys,
  formats: terraform,
  examples: ['get us-east-1', 'get us-east-1 --json | jq -r .endpointServiceName'],
  run: async () => (await import('./list.run.js')).getEndpoint,
});

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List the private endpoint services of a project',
  flags: {
    provider: values('<provider>', `only endpoints of this provider: ${anyProvider}`, providerWords),
    region: values('<region>', 'only endpoints in this region', 'regions'),
    status: values('<status>', 'only these statuses (ready: WAITING_FOR_USER or AVAILABLE)', statusFilters),
    allProjects: flag('list the endpoints of all projects that the credentials can access'),
    check: flag('check each endpoint and show the result in a CHECK column'),
    ...sorting,
  },
  fields: ({ check }) => (check ? [...endpointKeys, 'check'] : endpointKeys),
  formats: terraform,
  examples: [
    'list',
    'list --status failed,deleting --output id',
    'list --all-projects --sort -createdAt',
    'list --check',
    'list --output terraform',
  ],
  run: async () => (await import('./list.run.js')).run,
});

export const deleteCommand = command({
  name: 'delete',
  aliases: ['rm', 'remove'],
  summary: 'Delete a private endpoint service',
  args: onlyEndpoint,
  flags: {
    ...filter,
    ...agree,
    cascade: flag('first remove the interface endpoints of the private endpoint service; implies --wait'),
    ...waiting('it is gone'),
    ifExists: flag('succeed if it does not exist'),
  },
  changes: 'always',
  fields: [...endpointKeys, 'breaks'],
  examples: ['delete us-east-1', 'delete us-east-1 --yes --wait --if-exists'],
  run: async () => (await import('./services.run.js')).deleteEndpoint,
});

export const update = command({
  name: 'update',
  summary: 'Change which other AWS regions may connect',
  args: { endpoint: required('id, region or Terraform import id', 'endpoints') },
  flags: {
    ...filter,
    remoteRegion: values('<region>', 'replace the remote regions with these', 'awsRegions'),
    add: values('<region>', 'add these remote regions', 'awsRegions'),
    remove: values('<region>', 'remove these remote regions', 'awsRegions'),
    ...waiting('the change is done'),
  },
  changes: 'always',
  fields: endpointKeys,
  examples: ['update us-east-1 --remote-region us-west-2,eu-west-1', 'update us-east-1 --remove eu-west-1 --wait'],
  run: async () => (await import('./services.run.js')).updateService,
});

export const regions = command({
  name: 'regions',
  summary: 'List the regions of each cloud',
  flags: {
    provider: value('<provider>', `only regions of this provider: ${anyProvider}`, providerWords),
    ...sorting,
  },
  fields: ['provider', 'region', 'atlasRegion'],
  configuration: 'tolerated',
  examples: ['regions --provider gcp', 'regions --json'],
  run:
    async () =>
    async ({ io }: Pick<Context, 'io'>, { provider }: { provider?: string | undefined }) => {
      const rows = readFilter({ provider }).clouds.flatMap((cloud) =>
        clouds[cloud].regions.map(({ region, atlasRegion }) => ({ provider: cloud, region, atlasRegion })),
      );
      await io.print({ single: false, rows, id: 'region', empty: 'No regions.' });
    },
});

export const wait = command({
  name: 'wait',
  summary: 'Wait until private endpoint services reach a status',
  args: {
    endpoint: several('ids, regions or Terraform import ids (default: the only one in the project)', 'waitables'),
  },
  usage: 'atlas-pe wait until <status> [options] [endpoint...]',
  flags: {
    ...filter,
    until: value('<status>', 'status to wait for, such as AVAILABLE or DELETED (default: ready)', untils),
    all: flag('wait for all endpoints of the project'),
    interface: flag('wait for their interface endpoints (until AVAILABLE or DELETED)'),
    any: flag(
      'stop when the first endpoint reaches the status; without an endpoint argument, wait ' +
        'for any endpoint of the project',
    ),
    timeout: value('<duration>', 'maximum time to wait (default: 1h)'),
  },
  fields: (options) => (options.interface ? interfaceKeys : endpointKeys),
  examples: [
    'wait us-east-1 --until ready --timeout 20m',
    'wait until WAITING_FOR_USER',
    'wait --all --output jsonl',
  ],
  run: async () => (await import('./wait.run.js')).run,
});
