import { isIP, isIPv6 } from 'node:net';
import { formatDuration, parseDuration } from '../../base/duration.js';
import { UsageError } from '../../base/errors.js';
import { closest, didYouMean, guessed } from '../../base/suggest.js';
import { flag, value, values } from '../../command.js';
import { type KeyRights, type RoleName, roleNames } from '../../sandbox/key.js';
import { readyStatuses, type WorldOptions } from '../../sandbox/world.js';
import { parseClusters } from './clusters.js';

/** The options that set how endpoints of a sandbox become ready. */
export interface ReadyFlags {
  readyAfter?: string | undefined;
  readyStatus?: string | undefined;
  /** `name:region,…`, with `paused`, `M0` or `flex` among the regions: the clusters of each project. */
  cluster?: readonly string[] | undefined;
  lastTakesService?: boolean | undefined;
  awsLag?: string | undefined;
}

/** Reads the options. The sandbox has defaults for those that are not given. Throws usage errors. */
export function readReadyFlags({
  readyAfter,
  readyStatus,
  cluster,
  lastTakesService,
  awsLag,
}: ReadyFlags): Partial<WorldOptions> {
  return {
    ...(cluster !== undefined && { clusters: parseClusters(cluster) }),
    ...(awsLag !== undefined && { awsLag: parseDuration(awsLag) }),
    ...(lastTakesService !== undefined && { lastTakesService }),
    ...(readyAfter !== undefined && {
      readyAfter: readyAfter === 'realistic' ? readyAfter : parseReadyAfter(readyAfter),
    }),
    ...(readyStatus !== undefined && { readyStatus: parseReadyStatus(readyStatus) }),
  };
}

/** The time in the format of --ready-after. */
export function showReadyAfter({ readyAfter }: WorldOptions): string {
  return readyAfter === 'realistic' ? readyAfter : formatDuration(readyAfter);
}

function parseReadyAfter(text: string): number {
  if (closest(text, ['realistic'])) throw new UsageError(`'${text}' is not a valid duration.`, guessed('realistic'));
  return parseDuration(text);
}

function parseReadyStatus(text: string): WorldOptions['readyStatus'] {
  const status = readyStatuses.find((name) => name === text.trim().toUpperCase().replaceAll('-', '_'));
  if (status) return status;
  throw new UsageError(`'${text}' is not a valid ready status.`, didYouMean(text, readyStatuses));
}

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

export function parsePort(text: string): number {
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= 65_535) return port;
  throw new UsageError(`'${text}' is not a valid port.`, 'Use a number from 0 to 65535. 0 picks a free port.');
}

interface KeyFlags {
  keyRole?: readonly string[] | undefined;
  keyAccessList?: readonly string[] | undefined;
}

/** Reads the options. Throws usage errors. */
export function readKeyFlags({ keyRole, keyAccessList }: KeyFlags): KeyRights {
  return { roles: keyRole?.map(parseRole), accessList: keyAccessList?.map(parseEntry) };
}

function parseRole(text: string): RoleName {
  const wanted = text.trim().toUpperCase().replaceAll('-', '_');
  const role = roleNames.find((name) => name === wanted);
  if (role) return role;
  throw new UsageError(`'${text}' is not a valid role.`, didYouMean(wanted, roleNames));
}

/** An IP address or a CIDR block. */
function parseEntry(text: string): string {
  const entry = text.trim();
  const [ip = '', prefix, ...more] = entry.split('/');
  const most = isIPv6(ip) ? 128 : 32;
  const isBlock = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= most);
  if (isIP(ip) !== 0 && isBlock && more.length === 0) return entry;
  throw new UsageError(`'${text}' is not a valid access list entry.`, 'Examples: 203.0.113.7 or 203.0.113.0/24');
}
