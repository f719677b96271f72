/*
 * Errors of Atlas that a faults file names by their code. Source: MongoDB's list of error codes; for No Capacity, and the codes
 * with ACCESS_LIST, answers in public logs of the Atlas CLI and of MongoDB's Terraform provider. The region, the number and the
 * group in a sentence are examples.
 */

interface AtlasError {
  status: number;
  detail: string;
  parameters?: readonly string[];
}

/** The address of every client of the sandbox. */
const caller = '127.0.0.1';
const offList = (detail: string): AtlasError => ({ status: 403, detail, parameters: [caller] });
const notOnList = offList(`IP address ${caller} is not allowed to access this resource.`);
const refused = (status: number, detail: string, ...parameters: string[]): AtlasError => ({
  status,
  detail,
  parameters,
});

export const errorsByCode: Readonly<Record<string, AtlasError>> = {
  IP_ADDRESS_NOT_ON_ACCESS_LIST: notOnList,
  ORG_REQUIRES_ACCESS_LIST: offList('This organization requires access through an access list of ip ranges.'),
  RESOURCE_REQUIRES_ACCESS_LIST: offList('This resource requires access through an access list of ip ranges.'),
  IP_ADDRESS_NOT_ON_WHITELIST: notOnList,
  ORG_REQUIRES_WHITELIST: offList('This organization requires access through a whitelist of ip ranges.'),
  RESOURCE_REQUIRES_WHITELIST: offList('This resource requires access through a whitelist of ip ranges.'),
  ATLAS_GENERAL_ERROR: refused(400, 'Reason: No Capacity.', 'No Capacity'),
  NO_CAPACITY: refused(409, 'Cannot find the AWS capacity for group 64f0c2a7e1b2c3d4e5f60718.'),
  OUT_OF_CAPACITY: refused(409, 'The requested region is currently out of capacity for the requested instance size.'),
  REGION_UNAVAILABLE: refused(409, 'The selected region US_EAST_1 is unavailable for use.', 'US_EAST_1'),
  WRITES_NOT_ALLOWED_DURING_APP_UPGRADES: refused(
    405,
    'Create, update, and delete API endpoints are disabled while the system is being upgraded.',
  ),
};
