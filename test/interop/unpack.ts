import { execFileSync } from 'node:child_process';
import { folder, hasPeers, unpacker } from './peers.js';

/** Once before all tests. What was unpacked before is there still. */
export function setup(): void {
  if (hasPeers) execFileSync('bash', [unpacker, folder]);
}
