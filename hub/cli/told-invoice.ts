// hub: an invoice as the hub's answers tell it, as far as the command line shows it.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import type { InvoiceStatus } from '@staffetta/flow/statuses.ts';
import type { ShownFinding } from './finding-line.ts';
import type { ClockedInvoice, ShownReceipts } from './status-clocks.ts';

/** A party of a document. */
export interface ToldParty {
  readonly nome?: string;
  readonly id?: string;
}

/** A document of an invoice's file; who issued it and for whom is told of one invoice alone, not in lists. */
export interface ToldDocument {
  readonly numero?: string;
  readonly data?: string;
  readonly totale?: string;
  readonly file?: string;
  readonly tipo?: string;
  readonly divisa?: string;
  readonly fornitore?: ToldParty;
  readonly cliente?: ToldParty;
  readonly words?: Sentence;
}

/** An invoice as a list tells it. */
export interface ListedInvoice {
  readonly invoiceNumber: number;
  readonly invoiceStatus: InvoiceStatus;
  readonly detail?: string;
  /** Where it stands; an older hub does not say it. */
  readonly words?: Sentence;
  readonly documents?: readonly ToldDocument[];
  readonly findings?: readonly ShownFinding[];
}

/** A file that was sent for it. */
export interface ToldTransmission {
  readonly fileName: string;
  readonly state: string;
  /** The one by which the invoice stands. */
  readonly current?: boolean;
  readonly messageId?: string | null;
  readonly sdiId?: string | null;
  /** Rome's wall time. */
  readonly sentAt?: string | null;
  readonly reason?: string | null;
  readonly receipts?: ShownReceipts;
}

/** A notice of SdI. */
export interface ToldNotice {
  readonly kind: string;
  /** Rome's wall time. */
  readonly receivedAt: string;
  readonly words: { readonly it: readonly string[]; readonly en: readonly string[] };
}

/** What SdI says of an invoice that it brought. */
export interface ToldReceived {
  readonly sdiId: string;
  readonly fileName: string;
  readonly receivedAt: string;
  readonly answerBy?: string;
  readonly mayBeAnswered?: boolean;
}

/** A public body's answer to a received invoice. */
export interface ToldAnswer {
  readonly esito: 'EC01' | 'EC02';
  readonly descrizione?: string;
  readonly posizione?: number;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** One thing that happened to it; `at` is Rome's wall time. */
export interface ToldStep {
  readonly at: string;
  readonly event: Sentence;
  readonly details: readonly Sentence[];
}

/** One invoice with its story. */
export interface ToldInvoice extends ListedInvoice, ClockedInvoice {
  readonly correlationId?: string;
  readonly customer: { readonly customerId: number; readonly username?: string };
  /** The last day of the term to send again, `YYYY-MM-DD`. */
  readonly resendBy?: string;
  readonly trail?: readonly ToldStep[];
  readonly transmissions?: readonly ToldTransmission[];
  readonly notices?: readonly ToldNotice[];
  readonly received?: ToldReceived;
  readonly answers?: readonly ToldAnswer[];
}
