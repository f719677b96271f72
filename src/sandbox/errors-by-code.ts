/*
 * Errors of Atlas that a faults file names by their code. Statuses, codes and parameters are those of the API's own list of error
 * codes. Guess: the sentences, which no recording shows, but for that of IP_ADDRESS_NOT_ON_ACCESS_LIST.
 */

interface AtlasError {
  status: number;
  detail: string;
  parameters?: readonly string[];
}

/** The address of every client of the sandbox. */
const caller = '127.0.0.1';
const offList = (what: string): AtlasError => ({ status: 403, detail: what, parameters: [caller] });
const needsList = offList('This organization requires access through an access list of IP ranges.');
const noCapacity: AtlasError = { status: 409, detail: 'There is no capacity in this region.' };

export const errorsByCode: Readonly<Record<string, AtlasError>> = {
  IP_ADDRESS_NOT_ON_ACCESS_LIST: offList(`IP address ${caller} is not allowed to access this resource.`),
  ORG_REQUIRES_ACCESS_LIST: needsList,
  RESOURCE_REQUIRES_ACCESS_LIST: needsList,
  ORG_REQUIRES_WHITELIST: needsList,
  ATLAS_GENERAL_ERROR: {
    status: 400,
    detail: 'An error occurred. Reason: No Capacity.',
    parameters: ['No Capacity'],
  },
  NO_CAPACITY: noCapacity,
  OUT_OF_CAPACITY: noCapacity,
  REGION_UNAVAILABLE: noCapacity,
  WRITES_NOT_ALLOWED_DURING_APP_UPGRADES: { status: 405, detail: 'Writes are not allowed during a maintenance.' },
  FEATURE_UNSUPPORTED: { status: 403, detail: 'This feature is not supported.' },
  UNSUPPORTED_FOR_CURRENT_PLAN: { status: 403, detail: 'The plan of this organization does not support this.' },
  HOURLY_BILLING_LIMIT_EXCEEDED: {
    status: 403,
    detail: 'The hourly billing limit of this organization is exceeded.',
  },
  NOT_IN_GROUP: { status: 401, detail: 'The user is not in this group.' },
  USER_CANNOT_ACCESS_GROUP: { status: 401, detail: 'The user cannot access this group.' },
  ACCOUNT_SUSPENDED: { status: 402, detail: 'The account is suspended.' },
  NO_PAYMENT_INFORMATION_FOUND: { status: 402, detail: 'No payment information was found.' },
  PRIVATELINK_INCOMPATIBLE_TOO_MANY_NODES: { status: 409, detail: 'The region has too many nodes.' },
  CLUSTER_INCOMPATIBLE_WITH_EXISTING_PRIVATELINK: {
    status: 409,
    detail: 'A cluster is incompatible with an existing private endpoint.',
  },
  CANNOT_CLOSE_GROUP_ACTIVE_ATLAS_PRIVATE_ENDPOINT_SERVICES: {
    status: 409,
    detail: 'The group has active private endpoint services.',
  },
};
