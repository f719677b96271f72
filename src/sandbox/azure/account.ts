import type { RestAccount, RestResource } from '../rest-account.js';

/**
 * A private endpoint, as it is saved. After a failure, a PUT creates it again. Networks follow from the regions or from the
 * faults file, so they are not saved.
 */
export interface PrivateEndpoint extends RestResource {
  /** As ARM returns it. Its name has the case of the first PUT. */
  id: string;
  location: string;
  tags: Readonly<Record<string, string>>;
  subnetId: string;
  /** The id of the Atlas service that it connects to. */
  serviceId: string;
  connection: { name: string; privateLinkServiceId: string; requestMessage: string };
  address: string;
  isAttached: boolean;
}

export type AzureAccount = RestAccount<PrivateEndpoint>;
