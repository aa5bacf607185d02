// signer: signs a batch of invoices, some at a time, and hands the signed files back; each that fails, fails alone.
import { HubError } from '@staffetta/flow/errors.ts';
import { speakAs } from '@staffetta/flow/events.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import type { KeyHolder } from './keys/key-holder.ts';
import type { MeasureSigning } from './metrics.ts';
import { signDocument } from './sign-document.ts';

type Unsigned = Incoming<'unsignedInvoice'>;

/** What the step works with. */
export interface Signing {
  readonly world: World;
  /** Undefined where no key is configured. */
  readonly holder: KeyHolder | undefined;
  readonly measure: MeasureSigning;
  /** How many are signed at the same time. */
  readonly concurrency: number;
}

const speak = speakAs('signer');

async function signOne(
  { message, eventId, correlationId, trace }: Unsigned,
  { world, holder, measure }: Signing,
): Promise<void> {
  if (!holder) {
    throw new HubError('SIGNING_FAILED', `${message.transmission.fileName} must be signed, and no key is configured.`);
  }
  const signed = await measure(async () => signDocument(message, await holder.key(), world.clock.now()));
  const event = speak('signedInvoice', message.invoiceId, signed, {
    // The same for a second signature of the same file: the dbmanager takes the first.
    eventId: `${signed.transmissionId}:signed`,
    correlationId,
    causationId: eventId,
    trace,
  });
  // Each by itself: a slow token would let the whole batch wait for its last file.
  await world.bus.publish([event]);
}

/**
 * Makes the step for `unsignedInvoice`. An invoice that comes twice is signed twice, and the dbmanager keeps the first file.
 * @param signing the key and how many at a time
 */
export function signInvoices(signing: Signing): FlowStep<'unsignedInvoice'> {
  return async (batch, signal) => {
    const failed: { event: Unsigned; error: unknown }[] = [];
    const waiting = batch.values();
    const work = async (): Promise<void> => {
      for (const event of waiting) {
        try {
          signal.throwIfAborted();
          await signOne(event, signing);
        } catch (error) {
          failed.push({ event, error });
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(signing.concurrency, batch.length) }, work));
    return failed;
  };
}
