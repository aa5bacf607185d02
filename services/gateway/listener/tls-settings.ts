// gateway: the settings of its TLS: certificates, clients' certificates, the way from http to https.
import { defineSettings } from '@staffetta/platform/config/settings.ts';

/** TLS's rows. */
export const tlsSettings = defineSettings({
  tlsCert: {
    env: 'GATEWAY_TLS_CERT',
    kind: 'list',
    default: [],
    says: 'Files with certificates and their chains (PEM), comma separated, of which clients get the one for the host they name, else the first; with them the gateway speaks https. Changed files count without a restart.',
  },
  tlsKey: {
    env: 'GATEWAY_TLS_KEY',
    kind: 'list',
    default: [],
    says: 'Files with the private keys (PEM) of GATEWAY_TLS_CERT, in the same order.',
  },
  tlsLookMs: {
    env: 'GATEWAY_TLS_LOOK',
    kind: 'durationMs',
    default: 10_000,
    min: 50,
    says: 'How often the files of certificates are looked at for changes.',
  },
  tlsClientCa: {
    env: 'GATEWAY_TLS_CLIENT_CA',
    kind: 'text',
    says: 'A file with the certificate authorities (PEM) whose certificates clients may show.',
  },
  tlsClientAuth: {
    env: 'GATEWAY_TLS_CLIENT_AUTH',
    kind: 'text',
    default: 'optional',
    choices: ['optional', 'required'],
    says: 'Whether clients may or must show a certificate, where GATEWAY_TLS_CLIENT_CA is given.',
  },
  clientCertificates: {
    env: 'GATEWAY_CLIENT_CERTIFICATES',
    kind: 'list',
    default: [],
    live: true,
    says: 'Whom certificates stand for, comma separated: name:ROLE:what or name:CUSTOMER:customerId:what, where what is cn=<common name>, san=DNS:<name> (or URI:, email:) or sha256=<fingerprint in hex>.',
  },
  redirectPort: {
    env: 'GATEWAY_REDIRECT_PORT',
    kind: 'integer',
    min: 0,
    max: 65_535,
    says: 'A port on which plain http is answered with the way to https; none without it. Requests with a credential are refused there, and not led on.',
  },
});
