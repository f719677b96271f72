import { flag, value, values } from '../../command.js';

/** How a sandbox behaves; `serve` and `reset` take these. */
export const worldFlags = (readyStatus: string) =>
  ({
    readyAfter: value('<duration>', 'time from create to ready, or realistic (default: 5s)', ['realistic']),
    readyStatus: value('<status>', `WAITING_FOR_USER or AVAILABLE (default: ${readyStatus})`, [
      'WAITING_FOR_USER',
      'AVAILABLE',
    ]),
    cluster: values('<name:region>', 'clusters of each project, with their regions (default: Cluster0:us-east-1)'),
    awsLag: value('<duration>', 'time until EC2 finds what was just created (default: 0s)'),
    lastTakesService: flag('removing the last interface endpoint removes the private endpoint too'),
  }) as const;
