import type { Clock } from '../base/clock.js';
import { once } from '../base/once.js';
import type { SignIn } from '../config/sign-in.js';

/**
 * The saved sandbox, run in this process. It starts at the first sign-in, and the network to its clusters at the first use.
 * `onTrouble` gets errors that the sandbox can't handle.
 */
export function ownSandbox(file: string, clock: Clock, onTrouble: (error: unknown) => void) {
  const closers: (() => Promise<void>)[] = [];
  const signIn = once(async (): Promise<SignIn> => {
    const { createSandbox } = await import('../sandbox/server.js');
    const { fileStore } = await import('../sandbox/store.js');
    const { sandboxKeys } = await import('../sandbox/gate.js');
    const store = fileStore(file);
    // Report unreadable state here, not as an API error.
    await store.read();
    // Report the original error, not the API error that the sandbox returns for it.
    const running = createSandbox({ store, clock, onTrouble });
    closers.push(() => running.close());
    const { publicKey, privateKey } = sandboxKeys;
    const credentials = { kind: 'api-key', publicKey, privateKey } as const;
    return { credentials, origin: { kind: 'sandbox' }, baseUrl: await running.listen(0) };
  });
  const network = once(async () => {
    const { startNetwork } = await import('../sandbox/network/start.js');
    const { fileStore } = await import('../sandbox/store.js');
    const running = await startNetwork({ store: fileStore(file), clock, dnsPort: 0, mongo: 'free' });
    closers.push(() => running.close());
    return {
      /** The address and port of the DNS server that knows the names of its clusters. */
      dnsServer: running.dnsServer ?? '',
      /** The certificate, in PEM, of the authority that signed their certificates. */
      authority: running.authority ?? '',
    };
  });
  return {
    signIn,
    network,
    close: async () => {
      await Promise.all(closers.map((close) => close()));
    },
  };
}
