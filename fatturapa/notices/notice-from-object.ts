// fatturapa: what a notice says, taken out of its object: one row per kind.
import { explain } from '../check/sdi-codes.ts';
import type { DocumentFinding } from '../finding.ts';
import type { NoticeFamily, NoticeKind } from './notice-kinds.ts';
import { incomplete } from './notice-findings.ts';
import { noticeTime } from './notice-time.ts';
import { outcomeCode, rejectionCode } from './notice-texts.ts';
import type {
  InvoiceReference,
  Notice,
  NoticeArchive,
  NoticeError,
  NoticeObject,
  NoticeRecipient,
  NoticeTime,
} from './notice.ts';

type Fields = Readonly<Record<string, unknown>>;

/** Ends the making of a notice; it never leaves this file. */
class Lacking extends Error {
  readonly finding: DocumentFinding;

  constructor(finding: DocumentFinding) {
    super(finding.message.en);
    this.finding = finding;
  }
}

const none: Fields = {};

function blockIn(object: Fields, name: string): Fields {
  const block = object[name];
  return typeof block === 'object' && block !== null ? (block as Fields) : none;
}

/** The text without blanks around it; undefined where there is nothing else. */
function textIn(object: Fields, name: string): string | undefined {
  const text = object[name];
  return typeof text === 'string' ? text.trim() || undefined : undefined;
}

/** What SdI's ids look like, in both families and with room for others; never blank, never with controls. */
const idForm = /^[^\u0000-\u0020\u007f](?:[^\u0000-\u001f\u007f]{0,98}[^\u0000-\u0020\u007f])?$/;
/** Any name that a person may have given: SdI repeats also those that it refuses (00001). */
const nameForm = /^[^\u0000-\u001f\u007f]{1,255}$/;

function needed(object: Fields, name: string, form: RegExp, path = name): string {
  const text = textIn(object, name);
  if (text === undefined || !form.test(text)) throw new Lacking(incomplete(path, text));
  return text;
}

function neededCode<Code extends string>(
  object: Fields,
  name: string,
  codes: Readonly<Record<Code, unknown>>,
  path = name,
): Code {
  const text = textIn(object, name);
  if (text === undefined || !Object.hasOwn(codes, text)) throw new Lacking(incomplete(path, text));
  return text as Code;
}

/** Only the properties that have a value. */
function present<T extends object>(of: { readonly [K in keyof T]: T[K] | undefined }): {
  [K in keyof T]?: Exclude<T[K], undefined>;
} {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as never;
}

function timeIn(object: Fields, name: string): NoticeTime | undefined {
  const text = textIn(object, name);
  return text === undefined ? undefined : noticeTime(text);
}

function wholeIn(object: Fields, name: string): number | undefined {
  const text = textIn(object, name);
  return text !== undefined && /^\+?\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function recipientIn(object: Fields): NoticeRecipient | undefined {
  const block = blockIn(object, 'Destinatario');
  const recipient = present({ code: textIn(block, 'Codice'), description: textIn(block, 'Descrizione') });
  return Object.keys(recipient).length > 0 ? recipient : undefined;
}

function archiveIn(object: Fields): NoticeArchive | undefined {
  const block = blockIn(object, 'RiferimentoArchivio');
  const archive = present({ sdiId: textIn(block, 'IdentificativoSdI'), fileName: textIn(block, 'NomeFile') });
  return Object.keys(archive).length > 0 ? archive : undefined;
}

/** A reference without a number would speak of the whole file: rather no notice than a wrong one. */
function invoiceIn(object: Fields): InvoiceReference | undefined {
  if (object['RiferimentoFattura'] === undefined) return undefined;
  const block = blockIn(object, 'RiferimentoFattura');
  const number = needed(block, 'NumeroFattura', nameForm, 'RiferimentoFattura/NumeroFattura');
  const year = needed(block, 'AnnoFattura', /^\+?\d{1,9}$/, 'RiferimentoFattura/AnnoFattura');
  return { number, year, ...present({ position: wholeIn(block, 'PosizioneFattura') }) };
}

function errorOf(error: Fields): NoticeError {
  const code = textIn(error, 'Codice') ?? '';
  return {
    code,
    description: textIn(error, 'Descrizione') ?? '',
    ...present({ suggestion: textIn(error, 'Suggerimento') }),
    ...explain(code),
  };
}

function errorsIn(object: Fields): NoticeError[] {
  const list = blockIn(object, 'ListaErrori')['Errore'];
  return Array.isArray(list) ? list.map((error) => errorOf(error as Fields)) : [];
}

function file(object: Fields) {
  return { fileName: needed(object, 'NomeFile', nameForm) };
}

function handled(object: Fields, hashName = 'Hash') {
  return {
    ...file(object),
    ...present({
      receivedAt: timeIn(object, 'DataOraRicezione'),
      hash: textIn(object, hashName)?.toLowerCase(),
      archive: archiveIn(object),
    }),
  };
}

function answer(object: Fields, path = '') {
  return {
    outcome: neededCode(object, 'Esito', outcomeCode.codes, `${path}Esito`),
    ...present({
      description: textIn(object, 'Descrizione'),
      invoice: invoiceIn(object),
      buyersMessageId: textIn(object, 'MessageIdCommittente'),
    }),
  };
}

/** What each kind says beyond what all say. */
const readers: Readonly<Record<NoticeKind, (object: Fields, answerSigned: boolean) => object>> = {
  RC: (object) => ({
    ...handled(object),
    ...present({ deliveredAt: timeIn(object, 'DataOraConsegna'), recipient: recipientIn(object) }),
  }),
  NS: (object) => ({ ...handled(object), errors: errorsIn(object) }),
  MC: (object) => ({
    ...handled(object),
    ...present({
      availableSince: textIn(object, 'DataMessaADisposizione'),
      description: textIn(object, 'Descrizione'),
    }),
  }),
  NE: (object, answerSigned) => ({
    ...file(object),
    ...answer(blockIn(object, 'EsitoCommittente'), 'EsitoCommittente/'),
    answerSigned,
  }),
  DT: (object) => ({
    ...file(object),
    ...present({ invoice: invoiceIn(object), description: textIn(object, 'Descrizione') }),
  }),
  AT: (object) => ({ ...handled(object, 'HashFileOriginale'), ...present({ recipient: recipientIn(object) }) }),
  MT: (object) => {
    const code = textIn(object, 'CodiceDestinatario');
    return {
      ...file(object),
      ...present({
        hash: textIn(object, 'Hash')?.toLowerCase(),
        recipient: code === undefined ? undefined : { code },
        format: textIn(object, 'Formato'),
        attempts: wholeIn(object, 'TentativiInvio'),
      }),
    };
  },
  EC: (object) => answer(object),
  SE: (object) => ({
    rejection: neededCode(object, 'Scarto', rejectionCode.codes),
    ...present({ invoice: invoiceIn(object), buyersMessageId: textIn(object, 'MessageIdCommittente') }),
  }),
};

/** How a notice was written. */
export interface NoticeOutside {
  readonly kind: NoticeKind;
  readonly family: NoticeFamily;
  readonly namespace: string;
  readonly signed: boolean;
  /** Whether the answer inside of it (NE) is signed by the body. */
  readonly answerSigned: boolean;
  readonly bothSides: boolean;
}

function make(
  { kind, family, namespace, signed, answerSigned, bothSides }: NoticeOutside,
  object: NoticeObject,
): Notice {
  const facts = {
    kind,
    family,
    namespace,
    sdiId: needed(object, 'IdentificativoSdI', idForm),
    ...present({
      messageId: textIn(object, 'MessageId'),
      pecMessageId: textIn(object, 'PecMessageId'),
      note: textIn(object, 'Note'),
    }),
    signed,
    ...(bothSides && { bothSides }),
  };
  // The table of readers gives each kind what its type asks for; the compiler cannot see that across a table.
  return { ...facts, ...readers[kind](object, answerSigned), object } as unknown as Notice;
}

/**
 * Takes out of a notice's object what it says.
 * @param outside how it was written
 * @param object by the XML's names
 * @returns the notice, or a finding NOTICE_INCOMPLETE that names the element without which it says nothing
 */
export function noticeFromObject(
  outside: NoticeOutside,
  object: NoticeObject,
): { notice: Notice } | { lacking: DocumentFinding } {
  try {
    return { notice: make(outside, object) };
  } catch (error) {
    if (error instanceof Lacking) return { lacking: error.finding };
    throw error;
  }
}
