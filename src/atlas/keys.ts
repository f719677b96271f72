import { clouds, providers } from '../clouds/all.js';

/* The keys of JSON output. They have a file of their own because every start of a command reads them. */

/** Every key that an endpoint can have, for all clouds. */
export const endpointKeys: readonly string[] = [
  ...['id', 'projectId', 'provider', 'region', 'atlasRegion', 'status'],
  ...['endpointServiceName', 'interfaceEndpoints', 'errorMessage', 'createdAt'],
  ...new Set(providers.flatMap((provider) => Object.keys(clouds[provider].service.keys))),
];

/** Every key that an interface endpoint can have, for all clouds. */
export const interfaceKeys: readonly string[] = [
  ...['id', 'projectId', 'endpointId', 'provider', 'region', 'status', 'errorMessage'],
  ...new Set(providers.flatMap((provider) => Object.keys(clouds[provider].interfaces.keys))),
];
