import type { InterfaceEndpoint } from '../../atlas/interfaces.js';
import type { Endpoint } from '../../atlas/model.js';
import type { CloudPlan, ServiceRef } from '../../cloud-side/cloud-side.js';
import { clouds, type Provider } from '../../clouds/all.js';
import type { RegionNames } from '../../clouds/cloud.js';
import type { Row } from '../../ui/view.js';

/** What is there on both sides. The plan follows from it, and each step returns it as it is then. */
export interface ConnectFound {
  projectId: string;
  provider: Provider;
  region: RegionNames;
  service: Endpoint | undefined;
  cloud: CloudPlan;
  /** The ids of interface endpoints of the service that were rejected or failed. They cannot connect any more. */
  refused: readonly string[];
  /** The endpoint of the user's cloud, as Atlas knows it. */
  attached: InterfaceEndpoint | undefined;
  /** The clusters that the connection is for. */
  clusters: readonly string[];
  /** Those that get no private connection string even when this region is connected, and the reasons. */
  unreachable: readonly string[];
  reasons: readonly string[];
  /** Their private connection strings through this endpoint. */
  strings: readonly Row[];
}

/** Atlas's service as the user's cloud needs to know it. */
export function refOf(service: Endpoint, refused: readonly string[]): ServiceRef {
  const { id, projectId, provider, region, atlasRegion } = service;
  return { id, projectId, region, atlasRegion, target: clouds[provider].service.target(service), refused };
}
