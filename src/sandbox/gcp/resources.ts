/** What the user's account has, as it is saved. Times are milliseconds since 1970. */
export interface GcpAccount {
  resources: readonly unknown[];
}

export function emptyGcp(): GcpAccount {
  return { resources: [] };
}
