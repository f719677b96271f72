import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isComplete } from '../helpers/complete.js';

/* The official clients, which ship with nothing: what lies beside a checkout, or what download.sh has downloaded. */

/** Unpacks them into a folder, and writes a `peers.env` there. */
const unpacker = fileURLToPath(new URL('../../../shared/peers/unpack.sh', import.meta.url));

/** Where they are, and a `peers.env`, which puts them on the PATH. */
export const folder =
  process.env.ATLAS_PE_TEST_CLIENTS ?? fileURLToPath(new URL('../../node_modules/.cache/peers', import.meta.url));

export const hasPeers = existsSync(unpacker) || existsSync(join(folder, 'peers.env'));

const path = `${folder}:${process.env.PATH}`;
export const hasTerraform = hasPeers && spawnSync('terraform', ['version'], { env: { PATH: path } }).status === 0;

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

export const hasGo = spawnSync('go', ['version']).status === 0;

/** A program starts from its source only with a JDK. */
export const hasJava = ['javac', 'mvn'].every((name) => spawnSync(name, ['-version']).status === 0);

/** Networks of their own, as root or as any user. */
export const hasNamespaces = spawnSync('unshare', ['-rnm', 'ip', 'link', 'set', 'lo', 'up']).status === 0;

/** What makes the places behind the prefixes of `doctor --via`. */
const ofPlaces = ['busybox', 'chroot', 'dash', 'fish', 'script', 'ssh', 'ssh-keygen', 'sshd', 'tcsh'];
export const hasPlaces = ofPlaces.every(
  (name) => spawnSync('sh', ['-c', `PATH=$PATH:/usr/sbin; command -v ${name}`]).status === 0,
);

/** The single executable, which `doctor --via` brings to other machines. */
export const executable = fileURLToPath(new URL('../../dist-executable/atlas-pe', import.meta.url));
export const hasExecutable = existsSync(executable);

/** Runs once before all tests. Nothing may be missing in CI. */
export function setup(): void {
  if (existsSync(unpacker)) execFileSync('bash', [unpacker, folder]);
  for (const [name, isThere] of Object.entries({
    'what test/interop/download.sh downloads': hasPeers,
    terraform: hasTerraform,
    gcloud: hasGcloud,
    venv: hasPython,
    go: hasGo,
    'a JDK and Maven': hasJava,
    'unshare and ip': hasNamespaces,
    [ofPlaces.join(', ')]: hasPlaces,
    'npm run build:executable': hasExecutable,
  })) {
    if (!isThere && isComplete) throw new Error(`The tests need ${name}.`);
  }
}
