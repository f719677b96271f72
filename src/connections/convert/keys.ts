/** The keys that `convert` prints for each cluster. */
export const conversionKeys = [
  'cluster',
  'oldEndpoint',
  'newEndpoint',
  'oldSrvConnectionString',
  'newSrvConnectionString',
  'gcpProjectId',
] as const;
