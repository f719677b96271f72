import type { Clock } from '../base/clock.js';
import type { SignIn } from '../config/sign-in.js';
import { once } from './once.js';

interface OwnSandbox {
  /** Starts it, and says how to sign in. */
  signIn(): Promise<SignIn>;
  close(): Promise<void>;
}

/** The saved sandbox in this process, which starts when it is first signed in to. `onTrouble` is told what it can't answer. */
export function ownSandbox(file: string, clock: Clock, onTrouble: (error: unknown) => void): OwnSandbox {
  let close = async () => undefined as unknown;
  const signIn = once(async (): Promise<SignIn> => {
    const [{ createSandbox }, { fileStore }, { sandboxKeys }] = await Promise.all([
      import('../sandbox/server.js'),
      import('../sandbox/store.js'),
      import('../sandbox/gate.js'),
    ]);
    const store = fileStore(file);
    // State that can't be read is told here, rather than by an answer of the API.
    await store.read();
    // In one process the trouble itself is told, instead of the answer that says there is some.
    const running = createSandbox({ store, clock, onTrouble });
    close = () => running.close();
    const { publicKey, privateKey } = sandboxKeys;
    const credentials = { kind: 'api-key', publicKey, privateKey } as const;
    return { credentials, origin: { kind: 'sandbox' }, baseUrl: await running.listen(0) };
  });
  return {
    signIn,
    close: async () => {
      await close();
    },
  };
}
