/** What is wrong with a TLS connection. `early`: the certificate is not valid yet. `noAgreement`: on a version or cipher. */
export type TlsProblem =
  | 'expired'
  | 'early'
  | 'otherHost'
  | 'badSignature'
  | 'untrusted'
  | 'badCertificate'
  | 'noTls'
  | 'noAgreement';

const problems: Readonly<Record<string, TlsProblem>> = {
  CERT_HAS_EXPIRED: 'expired',
  CERT_NOT_YET_VALID: 'early',
  CERT_SIGNATURE_FAILURE: 'badSignature',
  ERR_TLS_CERT_ALTNAME_INVALID: 'otherHost',
  EPROTO: 'noTls',
  ERR_SSL_WRONG_VERSION_NUMBER: 'noTls',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'noTls',
};

/** Reads the code of Node's error. Undefined if it isn't about TLS. */
export function tlsProblemOf(code: string): TlsProblem | undefined {
  if (Object.hasOwn(problems, code)) return problems[code];
  if (/^(?:SELF_SIGNED|DEPTH_ZERO|UNABLE_TO_(?:GET|VERIFY)|CERT_UNTRUSTED|INVALID_CA)/.test(code)) return 'untrusted';
  if (/CERT|SIGNATURE/.test(code)) return 'badCertificate';
  return /ERR_TLS|ERR_SSL/.test(code) ? 'noAgreement' : undefined;
}
