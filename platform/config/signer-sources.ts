// platform: where a signing key may come from; the signer opens it, and whoever refuses unsigned files must know that there is one.
import { defineSettings } from './settings.ts';

/** The rows of a settings table that name the signing key's place; at most one of them is set. */
export const signerSources = defineSettings({
  pkcs12: {
    env: 'SIGNER_PKCS12',
    kind: 'text',
    says: 'The PKCS#12 file (.p12, .pfx) with the key and the certificate that sign invoices.',
  },
  pkcs11Module: {
    env: 'SIGNER_PKCS11_MODULE',
    kind: 'text',
    says: "The PKCS#11 module (a shared library) of the token that signs; it comes with the token's software.",
  },
  remoteUrl: {
    env: 'SIGNER_REMOTE_URL',
    kind: 'url',
    says: 'The base URL of a remote signing service that speaks the protocol of docs/adr/0011-signing.md.',
  },
});
