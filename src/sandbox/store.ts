import { CliError, codeOf, reasonOf, writingHint } from '../base/errors.js';
import { changeFile, replaceFile, withLock, writePrivate } from '../base/files.js';
import { readText } from '../base/read-text.js';
import { parseWorld } from './parse-world.js';
import { emptyWorld, type World } from './world.js';

/** Bytes of the largest state: that of hundreds of thousands of endpoints. */
const mostState = 400_000_000;

/** Keeps a world. `update` is one step: no other update comes between its reading and its writing. */
export interface Store {
  read(): Promise<World>;
  update<T>(change: (world: World) => { world: World; answer: T }): Promise<T>;
}

/** A world that ends with the process. */
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

/** A world in a file that several commands share at once. It is written whole, beside the old one, then put in its place. */
export function fileStore(file: string): Store & { replace(world: World): Promise<void> } {
  function read(): string | null {
    try {
      return readText(file, { limit: mostState });
    } catch (error) {
      if (codeOf(error) === 'ENOENT') return null;
      throw new CliError('unexpected', `The sandbox's state can't be read: ${file} (${reasonOf(error)}).`, {
        hint: 'Check who owns that file, or name another folder in ATLAS_PE_DATA_DIR.',
        cause: error,
      });
    }
  }

  function parse(text: string | null): World {
    const world = text === null ? emptyWorld() : parseWorld(text);
    if (world) return world;
    throw new CliError('unexpected', `The sandbox's state is damaged: ${file}.`, {
      hint: 'Start afresh: atlas-pe sandbox reset',
    });
  }

  const textOf = (world: World) => `${JSON.stringify(world, null, 1)}\n`;

  const written = <T>(work: Promise<T>, isAnswer: (error: unknown) => boolean = () => false) =>
    work.catch((error: unknown) => {
      // Only a system error is about the file; what the change itself throws is the answer, and may have a code too.
      if (codeOf(error) === undefined || isAnswer(error)) throw error;
      throw new CliError('unexpected', `The sandbox's state can't be written: ${file} (${reasonOf(error)}).`, {
        hint: writingHint(error, 'Check who owns that folder, or name another one in ATLAS_PE_DATA_DIR.'),
        cause: error,
      });
    });

  return {
    read: async () => parse(read()),
    update: (change) => {
      let refusal: unknown;
      const carriedOut = (world: World) => {
        try {
          return change(world);
        } catch (error) {
          refusal = error;
          throw error;
        }
      };
      return written(
        changeFile(file, {
          read,
          edit: (text) => {
            const { world, answer } = carriedOut(parse(text));
            return { write: (beside) => writePrivate(beside, textOf(world)), answer };
          },
        }),
        (error) => error === refusal,
      );
    },
    replace: (world) => written(withLock(file, () => replaceFile(file, textOf(world)))),
  };
}
