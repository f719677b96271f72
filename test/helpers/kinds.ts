import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from './temporary-folder.js';

/** A file for `create --kind stream`. */
export function requestFile(content: object): string {
  const file = join(temporaryFolder(), 'request.json');
  writeFileSync(file, JSON.stringify(content));
  return file;
}

export const azureId =
  '/subscriptions/11111111-2222-3333-4444-555555555555/resourceGroups/g/providers/Microsoft.Network/privateEndpoints/p';
