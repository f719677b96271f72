import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CliError, reasonOf, writingHint } from '../../base/errors.js';

/** A file for as long as the server runs. */
interface AuthorityFile {
  path: string;
  remove(): Promise<unknown>;
}

/** Writes the certificate of an authority, which is valid only for this run, to a directory of its own. */
export async function writeAuthority(pem: string): Promise<AuthorityFile> {
  let directory: string | undefined;
  const remove = async () => directory && rm(directory, { recursive: true, force: true });
  try {
    directory = await mkdtemp(join(tmpdir(), 'atlas-pe-sandbox-'));
    const path = join(directory, 'ca.pem');
    await writeFile(path, pem, { mode: 0o600 });
    return { path, remove };
  } catch (error) {
    await remove();
    throw new CliError('unexpected', `Cannot write the sandbox's CA certificate to ${tmpdir()} (${reasonOf(error)}).`, {
      hint: writingHint(error, 'Set TMPDIR to a directory that can be written.'),
      cause: error,
    });
  }
}
