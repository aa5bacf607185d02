// fatturapa: tells what a mail in a PEC mailbox is: a provider's receipt, something from SdI, somebody's PEC, or anything else.
import { readNotices } from '../notices/read-notices.ts';
import type { OpenedDocument } from '../open/opened-file.ts';
import { rootOf } from '../read/xml-tree.ts';
import { readText } from '../read-text.ts';
import { readDaticert, type Daticert } from './daticert.ts';
import { filesLeftOut, unreadParts } from './mail-findings.ts';
import { headerOf, readHeaders, textHeaderOf, type MailHeaders } from './mail-headers.ts';
import { mailLimits, type MailLimits } from './mail-limits.ts';
import {
  receiptKinds,
  type MailFacts,
  type MailFile,
  type MailInvoice,
  type NoticeFile,
  type OtherReason,
  type ReceiptKind,
  type PecMail,
  type ReceiptMail,
  type SdiMail,
  type UnderstoodMail,
} from './understood-mail.ts';
import { providerSignature, type MailVerification } from './provider-signature.ts';
import { contentOf, isInnerMessage, partsIn, textOf, walkMail, type MailPart, type MailTrouble } from './walk-mail.ts';

/** What is known about the mailbox, and how far to go. */
export interface MailOptions {
  /** Whose `sdiNN@` mailboxes are SdI's; another one for stand-ins. */
  readonly sdiDomain?: string;
  /** Where they are to differ from `mailLimits`. */
  readonly limits?: Partial<MailLimits>;
  /** How the provider's signature is verified; it is not where this is absent. */
  readonly verify?: MailVerification | undefined;
}

const textLengthMax = 2000;
const isReceiptKind = (word: string | undefined): word is ReceiptKind =>
  word !== undefined && (receiptKinds as readonly string[]).includes(word);

/** Only the properties that have a value. */
function present<T extends object>(of: { readonly [K in keyof T]: T[K] | undefined }): {
  [K in keyof T]?: Exclude<T[K], undefined>;
} {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as never;
}

function addressIn(text: string | undefined): string | undefined {
  const angled = text?.slice(text.lastIndexOf('<')) ?? '';
  const found =
    /<([^<>\s@]{1,200}@[^<>\s@]{1,200})>/.exec(angled) ??
    /([^<>\s@",;:]{1,200}@[^<>\s@",;:]{1,200})/.exec(text?.slice(0, 2000) ?? '');
  return found?.[1]?.toLowerCase();
}

function dateIn(text: string | undefined): string | undefined {
  const date = /\d{1,2}\s+[A-Za-z]{3}\s+\d{4}\s+\d\d:\d\d(?::\d\d)?\s*(?:[+-]\d{4}|[A-Z]{1,4})?/.exec(
    text?.slice(0, 200) ?? '',
  )?.[0];
  const instant = date === undefined ? Number.NaN : Date.parse(date);
  return Number.isNaN(instant) ? undefined : new Date(instant).toISOString();
}

function factsOf(headers: MailHeaders): MailFacts {
  return present({
    messageId: headerOf(headers, 'message-id'),
    subject: textHeaderOf(headers, 'subject'),
    from: addressIn(textHeaderOf(headers, 'from')),
    to: addressIn(textHeaderOf(headers, 'to')),
    date: dateIn(headerOf(headers, 'date')),
  });
}

/** Headers that every mail has some of; without any of them the bytes are something else. */
const mailHeaders = [
  'from',
  'to',
  'subject',
  'date',
  'message-id',
  'received',
  'return-path',
  'mime-version',
  'x-ricevuta',
  'x-trasporto',
];

function isMail(headers: MailHeaders): boolean {
  return mailHeaders.filter((name) => headers.values.has(name)).length >= 2;
}

/**
 * What the provider signed (RFC 1847 §2.1: the first part of multipart/signed). Anybody can attach daticert.xml to a mail, so that
 * nothing outside of this is taken for the provider's.
 */
function signedIn(root: MailPart): MailPart | undefined {
  return root.type === 'multipart/signed' ? root.parts[0] : undefined;
}

/** Only what the provider itself wrote: never what lies inside a message that it passes on. */
function certificateIn(signed: MailPart | undefined): Daticert | undefined {
  for (const part of signed ? partsIn(signed, false) : []) {
    if (part.name?.toLowerCase() === 'daticert.xml') return readDaticert(contentOf(part));
  }
  return undefined;
}

function plainTextIn(root: MailPart): string | undefined {
  for (const part of partsIn(root, false)) {
    if (part.type !== 'text/plain' || part.parts.length > 0) continue;
    const text = textOf(part).slice(0, textLengthMax).trim();
    if (text !== '') return text;
  }
  return undefined;
}

/** A mail on its way to be understood. */
interface Reading {
  readonly root: MailPart;
  /** What the provider signed; none where the mail is not built as PEC. */
  readonly signed: MailPart | undefined;
  readonly troubles: ReadonlySet<MailTrouble>;
  readonly facts: MailFacts;
  readonly daticert: Daticert | undefined;
  readonly limits: MailLimits;
  readonly sdiForm: RegExp;
  readonly verify: MailVerification | undefined;
}

/** What every mail in the form of PEC has. */
function commonOf(reading: Reading): PecMail {
  const { root, facts, daticert, troubles, verify } = reading;
  const judged = providerSignature({ root, from: facts.from, daticert }, verify);
  return { ...judged, findings: [...unreadParts(troubles), ...(judged.signature?.findings ?? [])] };
}

const faultless = new Set(['accettazione', 'presa-in-carico', 'avvenuta-consegna']);

function errorIn({ daticert, root }: Reading, receipt: ReceiptKind): ReceiptMail['error'] {
  if (faultless.has(receipt)) return undefined;
  const code = daticert?.error === 'nessuno' ? undefined : daticert?.error;
  return present({ code, text: daticert?.errorText ?? plainTextIn(root) });
}

function receiptFrom(reading: Reading, receipt: ReceiptKind): ReceiptMail {
  const { root, facts, daticert } = reading;
  const common = commonOf(reading);
  const said = headerOf(root.headers, 'x-riferimento-message-id');
  const more = present({
    // The header is not under the signature: anybody could point a provider's receipt to another mail.
    ofMessageId: common.signatureVerified ? (daticert?.messageId ?? said) : (said ?? daticert?.messageId),
    at: daticert?.at ?? facts.date,
    recipient: daticert?.deliveredTo ?? daticert?.recipients[0]?.address,
    subject: daticert?.subject ?? facts.subject?.replace(/^[A-Z .]+: /, ''),
    provider: daticert?.provider,
    error: errorIn(reading, receipt),
    daticert,
  });
  return {
    kind: 'receipt',
    ...common,
    receipt,
    ...more,
    facts,
  };
}

/** The message in a PEC envelope. */
function innerMessage(signed: MailPart | undefined): MailPart | undefined {
  for (const part of signed ? partsIn(signed, false) : []) if (isInnerMessage(part)) return part.parts[0];
  return undefined;
}

/**
 * Who sent what the envelope holds. Reply-To is the sender's own word, so that it never decides.
 */
function senderOf({ root, daticert }: Reading, inner: MailPart | undefined): string | undefined {
  if (daticert?.sender !== undefined) return daticert.sender.toLowerCase();
  const from = textHeaderOf(root.headers, 'from') ?? '';
  const onBehalf = /per conto di:?\s*"?\s*([^\s"<>@]{1,200}@[^\s"<>@]{1,200})/i.exec(from.slice(0, 2000))?.[1];
  return onBehalf?.toLowerCase() ?? (inner && addressIn(textHeaderOf(inner.headers, 'from')));
}

function isInvoice({ xml }: OpenedDocument): boolean {
  const file = readText(xml);
  const root = file.ok ? rootOf(file.text) : undefined;
  return root !== undefined && /^FatturaElettronica(?:Semplificata)?$/.test(root.local);
}

function filesIn(inner: MailPart): MailPart[] {
  return [...partsIn(inner, true)].filter(
    (part) =>
      part.parts.length === 0 &&
      !part.type.startsWith('multipart/') &&
      (part.name !== undefined || !part.type.startsWith('text/')),
  );
}

type ReadFiles = Pick<SdiMail, 'notices' | 'noticeFiles' | 'invoices' | 'others' | 'findings'>;

function readFiles(inner: MailPart, filesMax: number): ReadFiles {
  const [noticeFiles, invoices, others, findings] = [[], [], [], []] as [
    NoticeFile[],
    MailInvoice[],
    MailFile[],
    SdiMail['findings'][number][],
  ];
  const files = filesIn(inner);
  if (files.length > filesMax) findings.push(filesLeftOut(files.length - filesMax, filesMax));
  for (const part of files.slice(0, filesMax)) {
    const file: MailFile = { bytes: contentOf(part), ...present({ name: part.name }) };
    const read = readNotices(file.bytes, present({ name: part.name }));
    const found = read.documents.filter(isInvoice);
    if (read.notices.length > 0) noticeFiles.push({ ...file, notices: read.notices });
    invoices.push(...found.map((document) => ({ ...file, document })));
    findings.push(...read.findings.map((finding) => ({ ...present({ file: part.name }), ...finding })));
    if (read.notices.length + found.length === 0) others.push(file);
  }
  return { notices: noticeFiles.flatMap(({ notices }) => notices), noticeFiles, invoices, others, findings };
}

/** The last number of a subject such as `Notifica di scarto 6782414 (SIMULAZIONE)`. */
function idInSubject(subject: string): string | undefined {
  return /(?:^|\s)(\d{1,36})\s*(?:\([^()]{0,40}\)\s*)?$/.exec(subject)?.[1];
}

function fromSdi(reading: Reading, inner: MailPart, sender: string): SdiMail {
  const { root, daticert, facts, limits, sdiForm } = reading;
  const subject = (textHeaderOf(inner.headers, 'subject') ?? daticert?.subject ?? '').slice(0, 1000);
  const files = readFiles(inner, limits.filesMax);
  const replyTo = [daticert?.replyTo, addressIn(headerOf(root.headers, 'reply-to'))];
  const common = commonOf(reading);
  return {
    kind: 'sdi',
    ...common,
    sender,
    sdiAddress:
      replyTo
        .map((address) => address?.toLowerCase())
        .find((address) => address !== undefined && sdiForm.test(address)) ?? sender,
    simulation: /\(SIMULAZIONE\)/i.test(subject),
    ...files,
    findings: [...common.findings, ...files.findings],
    ...present({ sdiId: idInSubject(subject), subject: subject || undefined, text: plainTextIn(inner), daticert }),
    facts,
  };
}

function other(why: OtherReason, facts: MailFacts): UnderstoodMail {
  return { kind: 'other', why, facts };
}

function fromEnvelope(reading: Reading): UnderstoodMail {
  const { signed, facts, daticert, sdiForm } = reading;
  const inner = innerMessage(signed);
  const sender = senderOf(reading, inner);
  if (!inner) return other('emptyEnvelope', facts);
  if (sender !== undefined && sdiForm.test(sender)) return fromSdi(reading, inner, sender);
  const files = filesIn(inner).flatMap(({ name }) => name ?? []);
  const subject = textHeaderOf(inner.headers, 'subject') ?? daticert?.subject;
  const more = present({ sender, subject, daticert });
  return { kind: 'envelope', ...commonOf(reading), files, ...more, facts };
}

/** What a mail without the provider's header and signature around it is, whatever is attached to it. */
function uncertified({ facts, sdiForm }: Reading): UnderstoodMail {
  return other(facts.from !== undefined && sdiForm.test(facts.from) ? 'notCertified' : 'ordinary', facts);
}

function understand(reading: Reading): UnderstoodMail {
  const { root, signed, facts, daticert } = reading;
  const said = headerOf(root.headers, 'x-ricevuta')?.toLowerCase();
  const transport = headerOf(root.headers, 'x-trasporto')?.toLowerCase();
  if (transport === 'errore') return other('anomaly', facts);
  if (!signed || (said === undefined && transport === undefined)) return uncertified(reading);
  // The header says that it is a receipt or a transport; of which kind, what lies under the signature says first.
  const kind = daticert?.type ?? said ?? transport;
  if (said !== undefined && isReceiptKind(kind)) return receiptFrom(reading, kind);
  if (transport === 'posta-certificata' && kind === transport) return fromEnvelope(reading);
  return other('unknownReceipt', facts);
}

/** A mail that was not walked to its end may hold something behind; what is understood all the same stays understood. */
const troubleReasons: readonly (readonly [MailTrouble, OtherReason])[] = [
  ['depth', 'tooDeep'],
  ['parts', 'tooManyParts'],
];

function formOf(domain: string): RegExp {
  return new RegExp(`^sdi\\d{0,4}@${RegExp.escape(domain.toLowerCase())}$`);
}

/**
 * Understands a mail. Nothing throws, whatever the bytes; time is linear in them, memory a small multiple. The form of PEC is
 * always asked for, its header and a multipart/signed; the provider's signature is verified where `verify` says so, and
 * `signatureVerified` tells. SdI's own signature in a notice is not looked at (see `verifyNotice`).
 * @param bytes the mail as the server gave it (RFC 5322)
 * @param options which domain is SdI's, limits other than `mailLimits`, whom to trust
 */
export function understandMail(bytes: Uint8Array, options: MailOptions = {}): UnderstoodMail {
  const limits = { ...mailLimits, ...options.limits };
  const mail = withoutMark(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
  const headers = readHeaders(mail.subarray(0, limits.headerBytesMax), limits.headerBytesMax);
  const facts = factsOf(headers);
  if (!isMail(headers)) return other('noMail', facts);
  if (mail.length > limits.bytesMax) return other('tooLarge', facts);
  const { root, troubles } = walkMail(mail, limits);
  const sdiForm = formOf(options.sdiDomain ?? 'pec.fatturapa.it');
  const signed = signedIn(root);
  const daticert = certificateIn(signed);
  const { verify } = options;
  const understood = understand({ root, signed, troubles, facts, daticert, limits, sdiForm, verify });
  if (understood.kind !== 'other') return understood;
  const reason = troubleReasons.find(([trouble]) => troubles.has(trouble))?.[1];
  return reason === undefined ? understood : other(reason, facts);
}

/** Some programs save mails with a byte order mark or a blank line in front. */
function withoutMark(mail: Buffer): Buffer {
  let at = mail[0] === 0xef && mail[1] === 0xbb && mail[2] === 0xbf ? 3 : 0;
  while (mail[at] === 0x0d || mail[at] === 0x0a) at++;
  return mail.subarray(at);
}
