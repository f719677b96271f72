import { UsageError } from '../../base/errors.js';
import { clouds } from '../../clouds/all.js';
import { gcpProjectShape } from '../../clouds/gcp.js';
import { checkId } from '../../clouds/shapes.js';
import { pathOf } from './model.js';

/** What the command line says of the user's network in GCP. Networks and subnets are names, or paths. */
export interface GcpWanted {
  project?: string | undefined;
  subnet?: string | undefined;
  network?: string | undefined;
  globalAccess: boolean;
  /** The forwarding rule to take, instead of creating one. */
  adopt?: string | undefined;
}

/** The options, as they are given. */
export interface GcpFlags extends Pick<GcpWanted, 'network' | 'adopt'>, Partial<Pick<GcpWanted, 'globalAccess'>> {
  subnet?: readonly string[];
  gcpProject?: string;
}

/** Reads the options. Throws usage errors, before anything is sent. */
export function readGcpWanted({ subnet = [], network, globalAccess = false, adopt, gcpProject }: GcpFlags): GcpWanted {
  if (gcpProject !== undefined) checkId(gcpProjectShape, gcpProject);
  if (subnet.length > 1) throw new UsageError('GCP needs only one subnet.', 'Use --subnet once.');
  if (adopt !== undefined) checkId(clouds.GCP.interfaces.shape, adopt);
  if (adopt !== undefined && (subnet.length > 0 || network !== undefined || globalAccess)) {
    const what =
      '--adopt changes nothing in GCP, so it cannot be combined with --subnet, --network or --global-access.';
    throw new UsageError(what, 'Remove one of them.');
  }
  return {
    project: gcpProject,
    subnet: checkPlace('--subnet', subnet[0], 'regions/us-east4/subnetworks'),
    network: checkPlace('--network', network, 'global/networks'),
    globalAccess,
    adopt,
  };
}

/** The name or the path of a subnet or a network. `folder`: where it is in a project, for example. */
function checkPlace(option: string, given: string | undefined, folder: string): string | undefined {
  const read = given?.includes('/') ? pathOf(given) : given;
  const parent = `projects/[a-z0-9.:-]+/${folder.replace('us-east4', '[a-z0-9-]+')}/`;
  if (read === undefined || new RegExp(`^(?:${parent})?[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?$`).test(read)) return read;
  throw new UsageError(
    `'${given}' is not valid for ${option}.`,
    `Examples: default, projects/my-project-123/${folder}/default`,
  );
}
