// signer: how long signing takes, and whether its key may sign.
import { certificateFacts } from '@staffetta/fatturapa/signature/certificate-facts.ts';
import type { World } from '@staffetta/platform/service.ts';
import type { KeyHolder } from './keys/key-holder.ts';
import { keyStatus } from './key-status.ts';

/** Measures one signing. */
export type MeasureSigning = <T>(sign: () => Promise<T>) => Promise<T>;

/**
 * Registers the signer's metrics.
 * @param world clock and metrics
 * @param holder undefined where no key is configured
 */
export function addMetrics({ metrics, clock }: World, holder: KeyHolder | undefined): MeasureSigning {
  const names = ['staffetta_signing_key_ready', 'staffetta_signing_certificate_left_seconds'] as const;
  metrics.watch(
    'signingKey',
    names,
    () => {
      const now = clock.now();
      const certificate = holder?.state.key?.certificate;
      const leftMs = certificate && certificateFacts(certificate).validTo.getTime() - now.getTime();
      return {
        staffetta_signing_key_ready: [{ labels: {}, value: keyStatus(holder, now, 0).ready ? 1 : 0 }],
        staffetta_signing_certificate_left_seconds:
          leftMs === undefined ? [] : [{ labels: {}, value: Math.round(leftMs / 1000) }],
      };
    },
    0,
  );
  const seconds = metrics.histogram('staffetta_signature_seconds');
  return async (sign) => {
    const since = performance.now();
    let result = 'failed';
    try {
      const signed = await sign();
      result = 'signed';
      return signed;
    } finally {
      seconds.observe({ result }, (performance.now() - since) / 1000);
    }
  };
}
