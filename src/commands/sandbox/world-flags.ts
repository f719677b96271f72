import { flag, value, values } from '../../command.js';

/** Options for how a sandbox behaves, used by `serve` and `reset`. */
export const worldFlags = (readyStatus: string) =>
  ({
    readyAfter: value(
      '<duration>',
      'time until a new endpoint is ready; realistic: as long as in Atlas (default: 5s)',
      ['realistic'],
    ),
    readyStatus: value(
      '<status>',
      `status of a ready endpoint: WAITING_FOR_USER or AVAILABLE (default: ${readyStatus})`,
      ['WAITING_FOR_USER', 'AVAILABLE'],
    ),
    cluster: values(
      '<name:region>',
      'clusters of each project: their regions, and paused, M0 or flex (default: Cluster0:us-east-1)',
    ),
    awsLag: value('<duration>', 'time until EC2 finds a new resource, as EC2 is eventually consistent (default: 0s)'),
    lastTakesService: flag('removing the last interface endpoint also deletes the private endpoint service'),
  }) as const;
