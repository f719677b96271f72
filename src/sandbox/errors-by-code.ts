/*
 * Errors of Atlas that a faults file names by their code. Source: MongoDB's list of error codes; for No Capacity, the codes with
 * ACCESS_LIST, and CANNOT_CLOSE_GROUP_…, answers in public logs of the Atlas CLI and of MongoDB's Terraform provider. The region, the
 * number and the group in a sentence are examples.
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
  FEATURE_UNSUPPORTED: refused(403, 'Feature not supported by current account level.'),
  UNSUPPORTED_FOR_CURRENT_PLAN: refused(403, 'Operation not supported for current plan.'),
  HOURLY_BILLING_LIMIT_EXCEEDED: refused(403, 'The hourly billing limit has been exceeded.'),
  NOT_IN_GROUP: refused(401, 'The current user is not in the group, or the group does not exist.'),
  USER_CANNOT_ACCESS_GROUP: refused(401, 'User cannot access this group.'),
  ACCOUNT_SUSPENDED: refused(402, 'Organization has an unpaid invoice that is more than 30 days old.'),
  NO_PAYMENT_INFORMATION_FOUND: refused(402, 'No payment information was found for group 64f0c2a7e1b2c3d4e5f60718.'),
  PRIVATELINK_INCOMPATIBLE_TOO_MANY_NODES: refused(
    409,
    'Project has too many addressable nodes in region US_EAST_1 to use PrivateLink.',
    'US_EAST_1',
  ),
  CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK: refused(
    409,
    'The requested operation would result in more addressable nodes in region US_EAST_1 than can be supported by PrivateLink. ' +
      'The maximum number supported is 50.',
    ...['US_EAST_1', '50'],
  ),
  CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_PRIVATE_ENDPOINT_SERVICES: refused(
    409,
    'Cannot close group while it has active private endpoint services; please terminate all private endpoint services.',
  ),
};
