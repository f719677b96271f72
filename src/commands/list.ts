import { endpointKeys } from '../atlas/model.js';
import { apiStatuses } from '../atlas/status.js';
import { command, flag, value } from '../command.js';
import { filter, sorting, terraform } from './flags.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List the private endpoints of a project',
  flags: {
    ...filter,
    status: value('<status>', 'only endpoints with this status, or ready', ['ready', ...apiStatuses]),
    allProjects: flag('list the endpoints of every project that the key can see'),
    ...sorting,
    watch: flag('keep refreshing until Ctrl-C; in a pipe with --output jsonl'),
    interval: value('<duration>', 'time between refreshes (default: 5s); implies --watch'),
  },
  fields: endpointKeys,
  formats: terraform,
  endpointFor: 'get',
  examples: [
    'list',
    'list --watch',
    'list --status failed --output id',
    'list --all-projects --sort -createdAt',
    'list --all-projects --json',
    'list --output terraform',
  ],
  run: () => import('./list.run.js'),
});
