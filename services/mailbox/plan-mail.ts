// mailbox: what is to be done with a mail: what it is in words, what it holds for whom, and why it is set aside. Pure.
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { tellMail } from '@staffetta/fatturapa/mail/tell-mail.ts';
import { understandMail, type MailOptions } from '@staffetta/fatturapa/mail/understand-mail.ts';
import type {
  MailInvoice,
  NoticeFile,
  OtherReason,
  ReceiptMail,
  SdiMail,
  UnderstoodMail,
} from '@staffetta/fatturapa/mail/understood-mail.ts';
import { fileStem } from '@staffetta/fatturapa/notices/notice-name.ts';
import type { IncomingNotice } from '@staffetta/fatturapa/notices/notice.ts';
import { recipientOf, type Recipient } from '@staffetta/fatturapa/recipient-of.ts';
import type { PecReceipt, SdiAddress } from '@staffetta/flow/messages.ts';
import { createHash } from 'node:crypto';
import { storableText } from '@staffetta/platform/store/storable-text.ts';
import type { Why } from './why-words.ts';

/** A receipt, as far as the mail itself says it. */
export type PlannedReceipt = Omit<PecReceipt, 'mailbox' | 'mailId' | 'sha256'>;

type SaidBy = NonNullable<SdiAddress['saidBy']>;

/** Something that a mail holds for somebody. `id` is the same whenever the mail is read again. */
export type Thing =
  | {
      readonly what: 'notice';
      readonly id: string;
      readonly name?: string;
      readonly bytes: Uint8Array;
      /** When the provider certified the mail, ISO 8601 in UTC: terms of the law count from it. */
      readonly certifiedAt?: string;
      /** The files that it tells of, by name and SdI's id: what is about one file keeps its order. */
      readonly about: readonly string[];
    }
  | {
      readonly what: 'invoice';
      readonly id: string;
      readonly name: string;
      readonly bytes: Uint8Array;
      readonly sdiId: string;
      readonly metadata: Uint8Array;
      readonly metadataName?: string;
      readonly recipient: Recipient;
      /** As of a notice: a public body's term to answer counts from it. */
      readonly certifiedAt?: string;
      readonly about: readonly string[];
    }
  | { readonly what: 'receipt'; readonly id: string; readonly receipt: PlannedReceipt }
  | {
      readonly what: 'address';
      readonly id: string;
      readonly address: string;
      readonly saidBy: SaidBy;
      /** Whom SdI wrote to, in lower case; nobody where the provider certifies no recipient. */
      readonly to: readonly string[];
    };

/** What people are shown of a mail. Texts can be stored. */
export interface MailSummary {
  readonly messageId?: string;
  readonly subject?: string;
  readonly from?: string;
  /** ISO 8601 in UTC, as the mail says. */
  readonly date?: string;
  readonly sdiId?: string;
  /** Lines that tell what it is. */
  readonly words: { readonly it: readonly string[]; readonly en: readonly string[] };
}

/** What a mail is and what is to be done with it. */
export interface MailPlan {
  readonly kind: UnderstoodMail['kind'];
  readonly summary: MailSummary;
  readonly things: readonly Thing[];
  /** Why a person has to look at it, once its things are handed over. */
  readonly aside?: Why;
  /** Why there is nothing to do, where that needs saying. */
  readonly idle?: Why;
}

const linesMax = 60;
const lineLengthMax = 1000;
/** `<fileName.transmissionId@domain>`, as the sender makes it. */
const ourMessageId = /^<[^<>\s@]+\.[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}@[^<>\s@]+>$/i;

function storable(text: string): string {
  return storableText(text, lineLengthMax);
}

function storableFields<T extends Readonly<Record<string, string | undefined>>>(
  fields: T,
): { [K in keyof T]?: string } {
  const known = Object.entries(fields).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(known.map(([name, text]) => [name, storable(text)])) as never;
}

function wordsIn(mail: UnderstoodMail, lang: 'it' | 'en'): string[] {
  return tellMail(mail, lang).slice(0, linesMax).map(storable);
}

function summaryOf(mail: UnderstoodMail): MailSummary {
  const { messageId, subject, from, date } = mail.facts;
  const sdiId = mail.kind === 'sdi' ? mail.sdiId : undefined;
  return {
    ...storableFields({ messageId, subject, from, date, sdiId }),
    words: { it: wordsIn(mail, 'it'), en: wordsIn(mail, 'en') },
  };
}

function idOf(what: Thing['what'], bytes: Uint8Array): string {
  return `${what}:${createHash('sha256').update(bytes).digest('hex')}`;
}

function reasonOf({ error }: ReceiptMail): string | undefined {
  const words = [error?.code, error?.text].filter((word) => word !== undefined);
  return words.length === 0 ? undefined : words.join(': ');
}

type Plan = Omit<MailPlan, 'kind' | 'summary'>;

/** Our Message-ID, where a receipt names it: some providers leave out its brackets, or put an id of their own into the header. */
function ourIdIn({ ofMessageId, daticert }: ReceiptMail): string | undefined {
  const named = [ofMessageId, daticert?.messageId].filter((id) => id !== undefined);
  return named
    .map((id) => `<${id.slice(0, lineLengthMax).replaceAll(/^[\s<]+|[\s>]+$/g, '')}>`)
    .find((id) => ourMessageId.test(id));
}

function planReceipt(mail: ReceiptMail): Plan {
  const { receipt, at, recipient, provider, daticert } = mail;
  const ofMessageId = ourIdIn(mail);
  if (ofMessageId === undefined) return { things: [], idle: 'NOT_OF_OURS' };
  const fields = storableFields({ recipient, provider, reason: reasonOf(mail) });
  const certificate = daticert && { daticert: daticert.xml };
  const planned = {
    receipt,
    ofMessageId: storable(ofMessageId),
    ...(at !== undefined && { at }),
    ...fields,
    ...certificate,
  };
  return { things: [{ what: 'receipt', id: 'receipt', receipt: planned }] };
}

interface Metadata {
  readonly notice: IncomingNotice;
  readonly file: NoticeFile;
}

function metadataIn(files: readonly NoticeFile[]): Metadata[] {
  return files.flatMap((file) =>
    file.notices.flatMap(({ notice }) => (notice.kind === 'MT' ? [{ notice, file }] : [])),
  );
}

/** Attachments with invoices that do not belong to a notice about a file of ours (an attestation brings our own along). */
function arrivedIn({ invoices, noticeFiles }: SdiMail): MailInvoice[] {
  const ours = new Set(noticeFiles.filter(holdsNews).map(({ bytes }) => bytes));
  const first = new Map<Uint8Array, MailInvoice>();
  for (const invoice of invoices) if (!first.has(invoice.bytes)) first.set(invoice.bytes, invoice);
  return [...first.values()].filter(({ bytes }) => !ours.has(bytes));
}

function holdsNews({ notices }: NoticeFile): boolean {
  return notices.some(({ notice }) => notice.kind !== 'MT');
}

function nameOf({ name, document }: MailInvoice): string | undefined {
  return name ?? document.name;
}

function metadataFor(invoice: MailInvoice, all: readonly Metadata[], alone: boolean): Metadata | undefined {
  const stem = fileStem(nameOf(invoice) ?? '');
  const named = all.find(({ notice, file }) => fileStem(notice.fileName) === stem || file.bytes === invoice.bytes);
  return named ?? (alone && all.length === 1 ? all[0] : undefined);
}

/** Codes that name nobody: whoever has no channel of its own, and customers abroad. */
const nobodysCode = /^(?:0{7}|X{7}|9{6})$/i;

function recipientIn({ document }: MailInvoice, { notice }: Metadata): Recipient {
  const said = recipientOf(document.xml);
  const code = notice.recipient?.code?.toUpperCase();
  if (said || code === undefined || nobodysCode.test(code)) return said ?? {};
  return { recipientCode: code };
}

/** Names and ids that mean a file, as keys; both, since not every notice names both. */
function fileKeys(fileName: string | undefined, sdiId: string): string[] {
  return [`sdi:${sdiId}`, ...(fileName === undefined ? [] : [`file:${fileStem(fileName)}`])];
}

function invoiceThing(invoice: MailInvoice, metadata: Metadata, certifiedAt: string | undefined): Thing {
  const { notice, file } = metadata;
  return {
    what: 'invoice',
    id: idOf('invoice', invoice.bytes),
    name: nameOf(invoice) ?? notice.fileName,
    bytes: invoice.bytes,
    sdiId: notice.sdiId,
    metadata: file.bytes,
    ...(file.name !== undefined && { metadataName: file.name }),
    recipient: recipientIn(invoice, metadata),
    ...(certifiedAt !== undefined && { certifiedAt }),
    about: fileKeys(notice.fileName, notice.sdiId),
  };
}

function noticeThing({ bytes, name, notices }: NoticeFile, certifiedAt: string | undefined): Thing {
  const known = { ...(name !== undefined && { name }), ...(certifiedAt !== undefined && { certifiedAt }) };
  const about = notices.flatMap(({ notice }) =>
    fileKeys('fileName' in notice ? notice.fileName : undefined, notice.sdiId),
  );
  return { what: 'notice', id: idOf('notice', bytes), bytes, ...known, about };
}

/** An answer about a file of ours says where the next ones go; an incoming invoice comes from there, too. */
function addressThing(
  { sdiAddress: address, daticert }: SdiMail,
  news: readonly unknown[],
  arrived: readonly unknown[],
): Thing[] {
  if (news.length + arrived.length === 0) return [];
  const to = (daticert?.recipients ?? []).map((recipient) => recipient.address.toLowerCase());
  return [{ what: 'address', id: 'address', address, saidBy: news.length > 0 ? 'answer' : 'invoice', to }];
}

const sdiFileName = /\.(?:xml|p7m|zip)$/i;

function wasCut({ code }: DocumentFinding): boolean {
  return code === 'MAIL_LIMIT';
}

/** What a person has to see to, whatever else the mail held. */
function leftOver(
  mail: SdiMail,
  metadata: readonly Metadata[],
  used: readonly Metadata[],
  arrived: number,
): Why | undefined {
  if (mail.findings.some(wasCut) || mail.others.some(({ name }) => sdiFileName.test(name ?? ''))) return 'PARTLY';
  if (arrived > used.length) return 'METADATA_MISSING';
  if (metadata.length > used.length) return 'INVOICE_MISSING';
  return mail.notices.length === 0 ? 'NOTHING_INSIDE' : undefined;
}

function planSdi(mail: SdiMail): Plan {
  const news = mail.noticeFiles.filter(holdsNews);
  const metadata = metadataIn(mail.noticeFiles);
  const arrived = arrivedIn(mail);
  const pairs = arrived.flatMap((invoice) => {
    const found = metadataFor(invoice, metadata, arrived.length === 1);
    return found ? [{ invoice, metadata: found }] : [];
  });
  const things: Thing[] = [
    ...news.map((file) => noticeThing(file, mail.daticert?.at)),
    ...pairs.map((pair) => invoiceThing(pair.invoice, pair.metadata, mail.daticert?.at)),
    ...addressThing(mail, news, pairs),
  ];
  const used = pairs.map((pair) => pair.metadata);
  const aside = leftOver(mail, metadata, used, arrived.length);
  return { things, ...(aside && { aside }) };
}

const otherWhy: Readonly<Record<OtherReason, Why>> = {
  ordinary: 'NOT_FOR_US',
  notCertified: 'NOT_CERTIFIED',
  anomaly: 'ANOMALY',
  emptyEnvelope: 'EMPTY_ENVELOPE',
  unknownReceipt: 'UNKNOWN_RECEIPT',
  noMail: 'NO_MAIL',
  tooLarge: 'TOO_LARGE',
  tooDeep: 'TOO_DEEP',
  tooManyParts: 'TOO_MANY_PARTS',
};

function planOf(mail: UnderstoodMail, { verify }: MailOptions): Plan {
  const counts = mail.kind === 'receipt' || mail.kind === 'sdi';
  if (counts && verify?.mode === 'require' && !mail.signatureVerified) return { things: [], aside: 'NOT_VERIFIED' };
  switch (mail.kind) {
    case 'receipt':
      return planReceipt(mail);
    case 'sdi':
      return planSdi(mail);
    case 'envelope':
      return { things: [], aside: 'NOT_FOR_US' };
    case 'other':
      return { things: [], aside: otherWhy[mail.why] };
  }
}

/**
 * Understands a mail and says what is to be done with it; the same bytes give the same plan.
 * @param bytes the mail as the server gave it
 * @param options as for `understandMail`; where its `verify` requires a signature, a mail without a good one holds nothing for anybody
 */
export function planMail(bytes: Uint8Array, options: MailOptions): MailPlan {
  const mail = understandMail(bytes, options);
  return { kind: mail.kind, summary: summaryOf(mail), ...planOf(mail, options) };
}
