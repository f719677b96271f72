import { UsageError } from '../../base/errors.js';
import { clouds } from '../../clouds/all.js';
import { gcpProjectShape } from '../../clouds/gcp.js';
import { checkId } from '../../clouds/shapes.js';
import { pathOf } from './model.js';

/** What the command line says of the user's network in GCP. Networks and subnets are names, or paths. */
export interface GcpWanted {
  subnet?: string | undefined;
  network?: string | undefined;
  globalAccess: boolean;
  /** The forwarding rule to take, instead of creating one. */
  adopt?: string | undefined;
}

/** The options, as they are given. */
export type GcpFlags = { [Name in 'network' | 'adopt' | 'gcpProject']?: string | undefined } & {
  subnet?: readonly string[] | undefined;
  globalAccess?: boolean | undefined;
};

/** Reads the options. Throws usage errors, before anything is sent. */
export function readGcpWanted({ subnet = [], network, globalAccess = false, adopt, gcpProject }: GcpFlags): GcpWanted {
  if (gcpProject !== undefined) checkId(gcpProjectShape, gcpProject);
  if (subnet.length > 1) throw new UsageError('GCP needs only one subnet.', 'Use --subnet once.');
  if (adopt !== undefined) checkId(clouds.GCP.interfaces.shape, adopt);
  if (adopt !== undefined && (subnet.length > 0 || network !== undefined || globalAccess)) {
    const what = '--subnet, --network or --global-access';
    throw new UsageError(
      `--adopt changes nothing in GCP, so it cannot be combined with ${what}.`,
      'Remove one of them.',
    );
  }
  const place = (option: string, parent: string, given: string | undefined) => {
    const read = given?.includes('/') ? pathOf(given) : given;
    const name = '[a-z](?:[-a-z0-9]{0,61}[a-z0-9])?';
    if (read === undefined || new RegExp(`^(?:projects/[a-z0-9.:-]+/${parent}/)?${name}$`).test(read)) return read;
    const example = `projects/my-project-123/${parent.replace(/regions.*\//, 'regions/us-east4/')}/default`;
    throw new UsageError(`'${given}' is not valid for ${option}.`, `Examples: default, ${example}`);
  };
  const given = {
    subnet: place('--subnet', 'regions/[a-z0-9-]+/subnetworks', subnet[0]),
    network: place('--network', 'global/networks', network),
    adopt,
  };
  // Without keys for what isn't given.
  return { globalAccess, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) };
}
