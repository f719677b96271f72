import { CliError, codeOf, reasonOf, unwritable } from '../base/errors.js';
import { changeFile, replaceFile, withLock, writePrivate } from '../base/files.js';
import { readText } from '../base/read-text.js';
import { emptyWorld, type World } from './world.js';

/** The largest accepted file in bytes, enough for hundreds of thousands of endpoints. */
const mostState = 400_000_000;

/** Changes when the format of a world changes. Only this program writes the file, so the values are not checked. */
const version = 7;

/** Stores a world. `update` is atomic: no other update happens between its read and its write. */
export interface Store {
  read(): Promise<World>;
  update<T>(change: (world: World) => { world: World; answer: T }): Promise<T>;
}

export function memoryStore(world: World): Store {
  let current = world;
  return {
    read: async () => current,
    update: async (change) => {
      const { world: next, answer } = change(current);
      current = next;
      return answer;
    },
  };
}

export function fileStore(file: string): Store & { replace(world: World): Promise<void> } {
  function read(): string | null {
    try {
      return readText(file, { limit: mostState });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw new CliError('unexpected', `Cannot read the saved sandbox: ${file} (${reasonOf(error)}).`, {
        hint: 'Check who owns that file, or set ATLAS_PE_DATA_DIR to another directory.',
        cause: error,
      });
    }
  }

  function parse(text: string | null): World {
    if (text === null) return emptyWorld();
    try {
      const saved = JSON.parse(text) as { version: number; world: World };
      if (saved.version === version) return saved.world;
    } catch {
      // It is not JSON, or null.
    }
    const what = `The saved sandbox is damaged, or another version of atlas-pe wrote it: ${file}.`;
    throw new CliError('unexpected', what, { hint: 'Start over: atlas-pe sandbox reset' });
  }

  const textOf = (world: World) => `${JSON.stringify({ version, world }, null, 1)}\n`;

  const written = <T>(work: Promise<T>) =>
    work.catch((error: unknown) => {
      // Only a system error is about the file. Other errors are the answer to a request.
      if (codeOf(error) === undefined) throw error;
      const hint = 'Check who owns that directory, or set ATLAS_PE_DATA_DIR to another one.';
      throw unwritable(`the saved sandbox: ${file}`, error, hint);
    });

  return {
    read: async () => parse(read()),
    update: (change) =>
      written(
        changeFile(file, {
          read,
          edit: (text) => {
            const { world, answer } = change(parse(text));
            return { write: (beside) => writePrivate(beside, textOf(world)), answer };
          },
        }),
      ),
    replace: (world) => written(withLock(file, () => replaceFile(file, textOf(world)))),
  };
}
