/** Keys, and what Terraform and the Atlas CLI call them, in lower case without dashes and underscores. */
const fieldSynonyms: readonly (readonly [ours: string, theirs: readonly string[]])[] = [
  ['status', ['state', 'connectionstatus', 'phase']],
  ['endpointServiceName', ['servicename', 'name', 'service']],
  ['interfaceEndpoints', ['vpcendpointid', 'interfaces', 'privateendpoints']],
  ['id', ['privatelinkid', 'endpointid', 'endpointserviceid', 'interfaceendpointid', 'vpcendpointid', 'name']],
  ['projectId', ['groupid', 'project']],
  ['provider', ['providername', 'cloudprovider', 'cloud']],
  ['atlasRegion', ['regionname']],
  ['region', ['location']],
  ['errorMessage', ['error', 'message', 'reason']],
  ['createdAt', ['created', 'age', 'creationtimestamp']],
];

/** The key that another name stands for: another spelling (`project_id`), or a synonym. Undefined if none is. */
export function fieldMeant(typed: string, keys: readonly string[]): string | undefined {
  const bare = (key: string) => key.replaceAll(/[-_]/g, '').toLowerCase();
  const theirs = bare(typed);
  const meant = fieldSynonyms.filter(([, names]) => names.includes(theirs)).map(([ours]) => ours);
  return keys.find((key) => bare(key) === theirs) ?? meant.find((key) => keys.includes(key));
}
