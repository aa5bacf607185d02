// dbmanager: takes signed files: each becomes the content of its transmission, once, and goes on to the sender.
import { HubError } from '@staffetta/flow/errors.ts';
import type { EncodedEvent } from '@staffetta/flow/events.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import { uuidv7 } from '@staffetta/platform/ids.ts';
import type { FlowStep, Incoming, World } from '@staffetta/platform/service.ts';
import type { Tx } from '@staffetta/platform/store/store.ts';
import { hash } from 'node:crypto';
import { insertContents } from './contents.ts';
import { outgoingSignedEvent } from './invoice-events.ts';
import { readInvoices } from './invoice-views.ts';
import { lockInvoices, type InvoiceState } from './invoices.ts';
import { causeOf } from './on-incoming-invoice.ts';
import { clearToBeSigned, holdUnsigned, pointToSigned, type UnsignedTransmission } from './unsigned-transmissions.ts';

type Signed = Incoming<'signedInvoice'>;

/** A signed file, checked. */
interface SignedFile {
  readonly event: Signed;
  readonly invoiceId: string;
  readonly transmissionId: string;
  readonly contentId: string;
  readonly bytes: Buffer;
  readonly sha256: Buffer;
}

type TakenFile = SignedFile & Pick<UnsignedTransmission, 'fileName' | 'mailbox'>;

const uuidForm = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** An invoice in error goes on as one that waits does: what becomes known of it still counts (see the table of moves). */
const waiting: ReadonlySet<InvoiceStatus> = new Set(['INTERNAL_INVOICE_TOBE_SENT', 'INVOICE_ERROR']);

function readSigned(event: Signed): SignedFile {
  const { invoiceId, transmissionId, file, sha256: told } = event.message;
  if (!uuidForm.test(invoiceId) || !uuidForm.test(transmissionId)) {
    throw new HubError('MESSAGE_NOT_READABLE', 'The invoice id or the transmission id is no UUID.');
  }
  const bytes = Buffer.from(file, 'base64');
  const sha256 = hash('sha256', bytes, 'buffer');
  if (bytes.length === 0 || sha256.toString('hex') !== told.toLowerCase()) {
    throw new HubError('MESSAGE_NOT_READABLE', `The signed file of transmission ${transmissionId} arrived damaged.`);
  }
  const ids = { invoiceId: invoiceId.toLowerCase(), transmissionId: transmissionId.toLowerCase() };
  return { event, ...ids, contentId: uuidv7(), bytes, sha256 };
}

function readAll(batch: readonly Signed[]) {
  const files: SignedFile[] = [];
  const failed: { event: Signed; error: unknown }[] = [];
  for (const event of batch) {
    try {
      files.push(readSigned(event));
    } catch (error) {
      failed.push({ event, error });
    }
  }
  return { files, failed };
}

function goesOn({ transmissionId }: SignedFile, state: InvoiceState | undefined): boolean {
  return state !== undefined && state.transmissionId === transmissionId && waiting.has(state.status);
}

/** The first file for each transmission that still waits; a second signature of the same file would be another file. */
async function takeFresh(tx: Tx, files: readonly SignedFile[]): Promise<TakenFile[]> {
  const unsigned = await holdUnsigned(
    tx,
    files.map(({ transmissionId }) => transmissionId),
  );
  return files.flatMap((file) => {
    const waits = unsigned.get(file.transmissionId);
    unsigned.delete(file.transmissionId);
    return waits ? [{ ...file, fileName: waits.fileName, mailbox: waits.mailbox }] : [];
  });
}

async function tell(tx: Tx, taken: readonly TakenFile[]): Promise<EncodedEvent[]> {
  const views = await readInvoices(
    tx,
    taken.map(({ invoiceId }) => invoiceId),
  );
  return taken.flatMap(({ event, invoiceId, transmissionId, fileName, mailbox, bytes, sha256 }) => {
    const view = views.get(invoiceId);
    const file = { transmissionId, fileName, sha256: sha256.toString('hex'), mailbox, bytes };
    return view ? [outgoingSignedEvent(view, file, causeOf(event))] : [];
  });
}

/**
 * Makes the step for `signedInvoice`. Repeated and late files change nothing; a file for an invoice that does not exist, or that
 * arrived damaged, fails alone.
 * @param world store, bus and clock
 */
export function takeSignedInvoices(world: World): FlowStep<'signedInvoice'> {
  return async (batch) => {
    const { files, failed } = readAll(batch);
    if (files.length === 0) return failed;
    const unknown = await world.store.transaction(async (tx) => {
      const at = world.clock.now();
      const states = await lockInvoices(
        tx,
        files.map(({ invoiceId }) => invoiceId),
      );
      const byId = new Map(states.map((state) => [state.invoiceId, state]));
      const taken = await takeFresh(
        tx,
        files.filter((file) => goesOn(file, byId.get(file.invoiceId))),
      );
      if (taken.length > 0) {
        await insertContents(tx, taken);
        await pointToSigned(tx, taken, at);
        await clearToBeSigned(
          tx,
          taken.map(({ invoiceId }) => invoiceId),
          at,
        );
        world.bus.publishIn(tx, await tell(tx, taken));
      }
      return files.filter(({ invoiceId }) => !byId.has(invoiceId));
    });
    const missing = unknown.map(({ event, invoiceId }) => ({
      event,
      error: new HubError('INVOICE_UNKNOWN', `There is no invoice ${invoiceId}.`),
    }));
    return [...failed, ...missing];
  };
}
