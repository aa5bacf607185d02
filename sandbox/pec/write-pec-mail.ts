// sandbox: writes what a PEC provider sends: its receipts, and the envelope around somebody's mail (DM 2 November 2005).
import { hash } from 'node:crypto';
import { readHeaders } from '@staffetta/fatturapa/mail/mail-headers.ts';
import { signMail } from '@staffetta/fatturapa/mail/sign-mail.ts';
import type { ReceiptKind } from '@staffetta/fatturapa/mail/understood-mail.ts';
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import { readMail } from '../mail-summary.ts';
import type { SdiMail } from '../sdi/sdi-mail.ts';
import { bytesOf, filePart, headerDate, headerText, messagePart, mixed, textPart } from './compose-mime.ts';
import type { Entity } from './compose-mime.ts';
import { providerAddress } from './provider-key.ts';
import { writeDaticert } from './write-daticert.ts';
import type { Certified } from './write-daticert.ts';

/** A mail that was handed to the provider. */
export interface HandedMail {
  /** The sandbox's name for it. */
  readonly id: string;
  readonly from: string;
  readonly to: readonly string[];
  readonly messageId: string;
  readonly subject: string;
  readonly raw: Buffer;
  /** X-TipoRicevuta: `completa`, `breve` or `sintetica`. */
  readonly receiptType: string;
}

/** A receipt to be written. */
export interface ReceiptToWrite {
  /** Its own name, different for each receipt. */
  readonly id: string;
  readonly kind: ReceiptKind;
  readonly mail: HandedMail;
  /** The mailbox that it is about; the receipts of acceptance are about all. */
  readonly recipient: string;
  readonly at: Date;
}

interface Words {
  /** What stands in front of the subject. */
  readonly title: string;
  readonly says: (recipient: string) => string;
  readonly error?: Certified['error'];
}

const tooLate = 'SUPERAMENTO DEL TEMPO MASSIMO';

const wordsOf: Readonly<Record<ReceiptKind, Words>> = {
  accettazione: { title: 'ACCETTAZIONE', says: () => 'è stato accettato dal sistema ed inoltrato.' },
  'non-accettazione': {
    title: 'AVVISO DI NON ACCETTAZIONE',
    says: () => 'non è stato accettato: il sistema non lo inoltra a nessuno.',
    error: { code: 'altro', text: '5.7.1 - Gestore di prova - il messaggio è stato rifiutato (così vuole la sandbox)' },
  },
  'presa-in-carico': { title: 'PRESA IN CARICO', says: () => 'è stato preso in carico.' },
  'avvenuta-consegna': {
    title: 'CONSEGNA',
    says: (recipient) => `è stato consegnato nella casella di destinazione ${recipient}.`,
  },
  'preavviso-errore-consegna': {
    title: `AVVISO DI MANCATA CONSEGNA PER ${tooLate}`,
    says: (recipient) =>
      `non è stato consegnato a ${recipient} nelle prime dodici ore dal suo invio. Il sistema tenta ancora fino a ventiquattro ore.`,
    error: { code: 'altro', text: '4.4.7 - Gestore di prova - messaggio non consegnato entro 12 ore' },
  },
  'errore-consegna': {
    title: 'AVVISO DI MANCATA CONSEGNA',
    says: (recipient) => `non è stato consegnato a ${recipient}: il sistema non tenta più.`,
    error: { code: 'no-dest', text: '5.1.1 - Gestore di prova - indirizzo o casella non raggiungibile' },
  },
  'rilevazione-virus': {
    title: 'PROBLEMA DI SICUREZZA',
    says: () => 'contiene un virus e non è stato inoltrato.',
    error: { code: 'virus', text: '5.7.1 - Gestore di prova - rilevato un virus di prova' },
  },
};

const headerBytesMax = 256 * 1024;
const idHost = providerAddress.slice(providerAddress.indexOf('@') + 1);

/** The same name gives the same id: a mail that goes out twice is one mail (RFC 5322 §3.6.4). */
function idOf(name: string): string {
  return `sandbox.${hash('sha256', name, 'hex').slice(0, 32)}@${idHost}`;
}

function boundaryOf(name: string, level: string): string {
  return `----=_${level}_${hash('sha256', name, 'hex').slice(0, 32)}`;
}

function romeSentence(subject: string, from: string, to: readonly string[]): string {
  return `Il messaggio con oggetto "${subject}" inviato da "${from}"\ned indirizzato a:\n${to.join('\n')}\n`;
}

async function signedMail(headers: readonly string[], content: Entity, key: SigningKey, at: Date): Promise<Buffer> {
  const signed = await signMail(bytesOf(content), key, { at });
  return Buffer.concat([Buffer.from(`${[...headers, 'MIME-Version: 1.0'].join('\r\n')}\r\n`), signed]);
}

/** How much of the mail the receipt of its delivery repeats (technical rules §6.5.2): all, hashes for its files, or nothing. */
async function repeated({ id, raw, receiptType }: HandedMail): Promise<Entity[]> {
  if (receiptType === 'completa') return [messagePart('postacert.eml', raw)];
  if (receiptType !== 'breve') return [];
  const { values } = readHeaders(raw, headerBytesMax);
  const names = ['From', 'To', 'Subject', 'Date', 'Message-ID'];
  const headers = names.flatMap((name) => values.get(name.toLowerCase())?.map((text) => `${name}: ${text}`) ?? []);
  const { files } = await readMail(raw);
  const hashes = files.map(({ name, content }) => {
    return filePart(`${name}.hash`, Buffer.from(`SHA256;${hash('sha256', content, 'hex')}`));
  });
  const inside = mixed(boundaryOf(id, 'breve'), [
    textPart('Gli allegati sono sostituiti dalla loro impronta.'),
    ...hashes,
  ]);
  return [
    messagePart(
      'postacert.eml',
      bytesOf({ headers: [...headers, 'MIME-Version: 1.0', ...inside.headers], body: inside.body }),
    ),
  ];
}

function certifiedBy({ id, kind, mail, recipient, at }: ReceiptToWrite): Certified {
  const { error } = wordsOf[kind];
  const isAboutAll = kind === 'accettazione' || kind === 'non-accettazione';
  return {
    type: kind,
    sender: mail.from,
    recipients: mail.to,
    subject: mail.subject,
    at,
    id: idOf(id),
    messageId: mail.messageId,
    ...(error && { error }),
    ...(!isAboutAll && { deliveredTo: recipient, receiptType: mail.receiptType }),
  };
}

/**
 * Writes a receipt.
 * @param receipt what about
 * @param key the provider's
 * @returns a mail of the form that providers use: X-Ricevuta, X-Riferimento-Message-ID, multipart/signed around text and daticert.xml;
 *   that of a delivery repeats as much of the mail as its sender asked for
 */
export async function writeReceipt(receipt: ReceiptToWrite, key: SigningKey): Promise<Buffer> {
  const { id, kind, mail, recipient, at } = receipt;
  const { title, says } = wordsOf[kind];
  const text = `-- ${title} --\n\n${romeSentence(mail.subject, mail.from, mail.to)}${says(recipient)}\n`;
  const parts = [textPart(text), filePart('daticert.xml', writeDaticert(certifiedBy(receipt)), 'application/xml')];
  if (kind === 'avvenuta-consegna') parts.push(...(await repeated(mail)));
  const headers = [
    `Return-Path: <${providerAddress}>`,
    `From: ${providerAddress}`,
    `To: ${mail.from}`,
    `Subject: ${headerText(`${title}: ${mail.subject}`)}`,
    `Date: ${headerDate(at)}`,
    `Message-ID: <${idOf(id)}>`,
    `X-Ricevuta: ${kind}`,
    `X-Riferimento-Message-ID: ${headerText(mail.messageId)}`,
    ...(kind === 'avvenuta-consegna' ? [`X-TipoRicevuta: ${mail.receiptType}`] : []),
  ];
  return signedMail(headers, mixed(boundaryOf(id, 'gestore'), parts), key, at);
}

/**
 * Writes a mail of SdI in the provider's envelope.
 * @param mail what SdI sends
 * @param key the provider's
 * @returns a mail with postacert.eml inside, whose attachments are octet streams
 */
export async function writeEnvelope(mail: SdiMail, key: SigningKey): Promise<Buffer> {
  const { id, from, to, subject, text, files, at } = mail;
  const messageId = `<${hash('sha256', id, 'hex').slice(0, 32)}@${from.slice(from.indexOf('@') + 1)}>`;
  const inside = mixed(boundaryOf(id, 'interno'), [
    textPart(text),
    ...files.map(({ name, bytes }) => filePart(name, bytes)),
  ]);
  const addressed = [`From: ${from}`, `To: ${to}`];
  const rest = [`Date: ${headerDate(at)}`, `Message-ID: ${messageId}`, 'MIME-Version: 1.0'];
  const inner = bytesOf({
    headers: [...addressed, `Subject: ${headerText(subject)}`, ...rest, ...inside.headers],
    body: inside.body,
  });
  const certificate = writeDaticert({
    type: 'posta-certificata',
    sender: from,
    recipients: [to],
    subject,
    at,
    id: idOf(id),
    messageId,
    receiptType: 'breve',
  });
  const says = `Messaggio di posta certificata\n\n${romeSentence(subject, from, [to])}Il messaggio originale è incluso in allegato.\n`;
  const parts = [
    textPart(says),
    messagePart('postacert.eml', inner),
    filePart('daticert.xml', certificate, 'application/xml'),
  ];
  const headers = [
    `Return-Path: <${from}>`,
    `From: "Per conto di: ${from}" <${providerAddress}>`,
    `Reply-To: ${from}`,
    `To: ${to}`,
    `Subject: ${headerText(`POSTA CERTIFICATA: ${subject}`)}`,
    `Date: ${headerDate(at)}`,
    `Message-ID: <${idOf(id)}>`,
    `X-Riferimento-Message-ID: ${messageId}`,
    'X-Trasporto: posta-certificata',
    'X-TipoRicevuta: breve',
  ];
  return signedMail(headers, mixed(boundaryOf(id, 'busta'), parts), key, at);
}
