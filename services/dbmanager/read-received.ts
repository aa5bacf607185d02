// dbmanager: what SdI says of an invoice that it brought (MT), read from the message, and what does not fit together. Pure.
import { formatOf, warningsOf } from './received-findings.ts';
import { incomingMetadata } from '@staffetta/fatturapa/notices/incoming-metadata.ts';
import type { Judgement } from '@staffetta/fatturapa/check-aside.ts';
import type { IncomingInvoice } from '@staffetta/flow/messages.ts';
import { hash } from 'node:crypto';
import { storableId } from './arrived-notices.ts';
import { certifiedInstant } from './certified-instant.ts';
import { isStorable, storableText } from '@staffetta/platform/store/storable-text.ts';

/** The notice that came with an invoice, ready to be kept. */
export interface ReceivedMetadata {
  readonly sdiId: string;
  /** The file that it is about, as SdI names it. */
  readonly fileName: string;
  readonly messageId: string;
  /** FPA12, FPR12 or FSM10, as the document says, else as the notice says. */
  readonly format: string | null;
  readonly bytes: Buffer;
  readonly sha256: Buffer;
  /** The notice's own name. */
  readonly givenName: string | null;
  /** The PEC mailbox that it came to, in small letters. */
  readonly mailbox: string | null;
  /** When the mail that brought it was certified. */
  readonly certifiedAt: Date | null;
}

/** An invoice's metadata, and the judgement with what they add to it. */
export interface ReceivedReading {
  readonly metadata: ReceivedMetadata | undefined;
  readonly check: Judgement;
}

/** SdI let it through: whatever a check finds is no reason to refuse it, only worth knowing. */
function asWarnings(check: Judgement): Judgement {
  return { ...check, findings: check.findings.map((finding) => ({ ...finding, severity: 'warning' })) };
}

/**
 * Reads the notice MT that came with a received invoice. One that cannot be read never keeps the invoice out.
 * @param message the invoice
 * @param sha256 of the invoice's exact bytes
 * @param check the judgement on the invoice
 */
export function readReceived(message: IncomingInvoice, sha256: Buffer, check: Judgement): ReceivedReading {
  if (message.metadata === undefined) return { metadata: undefined, check };
  const bytes = Buffer.from(message.metadata, 'base64');
  const notice = incomingMetadata(bytes);
  const findings = [...warningsOf(notice, message, sha256), ...check.findings];
  const judged = asWarnings({ ...check, findings });
  if (!notice) return { metadata: undefined, check: judged };
  const sha = hash('sha256', bytes, 'buffer');
  const { metadataName: name, mailbox } = message;
  const metadata = {
    sdiId: storableId(notice.sdiId),
    fileName: storableText(notice.fileName, 255),
    messageId: storableId(notice.messageId ?? sha.toString('hex')),
    format: formatOf(check.envelope, notice),
    bytes,
    sha256: sha,
    givenName: name !== undefined && isStorable(name, 255) ? name : null,
    mailbox: mailbox !== undefined && isStorable(mailbox, 256) ? mailbox.toLowerCase() : null,
    certifiedAt: certifiedInstant(message.certifiedAt),
  };
  return { metadata, check: judged };
}
