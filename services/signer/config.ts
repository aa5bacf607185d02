// signer: its settings.
import { HubError } from '@staffetta/flow/errors.ts';
import { defineSettings, type SettingsOf } from '@staffetta/platform/config/settings.ts';
import { signerSources } from '@staffetta/platform/config/signer-sources.ts';

/** The signer's settings' table. */
export const settings = defineSettings({
  ...signerSources,
  pkcs12Password: { env: 'SIGNER_PKCS12_PASSWORD', kind: 'secret', says: "The PKCS#12 file's password." },
  pkcs12PasswordFile: {
    env: 'SIGNER_PKCS12_PASSWORD_FILE',
    kind: 'text',
    says: 'A file with that password instead; a line break at its end does not count.',
  },
  pkcs12Key: {
    env: 'SIGNER_PKCS12_KEY',
    kind: 'text',
    says: 'The friendly name (alias) of the key, where the PKCS#12 file holds several.',
  },
  pkcs11Token: {
    env: 'SIGNER_PKCS11_TOKEN',
    kind: 'text',
    says: 'The label of the token, where the module sees several.',
  },
  pkcs11Key: {
    env: 'SIGNER_PKCS11_KEY',
    kind: 'text',
    says: 'The label of the private key, where the token holds several.',
  },
  pkcs11Pin: { env: 'SIGNER_PKCS11_PIN', kind: 'secret', says: "The token's PIN." },
  pkcs11PinFile: {
    env: 'SIGNER_PKCS11_PIN_FILE',
    kind: 'text',
    says: 'A file with that PIN instead; a line break at its end does not count.',
  },
  remoteSecret: {
    env: 'SIGNER_REMOTE_SECRET',
    kind: 'secret',
    says: 'What the remote signing service knows us by; sent as a bearer token.',
  },
  remoteSecretFile: {
    env: 'SIGNER_REMOTE_SECRET_FILE',
    kind: 'text',
    says: 'A file with that secret instead; a line break at its end does not count.',
  },
  remoteTimeoutMs: {
    env: 'SIGNER_REMOTE_TIMEOUT',
    kind: 'durationMs',
    default: 10_000,
    min: 100,
    max: 300_000,
    says: 'How long the remote signing service may take to answer.',
  },
  certificate: {
    env: 'SIGNER_CERTIFICATE',
    kind: 'text',
    says: "A file (PEM or DER) with the signer's certificate and those above it, where token or service does not give them.",
  },
  expiryWarningMs: {
    env: 'SIGNER_EXPIRY_WARNING',
    kind: 'durationMs',
    default: 30 * 86_400_000,
    min: 0,
    says: "How long before the certificate's end its health shows as degraded.",
  },
  batchMax: {
    env: 'SIGNER_BATCH_MAX',
    kind: 'integer',
    default: 50,
    min: 1,
    max: 1000,
    says: 'How many invoices are taken at once.',
  },
  concurrency: {
    env: 'SIGNER_CONCURRENCY',
    kind: 'integer',
    default: 4,
    min: 1,
    max: 64,
    says: 'How many of them are signed at the same time; a token signs one after another whatever this says.',
  },
  tries: {
    env: 'SIGNER_TRIES',
    kind: 'integer',
    default: 8,
    min: 1,
    live: true,
    says: 'How often an invoice whose signature fails is tried before it becomes a dead letter.',
  },
  retryDelaysMs: {
    env: 'SIGNER_RETRY_DELAYS',
    kind: 'durationsMs',
    // Running total: 1 s, 6 s, 36 s, 2.6 min, 12.6 min, 42.6 min, 1 h 43 min.
    default: [1000, 5000, 30_000, 120_000, 600_000, 1_800_000, 3_600_000],
    live: true,
    says: 'The waits between those tries; the last one repeats.',
  },
});

/** The signer's settings as they were read. */
export type SignerSettings = SettingsOf<typeof settings>;

/** Where the key lies; `trial` makes one, `none` is production without any. */
export type KeyPlace = 'pkcs12' | 'pkcs11Module' | 'remoteUrl' | 'trial' | 'none';

const places = ['pkcs12', 'pkcs11Module', 'remoteUrl'] as const;

/**
 * Decides where the key is taken from.
 * @param values the settings
 * @param profile dev makes a trial key where nothing is set
 * @throws HubError SETTING_WRONG where several places are named
 */
export function keyPlaceOf(values: SignerSettings, profile: 'dev' | 'production'): KeyPlace {
  const [first, ...others] = places.filter((place) => values[place] !== undefined);
  if (others.length > 0) {
    const names = places.map((place) => settings[place].env).join(', ');
    throw new HubError('SETTING_WRONG', `Only one of ${names} may be set: one key signs.`);
  }
  return first ?? (profile === 'dev' ? 'trial' : 'none');
}
