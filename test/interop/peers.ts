import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/* The official clients, which lie beside a developer's checkout and ship with nothing; and Terraform, which runs one of them. */

/** Unpacks them into a folder, and writes a `peers.env` there. */
const unpacker = fileURLToPath(new URL('../../../shared/peers/unpack.sh', import.meta.url));
export const hasPeers = existsSync(unpacker);

/** Where they are unpacked. */
export const folder = fileURLToPath(new URL('../../node_modules/.cache/peers', import.meta.url));

export const hasTerraform = hasPeers && spawnSync('terraform', ['version']).status === 0;

/** The beginning of a configuration for MongoDB's provider. */
export const withAtlasProvider = `terraform {
  required_providers {
    mongodbatlas = { source = "mongodb/mongodbatlas" }
  }
}
`;

/** `gcloud version` takes seconds. */
export const hasGcloud = spawnSync('bash', ['-c', 'command -v gcloud']).status === 0;

/** Debian has Python without what makes a virtual environment. */
export const hasPython = spawnSync('python3', ['-c', 'import venv, ensurepip']).status === 0;

/** Runs once before all tests. Nothing may be missing in CI. */
export function setup(): void {
  for (const [name, isThere] of Object.entries({
    'shared/peers': hasPeers,
    terraform: hasTerraform,
    gcloud: hasGcloud,
    venv: hasPython,
  })) {
    if (!isThere && process.env.CI === 'true') throw new Error(`The tests need ${name}.`);
  }
  if (hasPeers) execFileSync('bash', [unpacker, folder]);
}
