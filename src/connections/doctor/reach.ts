import { connect } from 'node:tls';
import type { Clock } from '../../base/clock.js';
import { codeOf, reasonOf } from '../../base/errors.js';

/** How far a connection came. */
export interface Reached {
  tcp: 'open' | 'silent' | 'refused' | 'unreachable';
  /** Null: the server speaks TLS with a valid certificate for the name. Otherwise what is wrong. */
  tls: string | null;
}

const unreachable = ['EHOSTUNREACH', 'ENETUNREACH', 'EHOSTDOWN', 'ENETDOWN', 'EADDRNOTAVAIL', 'EACCES', 'EPERM'];

interface Reaching {
  clock: Pick<Clock, 'timeout'>;
  signal: AbortSignal;
  timeoutMs: number;
  /** The certificate authority to trust instead of the usual ones, as PEM. */
  authority: string | undefined;
}

/** Connects to a port by TCP, then by TLS with the name of the host. Throws only if the command is interrupted. */
export function reach(
  { address, port, host }: { address: string; port: number; host: string },
  { clock, signal, timeoutMs, authority }: Reaching,
): Promise<Reached> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    let isOpen = false;
    const socket = connect({
      host: address,
      port,
      servername: host,
      ...(authority !== undefined && { ca: authority }),
    });
    const end = (reached: Reached) => {
      socket.destroy();
      signal.removeEventListener('abort', stop);
      resolve(reached);
    };
    const stop = () => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener('abort', stop, { once: true });
    clock.timeout(timeoutMs).addEventListener('abort', () => {
      end(isOpen ? { tcp: 'open', tls: 'no response to the TLS handshake' } : { tcp: 'silent', tls: null });
    });
    socket.on('connect', () => {
      isOpen = true;
    });
    socket.on('secureConnect', () => end({ tcp: 'open', tls: null }));
    socket.on('error', (error) => {
      if (isOpen) return end({ tcp: 'open', tls: tlsReason(error, host) });
      const code = codeOf(error) ?? '';
      const tcp = code === 'ECONNREFUSED' ? 'refused' : unreachable.includes(code) ? 'unreachable' : 'silent';
      end({ tcp, tls: null });
    });
    socket.on('close', () => {
      if (isOpen) end({ tcp: 'open', tls: 'the server closed the connection during the TLS handshake' });
    });
  });
}

function tlsReason(error: Error, host: string): string {
  switch (codeOf(error)) {
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
      return `the certificate is not for ${host}`;
    case 'CERT_HAS_EXPIRED':
      return 'the certificate has expired';
    case 'CERT_SIGNATURE_FAILURE':
      return 'the signature of the certificate is not valid';
    case 'CERT_NOT_YET_VALID':
      return 'the certificate is not valid yet';
    case 'UNABLE_TO_VERIFY_LEAF_SIGNATURE':
    case 'UNABLE_TO_GET_ISSUER_CERT':
    case 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY':
    case 'SELF_SIGNED_CERT_IN_CHAIN':
    case 'DEPTH_ZERO_SELF_SIGNED_CERT':
      return 'the certificate is from an unknown authority';
    case 'ECONNRESET':
      return 'the server closed the connection during the TLS handshake';
    default:
      return reasonOf(error);
  }
}
