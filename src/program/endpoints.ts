import { type Branch, everywhere, leaf, ofEndpoints, onlyEndpoint, run, timeout, yes } from './shared.js';

/** create, get, list, delete, update and wait. */
export const endpoints = [
  leaf(
    'create',
    'Request a private endpoint service',
    ['create --region us-east-1', 'create --region eu-west-1 --if-not-exists --wait --json'],
    (command, open) =>
      everywhere(
        command
          .option('--region <region>', 'region of the cloud, needed: us-east-1 or US_EAST_1')
          .option('--provider <provider>', 'aws, azure or gcp (default: aws)')
          .option('--wait', 'wait until it is ready')
          .option('--until <status>', 'wait until this status (default: ready); implies --wait')
          .option(...timeout)
          .option('--remote-region <region,...>', 'AWS: other regions that may connect')
          .option('--port-mapping', 'GCP: one service attachment for all nodes')
          .option('--if-not-exists', 'where the region has one already, return that one')
          .option('--dry-run', 'print the request, send nothing'),
      ).action(async (options) => {
        const { create } = await import('../commands/create.run.js');
        await run(open, options, create);
      }),
  ),
  leaf(
    'get',
    'Show one private endpoint',
    ['get us-east-1', 'get us-east-1 --json | jq -r .endpointServiceName'],
    (command, open) =>
      ofEndpoints(command.argument(...onlyEndpoint)).action(async (endpoint, options) => {
        const { get } = await import('../commands/get.run.js');
        await run(open, { ...options, endpoint }, get);
      }),
  ),
  leaf(
    'list',
    'List the private endpoints of a project',
    [
      'list',
      'list --watch',
      'list --status failed --output id',
      'list --all-projects --json',
      'list --output terraform',
    ],
    (command, open) =>
      ofEndpoints(
        command
          .option('--status <status>', 'only endpoints with this status, or ready')
          .option('--all-projects', 'of every project that the key can see')
          .option('--watch', 'again and again, until Ctrl-C; in a pipe with --output jsonl')
          .option('--interval <duration>', 'how often to look (default: 5s); implies --watch'),
      ).action(async (options) => {
        const { list } = await import('../commands/list.run.js');
        await run(open, options, list);
      }),
  ),
  leaf(
    'delete',
    'Delete a private endpoint service',
    ['delete us-east-1', 'delete us-east-1 --yes --wait --if-exists'],
    (command, open) =>
      ofEndpoints(
        command
          .argument(...onlyEndpoint)
          .option(...yes)
          .option('--cascade', 'remove its interface endpoints first; implies --wait')
          .option('--wait', 'wait until it is gone')
          .option(...timeout)
          .option('--if-exists', 'where there is none, that is fine'),
      ).action(async (endpoint, options) => {
        const { deleteEndpoint } = await import('../commands/delete.run.js');
        await run(open, { ...options, endpoint }, deleteEndpoint);
      }),
  ),
  leaf(
    'update',
    'Set which other AWS regions may connect to an endpoint',
    ['update us-east-1 --remote-region us-west-2,eu-west-1', 'update us-east-1 --remove eu-west-1'],
    (command, open) =>
      ofEndpoints(
        command
          .argument(...onlyEndpoint)
          .option('--remote-region <region,...>', 'these, and no others')
          .option('--add <region,...>', 'add these')
          .option('--remove <region,...>', 'remove these'),
      ).action(async (endpoint, options) => {
        const { update } = await import('../commands/update.run.js');
        await run(open, { ...options, endpoint }, update);
      }),
  ),
  leaf(
    'wait',
    'Wait until private endpoints reach a status',
    ['wait us-east-1 --until ready --timeout 20m', 'wait until WAITING_FOR_USER', 'wait --all --output jsonl'],
    (command, open) =>
      ofEndpoints(
        command
          .usage('[options] [endpoint...]\n       atlas-pe wait until <status> [options] [endpoint...]')
          .argument('[endpoint...]', 'ids, regions or Terraform import ids (default: the only one there is)')
          .option('--until <status>', 'ready, a status or DELETED (default: ready)')
          .option('--all', 'every endpoint, rather than the only one there is')
          .option('--interface', 'wait for their interface endpoints (until AVAILABLE or DELETED)')
          .option('--any', 'only until the first one gets there; of all, where none is named')
          .option('--timeout <duration>', 'wait this long at most (default: 1h)'),
      ).action(async (args, options) => {
        const { wait } = await import('../commands/wait.run.js');
        await run(open, { ...options, args }, wait);
      }),
  ),
] satisfies Branch[];
