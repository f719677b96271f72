/* The keys of JSON output. They have a file of their own because every start of a command reads them. */

/** The keys of a check of `doctor`. */
export const checkKeys: readonly string[] = [
  'category',
  'subject',
  'id',
  'result',
  'title',
  'detail',
  'hint',
  'commands',
  'docs',
];

/** The keys that `convert` prints for each cluster. */
export const conversionKeys = [
  'cluster',
  'oldEndpointId',
  'newEndpointId',
  'oldSrvConnectionString',
  'newSrvConnectionString',
  'gcpProjectId',
] as const;
