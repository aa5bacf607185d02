// signer: what people are told of the key, and what its health says: away, expired, about to expire.
import { certificateFacts } from '@staffetta/fatturapa/signature/certificate-facts.ts';
import type { HealthCheck } from '@staffetta/platform/http/health.ts';
import type { Clock } from '@staffetta/platform/clock.ts';
import { settings } from './config.ts';
import type { KeyHolder } from './keys/key-holder.ts';

/** The key as it is shown; times are instants in UTC, ISO 8601. */
export interface KeyStatus {
  readonly ready: boolean;
  /** Where the key lies; absent where none is configured. */
  readonly place?: string;
  readonly subject?: string;
  readonly issuer?: string;
  readonly serialNumber?: string;
  readonly algorithm?: string;
  readonly validFrom?: string;
  readonly validTo?: string;
  readonly selfSigned?: boolean;
  /** What is wrong and what to do. */
  readonly trouble?: string;
}

const noKey = `No signing key is configured: set ${settings.pkcs12.env}, ${settings.pkcs11Module.env} or ${settings.remoteUrl.env}.`;

function troubleOfValidity(from: Date, to: Date, now: Date, warningMs: number): string | undefined {
  if (now > to) return `The certificate expired on ${to.toISOString()}: nothing is signed until it is renewed.`;
  if (now < from) return `The certificate is valid only from ${from.toISOString()}.`;
  if (to.getTime() - now.getTime() > warningMs) return undefined;
  return `The certificate expires on ${to.toISOString()}: renew it before that day.`;
}

/**
 * Tells what is known of the key.
 * @param holder undefined where no key is configured
 * @param now the instant
 * @param warningMs how long before its end a certificate counts as trouble
 */
export function keyStatus(holder: KeyHolder | undefined, now: Date, warningMs: number): KeyStatus {
  if (!holder) return { ready: false, trouble: noKey };
  const { key, trouble } = holder.state;
  const place = holder.says;
  if (!key) return { ready: false, place, trouble: trouble?.message ?? 'The key is being opened.' };
  const { validFrom, validTo, ...facts } = certificateFacts(key.certificate);
  const wrong = troubleOfValidity(validFrom, validTo, now, warningMs);
  return {
    ready: now >= validFrom && now <= validTo,
    place,
    ...facts,
    algorithm: key.algorithm,
    validFrom: validFrom.toISOString(),
    validTo: validTo.toISOString(),
    ...(wrong !== undefined && { trouble: wrong }),
  };
}

/**
 * Makes the health part of the key; it never turns readiness off.
 * @param holder undefined where no key is configured
 * @param clock tells the time
 * @param warningMs how long before its end a certificate shows as degraded
 */
export function keyHealth(holder: KeyHolder | undefined, clock: Clock, warningMs: number): HealthCheck {
  return {
    name: 'key',
    essential: false,
    async check() {
      const { trouble } = keyStatus(holder, clock.now(), warningMs);
      if (trouble !== undefined) throw new Error(trouble);
    },
  };
}
