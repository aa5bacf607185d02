// sandbox: an invoice that SdI brings to one of its mailboxes: its number, its name, the notices that go with it.
import { buildFileName, parseTransmitter } from '@staffetta/fatturapa/file-name.ts';
import { fileKindOf } from '@staffetta/fatturapa/file-kind.ts';
import { answerId } from './decide-arrival.ts';
import { lookAtFile, type JudgedFile } from './judge-file.ts';
import type { SdiAnswer, SdiFile } from './sdi-records.ts';

/** An invoice for somebody. */
export interface InvoiceToBring {
  /** The mailbox that it is for. */
  readonly to: string;
  /** The exact bytes: XML or p7m. */
  readonly bytes: Uint8Array;
  /** Without it SdI names the file after the document's supplier. */
  readonly fileName?: string;
  /** FPA12, FPR12 or FSM10, where it is to be another than the document's. */
  readonly format?: string;
}

const formats: ReadonlySet<string> = new Set(['FPA12', 'FPR12', 'FSM10']);
const dayMs = 86_400_000;
/** A public body has fifteen days for its answer. */
const answerDays = 15;
/** Who is named where the document does not say. */
const someSupplier = 'IT01234567897';
const sequencesMax = 36 ** 5 - 1;

function nameFor({ supplier }: JudgedFile, sdiId: string, bytes: Uint8Array): string {
  const transmitter = parseTransmitter(supplier ?? someSupplier) ?? { idPaese: 'IT', idCodice: someSupplier.slice(2) };
  return buildFileName(transmitter, (Number(sdiId) % sequencesMax) + 1, fileKindOf(bytes));
}

/** The deadline's notice goes to the public body, too; it is called off once the body answered. */
function answersFor(sdiId: string, at: Date, isPublic: boolean): SdiAnswer[] {
  const madeAt = at.toISOString();
  const metadata: SdiAnswer = { id: answerId(sdiId, 1), sdiId, kind: 'MT', counter: 1, madeAt, dueAt: madeAt };
  if (!isPublic) return [metadata];
  const end = new Date(at.getTime() + answerDays * dayMs).toISOString();
  return [metadata, { id: answerId(sdiId, 2), sdiId, kind: 'DT', counter: 2, madeAt: end, dueAt: end }];
}

/**
 * Prepares an invoice that SdI brings. Nothing throws; what is no invoice is brought all the same.
 * @param invoice what and to whom
 * @param sdiId its number
 * @param at now, by the clock
 */
export function bringInvoice(
  invoice: InvoiceToBring,
  sdiId: string,
  at: Date,
): { readonly file: SdiFile; readonly answers: readonly SdiAnswer[] } {
  const seen = lookAtFile(invoice.fileName ?? '', invoice.bytes, at);
  const said = invoice.format ?? seen.format ?? '';
  const format = formats.has(said) ? said : 'FPR12';
  const { recipientCode, pec, supplier } = seen;
  const file: SdiFile = {
    sdiId,
    way: 'delivered',
    name: invoice.fileName ?? nameFor(seen, sdiId, invoice.bytes),
    mailbox: invoice.to,
    at: at.toISOString(),
    bytes: invoice.bytes.length,
    hash: seen.hash,
    family: format === 'FPA12' ? 'PA' : 'B2B',
    format,
    ...(recipientCode !== undefined && { recipientCode }),
    ...(pec !== undefined && { pec }),
    ...(supplier !== undefined && { supplier }),
    bodies: seen.bodies,
    errors: [],
    decided: 'MT',
  };
  return { file, answers: answersFor(sdiId, at, file.family === 'PA') };
}
