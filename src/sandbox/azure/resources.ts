/** What the user's account has, as it is saved. Times are milliseconds since 1970. */
export interface AzureAccount {
  resources: readonly unknown[];
}

export function emptyAzure(): AzureAccount {
  return { resources: [] };
}
