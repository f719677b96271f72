/** What the holder of a role may do with private endpoints. */
type Right = 'write' | 'read' | 'none';

/** The roles of Atlas that an API key can have: for one organization or for one project. */
export const roles = {
  ORG_OWNER: { of: 'organization', right: 'write' },
  ORG_READ_ONLY: { of: 'organization', right: 'read' },
  ORG_MEMBER: { of: 'organization', right: 'none' },
  ORG_GROUP_CREATOR: { of: 'organization', right: 'none' },
  ORG_BILLING_ADMIN: { of: 'organization', right: 'none' },
  ORG_BILLING_READ_ONLY: { of: 'organization', right: 'none' },
  GROUP_OWNER: { of: 'project', right: 'write' },
  GROUP_CLUSTER_MANAGER: { of: 'project', right: 'read' },
  GROUP_BACKUP_MANAGER: { of: 'project', right: 'read' },
  GROUP_DATA_ACCESS_ADMIN: { of: 'project', right: 'read' },
  GROUP_DATA_ACCESS_READ_WRITE: { of: 'project', right: 'read' },
  GROUP_DATA_ACCESS_READ_ONLY: { of: 'project', right: 'read' },
  GROUP_READ_ONLY: { of: 'project', right: 'read' },
  GROUP_SEARCH_INDEX_EDITOR: { of: 'project', right: 'read' },
  GROUP_STREAM_PROCESSING_OWNER: { of: 'project', right: 'read' },
} as const satisfies Record<string, { of: 'organization' | 'project'; right: Right }>;

export type RoleName = keyof typeof roles;

export const roleNames = Object.keys(roles) as readonly RoleName[];

/** Whether one of these roles is enough to change private endpoints, or to read them. */
export function mayDo(what: 'write' | 'read', names: readonly RoleName[]): boolean {
  return names.some((name) => roles[name].right === what || roles[name].right === 'write');
}
