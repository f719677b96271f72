import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file for as long as the server runs. */
interface AuthorityFile {
  path: string;
  remove(): Promise<void>;
}

/** Writes the certificate of an authority, which is valid only for this run, to a directory of its own. */
export async function writeAuthority(pem: string): Promise<AuthorityFile> {
  const directory = await mkdtemp(join(tmpdir(), 'atlas-pe-sandbox-'));
  const path = join(directory, 'ca.pem');
  const remove = () => rm(directory, { recursive: true, force: true });
  try {
    await writeFile(path, pem, { mode: 0o600 });
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
}
