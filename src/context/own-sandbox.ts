import type { Clock } from '../base/clock.js';
import type { SignIn } from '../config/sign-in.js';
import { once } from './once.js';

interface OwnSandbox {
  /** Starts the sandbox and returns how to sign in to it. */
  signIn(): Promise<SignIn>;
  close(): Promise<void>;
}

/**
 * The saved sandbox, run in this process. It starts at the first sign-in. `onTrouble` gets errors that the sandbox
 * can't handle.
 */
export function ownSandbox(file: string, clock: Clock, onTrouble: (error: unknown) => void): OwnSandbox {
  let close = async () => undefined as unknown;
  const signIn = once(async (): Promise<SignIn> => {
    const [{ createSandbox }, { fileStore }, { sandboxKeys }] = await Promise.all([
      import('../sandbox/server.js'),
      import('../sandbox/store.js'),
      import('../sandbox/gate.js'),
    ]);
    const store = fileStore(file);
    // Report unreadable state here, not as an API error.
    await store.read();
    // Report the original error, not the API error that the sandbox returns for it.
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
