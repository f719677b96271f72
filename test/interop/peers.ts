import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/* The official clients, which lie beside a developer's checkout and ship with nothing; and Terraform, which runs one of them. */

/** Unpacks them into a folder, and writes a `peers.env` there. */
export const unpacker = fileURLToPath(new URL('../../../shared/peers/unpack.sh', import.meta.url));
export const hasPeers = existsSync(unpacker);

/** Where they are unpacked. */
export const folder = fileURLToPath(new URL('../../node_modules/.cache/peers', import.meta.url));

export const hasTerraform = hasPeers && spawnSync('terraform', ['version']).status === 0;
