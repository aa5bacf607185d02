// dbmanager: what is said of a received invoice besides the judgement on its document. Pure.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import type { Envelope } from '@staffetta/fatturapa/envelope.ts';
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { IncomingNotice, RejectedAnswer } from '@staffetta/fatturapa/notices/notice.ts';
import type { Finding, IncomingInvoice } from '@staffetta/flow/messages.ts';
import { storableText } from '@staffetta/platform/store/storable-text.ts';

const askSupplier = {
  it: 'Confrontare il file con quello nell’area riservata dell’Agenzia delle Entrate, o chiederlo di nuovo al fornitore.',
  en: 'Compare the file with the one in the tax authority’s reserved area, or ask the supplier for it again.',
};

function hashDiffers(told: string): DocumentFinding {
  const message = {
    it: 'L’impronta (SHA-256) che SdI dichiara nei metadati non è quella del file arrivato.',
    en: 'The hash (SHA-256) that SdI states in the metadata is not that of the file that came.',
  };
  return { code: 'METADATA_HASH_DIFFERS', severity: 'warning', value: told, message, fix: askSupplier };
}

function nameDiffers(named: string): DocumentFinding {
  const message = {
    it: 'I metadati di SdI nominano un altro file: forse sono quelli di un’altra fattura.',
    en: 'SdI’s metadata name another file: perhaps they are those of another invoice.',
  };
  return {
    code: 'METADATA_NAME_DIFFERS',
    severity: 'warning',
    value: storableText(named, 255),
    message,
    fix: askSupplier,
  };
}

const notReadable: DocumentFinding = {
  code: 'METADATA_NOT_READABLE',
  severity: 'warning',
  message: {
    it: 'I metadati arrivati con la fattura non sono una notifica MT di SdI: non sono stati conservati.',
    en: 'The metadata that came with the invoice are no notice MT of SdI: they were not kept.',
  },
};

/** What is no SHA-256 in hexadecimal says nothing about the file. */
function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}

/**
 * Says what does not fit together between a file and SdI's data about it.
 * @param notice the MT, or undefined where it is none
 * @param message the invoice
 * @param sha256 of its exact bytes
 */
export function warningsOf(
  notice: IncomingNotice | undefined,
  { fileName }: Pick<IncomingInvoice, 'fileName'>,
  sha256: Buffer,
): DocumentFinding[] {
  if (!notice) return [notReadable];
  const told = notice.hash?.trim().toLowerCase() ?? '';
  const isOther = isHash(told) && told !== sha256.toString('hex');
  const isNamed = fileName === undefined || fileStem(fileName) === fileStem(notice.fileName);
  return [...(isOther ? [hashDiffers(told)] : []), ...(isNamed ? [] : [nameDiffers(notice.fileName)])];
}

const formats = ['FPA12', 'FPR12', 'FSM10'];

/**
 * Says in which format an invoice came, by which SdI decides whether somebody answers it.
 * @param envelope of the document, where it could be read
 * @param notice SdI's data about it
 */
export function formatOf(envelope: Envelope | undefined, { format }: Pick<IncomingNotice, 'format'>): string | null {
  return [envelope?.versione, format].find((one) => one !== undefined && formats.includes(one)) ?? null;
}

/**
 * The finding on a document that our own customer sent and SdI brings back.
 * @param invoiceNumber the number of the invoice that was sent
 */
export function ownDocument(invoiceNumber: number): DocumentFinding {
  return {
    code: 'OWN_DOCUMENT',
    severity: 'warning',
    value: String(invoiceNumber),
    message: {
      it: `È il documento che questo cliente ha inviato con la fattura numero ${invoiceNumber}: SdI lo riporta a chi lo ha emesso (autofattura).`,
      en: `This is the document that this customer sent with invoice ${invoiceNumber}: SdI brings it back to who wrote it (self-billing).`,
    },
    fix: { it: 'Non registrarlo una seconda volta.', en: 'Do not enter it a second time.' },
  };
}

/**
 * The finding on a received invoice that bears the SdI id of another one with other bytes.
 * @param sdiId SdI's id
 * @param invoiceNumber the number of the one that was here first
 */
export function sdiIdShared(sdiId: string, invoiceNumber: number): DocumentFinding {
  return {
    code: 'SDI_ID_SHARED',
    severity: 'warning',
    value: sdiId,
    message: {
      it: `L’identificativo SdI ${sdiId} è già quello della fattura numero ${invoiceNumber}, ma il file è diverso: anche questa è stata registrata, a parte.`,
      en: `The SdI id ${sdiId} is already that of invoice ${invoiceNumber}, but the file is another: this one was kept too, on its own.`,
    },
    fix: {
      it: `Confrontare questa fattura e la numero ${invoiceNumber} con il file nell’area riservata dell’Agenzia delle Entrate e registrare in contabilità solo quella giusta.`,
      en: `Compare this invoice and invoice ${invoiceNumber} with the file in the tax authority’s reserved area, and enter only the right one in the books.`,
    },
  };
}

const rejections: Readonly<Record<RejectedAnswer['rejection'], Finding['message']>> = {
  EN00: {
    it: 'SdI non ha accettato la risposta: il file dell’esito non è conforme al formato.',
    en: 'SdI did not take the answer: its file does not have the right format.',
  },
  EN01: {
    it: 'SdI non ha accettato la risposta: non è ammissibile (fattura già accettata o rifiutata, termine scaduto, o riferimento sbagliato).',
    en: 'SdI did not take the answer: it is not admissible (answered before, too late, or about another invoice).',
  },
};

/**
 * The finding on an answer that SdI did not take.
 * @param notice its notice
 */
export function answerDiscarded({ rejection }: Pick<RejectedAnswer, 'rejection'>): Finding {
  return {
    code: rejection,
    severity: 'warning',
    message: rejections[rejection],
    fix: {
      it: 'Controllare la fattura e, se i 15 giorni non sono passati, rispondere di nuovo.',
      en: 'Look at the invoice and, while the 15 days last, answer again.',
    },
  };
}

/** Said where SdI tells of a term that passed though an answer was sent. */
export const answerNotCounted: Finding = {
  code: 'ANSWER_NOT_COUNTED',
  severity: 'warning',
  message: {
    it: 'SdI comunica che nei 15 giorni non è arrivata alcuna risposta valida, benché ne sia stata inviata una.',
    en: 'SdI says that no valid answer came within the 15 days, though one was sent.',
  },
  fix: {
    it: 'Verificare le ricevute PEC della risposta e chiarire la fattura con il fornitore.',
    en: 'Look at the PEC receipts of the answer, and settle the invoice with the supplier.',
  },
};
