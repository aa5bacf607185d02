// sandbox: writes SdI's notices: the XML of the right family, signed, in a mail with SdI's own words.
import { noticeFileName } from '@staffetta/fatturapa/notices/notice-name.ts';
import { writeNotice, type NewNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import { signXades } from '@staffetta/fatturapa/signature/xades.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { plainText, safeName } from './safe-name.ts';
import type { MailedFile, SdiMail } from './sdi-mail.ts';
import type { SdiAnswer, SdiError, SdiFile } from './sdi-records.ts';
import { storedZip } from './stored-zip.ts';

const note = 'Sandbox Staffetta: nessun valore fiscale';
const errorsMax = 200;

/** SdI's words for each kind: the mail's subject, in front of the number. */
const subjects: Readonly<Record<SdiAnswer['kind'], string>> = {
  RC: 'Ricevuta di consegna',
  NS: 'Notifica di scarto',
  MC: 'Notifica di mancata consegna',
  NE: 'Notifica di esito',
  DT: 'Notifica di decorrenza termini',
  AT: 'Attestazione di avvenuta trasmissione con impossibilità di recapito',
  MT: 'Invio File',
  EC: 'Esito committente',
  SE: 'Notifica di scarto esito committente',
};

const recipientForm = /^[A-Z0-9]{6,7}$/;

/** What a notice is made of. */
interface Written {
  readonly file: SdiFile;
  readonly answer: SdiAnswer;
}

function codeOf({ recipientCode, family }: SdiFile): string {
  if (recipientCode !== undefined && recipientForm.test(recipientCode)) return recipientCode;
  return family === 'PA' ? '999999' : '0000000';
}

function recipientOf(file: SdiFile): { Codice: string; Descrizione: string } {
  return { Codice: codeOf(file), Descrizione: plainText(file.pec ?? 'Destinatario di prova', 300) };
}

function archiveOf({ archive }: SdiFile) {
  if (!archive) return {};
  return { RiferimentoArchivio: { IdentificativoSdI: archive.sdiId, NomeFile: safeName(archive.name) } };
}

/** Within the fourteen places of family PA. */
function messageIdOf({ sdiId, counter }: SdiAnswer): string {
  return `${sdiId}${String(counter).padStart(3, '0')}`.slice(-14);
}

function endOf({ file, answer }: Written) {
  const pec = file.messageId === undefined ? {} : { PecMessageId: plainText(file.messageId, 300) };
  return { MessageId: messageIdOf(answer), ...pec, Note: note };
}

function startOf({ file }: Written) {
  return { IdentificativoSdI: file.sdiId, NomeFile: safeName(file.name) };
}

function handledOf(written: Written) {
  return { ...startOf(written), DataOraRicezione: written.file.at, ...archiveOf(written.file) };
}

const numberForm = /^[\x20-\x7e]{1,20}$/;
const yearForm = /^\d{4}$/;

function invoiceOf({ file, answer }: Written) {
  const body = answer.position === undefined ? undefined : file.bodies[answer.position - 1];
  // A refused answer is told in its own words, as far as a notice can hold them.
  if (!body || !numberForm.test(body.number) || !yearForm.test(body.year)) return {};
  const place = answer.kind === 'SE' ? body.position : answer.position;
  const position = place === undefined || place < 1 ? {} : { PosizioneFattura: String(place) };
  return { RiferimentoFattura: { NumeroFattura: body.number, AnnoFattura: body.year, ...position } };
}

function errorsOf({ file, answer }: Written): readonly SdiError[] {
  return (answer.errors ?? file.errors).slice(0, errorsMax);
}

function publicErrors(written: Written) {
  const rows = errorsOf(written).map(({ code, description }) => ({
    Codice: code,
    Descrizione: plainText(description, 255),
  }));
  return { Errore: rows };
}

function privateErrors(written: Written) {
  const rows = errorsOf(written).map(({ code, description, suggestion }) => ({
    Codice: code,
    Descrizione: plainText(description, 1000),
    Suggerimento: plainText(suggestion, 2000),
  }));
  return { Errore: rows };
}

const undeliveredWords = 'Il file è stato accettato ma non è stato possibile recapitarlo al destinatario.';

function privateNotice(written: Written): NewNotice {
  const { file, answer } = written;
  const handled = { ...handledOf(written), Hash: file.hash, ...endOf(written) };
  if (answer.kind === 'NS') {
    return { family: 'B2B', kind: 'NS', object: { ...handled, ListaErrori: privateErrors(written) } };
  }
  if (answer.kind === 'MC') {
    const since = toRomeWallTime(new Date(answer.madeAt)).slice(0, 10);
    const object = { ...handled, DataMessaADisposizione: since, Descrizione: undeliveredWords };
    return { family: 'B2B', kind: 'MC', object };
  }
  if (answer.kind === 'MT') return privateMetadata(written);
  const object = { ...handled, DataOraConsegna: answer.madeAt, Destinatario: recipientOf(file) };
  return { family: 'B2B', kind: 'RC', object };
}

function metadataOf(written: Written) {
  const { file, answer } = written;
  return {
    ...startOf(written),
    CodiceDestinatario: codeOf(file),
    Formato: (file.format ?? 'FPR12').slice(0, 5),
    TentativiInvio: '1',
    MessageId: messageIdOf(answer),
    Note: note,
  };
}

function privateMetadata(written: Written): NewNotice {
  return { family: 'B2B', kind: 'MT', object: { ...metadataOf(written), Hash: written.file.hash } };
}

function esitoOf(written: Written): NewNotice {
  const { answer, file } = written;
  const said = answer.reason === undefined ? {} : { Descrizione: plainText(answer.reason, 255) };
  const EsitoCommittente = {
    IdentificativoSdI: file.sdiId,
    ...invoiceOf(written),
    Esito: answer.esito ?? 'EC01',
    ...said,
  };
  return { family: 'PA', kind: 'NE', object: { ...startOf(written), EsitoCommittente, ...endOf(written) } };
}

const buyersIdForm = /^[\x20-\x7e]{1,14}$/;

function rejectionOf(written: Written): NewNotice {
  const { answer, file } = written;
  const object = {
    IdentificativoSdI: file.sdiId,
    ...invoiceOf(written),
    Scarto: answer.rejection ?? 'EN00',
    ...(buyersIdForm.test(answer.buyersMessageId ?? '') && { MessageIdCommittente: answer.buyersMessageId }),
    ...endOf(written),
  };
  return { family: 'PA', kind: 'SE', object };
}

function aboutHandling(written: Written): NewNotice {
  const { file, answer } = written;
  const handled = { ...handledOf(written), ...endOf(written) };
  if (answer.kind === 'NS') {
    return { family: 'PA', kind: 'NS', object: { ...handled, ListaErrori: publicErrors(written) } };
  }
  if (answer.kind === 'MC') {
    return { family: 'PA', kind: 'MC', object: { ...handled, Descrizione: undeliveredWords } };
  }
  if (answer.kind === 'AT') {
    const object = { ...handled, Destinatario: recipientOf(file), HashFileOriginale: file.hash };
    return { family: 'PA', kind: 'AT', object };
  }
  const object = { ...handled, DataOraConsegna: answer.madeAt, Destinatario: recipientOf(file) };
  return { family: 'PA', kind: 'RC', object };
}

function publicNotice(written: Written): NewNotice {
  const { kind } = written.answer;
  if (kind === 'NE') return esitoOf(written);
  if (kind === 'MT') return { family: 'PA', kind: 'MT', object: metadataOf(written) };
  if (kind !== 'DT') return aboutHandling(written);
  const Descrizione = "Sono trascorsi 15 giorni dalla consegna senza risposta dell'ente.";
  const object = { ...startOf(written), ...invoiceOf(written), Descrizione, ...endOf(written) };
  return { family: 'PA', kind: 'DT', object };
}

function noticeOf(written: Written): NewNotice {
  // SdI refuses an answer in family PA, whatever the file that it is about.
  if (written.answer.kind === 'SE') return rejectionOf(written);
  return written.file.family === 'PA' ? publicNotice(written) : privateNotice(written);
}

/**
 * Writes a notice's mail. The same answer gives the same notice, byte for byte.
 * @param file what it is about
 * @param answer the notice
 * @param bytes gives the file's bytes, for the kinds that bring them along (AT, MT)
 * @param key SdI's own
 * @param send from which mailbox, and when
 */
export async function writeAnswer(
  file: SdiFile,
  answer: SdiAnswer,
  bytes: () => Promise<Buffer>,
  key: SigningKey,
  send: { readonly from: string; readonly at: Date },
): Promise<SdiMail> {
  const xml = writeNotice(noticeOf({ file, answer }));
  // SdI signs what it certifies; the data about an incoming file come as they are.
  const signed = answer.kind === 'MT' ? xml : await signXades(xml, key, { at: new Date(answer.madeAt) });
  const name = noticeFileName(safeName(file.name), answer.kind, answer.counter);
  const notice: MailedFile = { name, bytes: signed };
  return {
    id: answer.id,
    from: send.from,
    to: file.mailbox,
    subject: `${subjects[answer.kind]} ${file.sdiId}`,
    text: textOf(file, answer),
    files: await filesOf(notice, file, answer, bytes),
    at: send.at,
  };
}

async function filesOf(
  notice: MailedFile,
  file: SdiFile,
  { kind }: SdiAnswer,
  bytes: () => Promise<Buffer>,
): Promise<MailedFile[]> {
  if (kind === 'MT') return [notice, { name: safeName(file.name), bytes: await bytes() }];
  if (kind !== 'AT') return [notice];
  const inside = [{ name: safeName(file.name), bytes: await bytes() }, notice];
  return [{ name: notice.name.replace(/\.xml$/, '.zip'), bytes: storedZip(inside) }];
}

function textOf({ name, sdiId }: SdiFile, { kind }: SdiAnswer): string {
  return `${subjects[kind]}\r\nFile: ${safeName(name)}\r\nIdentificativo SdI: ${sdiId}\r\n${note}\r\n`;
}
