import { endpointKeys } from '../atlas/keys.js';
import { apiStatuses } from '../atlas/status.js';
import { command, flag, value } from '../command.js';
import { filter, sorting, terraform } from './flags.js';

export const list = command({
  name: 'list',
  aliases: ['ls'],
  summary: 'List the private endpoint services of a project',
  flags: {
    ...filter,
    status: value('<status>', 'only endpoints with this status (ready: WAITING_FOR_USER or AVAILABLE)', [
      'ready',
      ...apiStatuses,
    ]),
    allProjects: flag('list the endpoints of all projects that the credentials can access'),
    check: flag('check each endpoint and show the result in a CHECK column'),
    ...sorting,
    watch: flag('refresh every 5 s until Ctrl-C; in a pipe, requires --output jsonl'),
  },
  fields: ({ check }) => (check ? [...endpointKeys, 'check'] : endpointKeys),
  formats: { ...terraform, mermaid: 'a Mermaid flowchart, which GitHub shows as a picture' },
  endpointFor: 'get',
  examples: [
    'list',
    'list --watch',
    'list --status failed --output id',
    'list --all-projects --sort -createdAt',
    'list --all-projects --json',
    'list --check',
    'list --output terraform',
    'list --output mermaid',
  ],
  run: async () => (await import('./list.run.js')).run,
});
