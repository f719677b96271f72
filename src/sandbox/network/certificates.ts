// Must come first: x509 needs it.
import 'reflect-metadata';
import { KeyObject } from 'node:crypto';
import { isIP } from 'node:net';
import {
  AuthorityKeyIdentifierExtension,
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  SubjectAlternativeNameExtension,
  SubjectKeyIdentifierExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { onceByKey } from '../../base/once.js';
import type { NetworkFaults } from './faults.js';

export type Authority = Awaited<ReturnType<typeof createAuthority>>;

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const years = { notBefore: new Date('2020-01-01'), notAfter: new Date('2049-01-01') };
const expired = { notBefore: new Date('2020-01-01'), notAfter: new Date('2021-01-01') };

export async function createAuthority(faults: NetworkFaults, usual = years) {
  const keys = await createKeys();
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: 'CN=atlas-pe sandbox',
    ...usual,
    keys,
    signingAlgorithm: algorithm,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
      await SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  });
  // The signature of an authority that clients don't know.
  const signer = faults.has('untrusted-certificate') ? await createKeys() : keys;
  const own = await createKeys();
  const key = KeyObject.from(own.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString();

  async function issue(domain: string) {
    const isAddress = isIP(domain) !== 0;
    const parent = faults.has('certificate') ? `other.${domain}` : domain;
    const host = isAddress ? domain : `*.${parent}`;
    const leaf = await X509CertificateGenerator.create({
      subject: `CN=${host}`,
      issuer: certificate.subject,
      ...(faults.has('expired-certificate') ? expired : usual),
      publicKey: own.publicKey,
      signingKey: signer.privateKey,
      signingAlgorithm: algorithm,
      extensions: [
        new SubjectAlternativeNameExtension([{ type: isAddress ? 'ip' : 'dns', value: host }]),
        new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
        new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
        await AuthorityKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    return { key, cert: leaf.toString('pem') };
  }

  const once = onceByKey();
  return {
    pem: `${certificate.toString('pem')}\n`,
    /** For a TLS server: a certificate for all hosts of this domain, in PEM, with the faults. */
    certificateOf: (domain: string) => once(domain, () => issue(domain)),
  };
}

function createKeys() {
  return crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
}
