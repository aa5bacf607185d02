// bench: the mails that invoices bring back: two receipts of the provider and SdI's receipt of delivery for each.
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import { bytesOf, filePart, mixed, textPart } from '@staffetta/sandbox/pec/compose-mime.ts';
import { writeEnvelope, writeReceipt, type HandedMail } from '@staffetta/sandbox/pec/write-pec-mail.ts';
import { randomUUID } from 'node:crypto';
import { benchDocument } from './document.ts';

const sdi = 'sdi01@pec.fatturapa.it';
const noticeSpace = 'http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0';

function deliveryNotice(seed: number, fileName: string): Buffer {
  const at = '2026-11-20T10:00:00.000+01:00';
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?><ns:RicevutaConsegna xmlns:ns="${noticeSpace}" versione="1.0"><IdentificativoSdI>${seed}</IdentificativoSdI><NomeFile>${fileName}</NomeFile><DataOraRicezione>${at}</DataOraRicezione><DataOraConsegna>${at}</DataOraConsegna><Destinatario><Codice>ABC1234</Codice><Descrizione>Chi Riceve</Descrizione></Destinatario><MessageId>${seed}</MessageId></ns:RicevutaConsegna>`,
  );
}

function handedMail(seed: number, mailbox: string, fileName: string): HandedMail {
  const messageId = `<${fileName}.${randomUUID()}@staffetta.example>`;
  const [subject, id] = [`Invio ${fileName}`, `bench-${seed}`];
  const inside = mixed(`----=_${id}`, [textPart(subject), filePart(fileName, Buffer.from(benchDocument(seed)))]);
  const headers = [`From: ${mailbox}`, `To: ${sdi}`, `Subject: ${subject}`, `Message-ID: ${messageId}`];
  const raw = bytesOf({ headers: [...headers, 'MIME-Version: 1.0', ...inside.headers], body: inside.body });
  return { id, from: mailbox, to: [sdi], messageId, subject, raw, receiptType: 'completa' };
}

/**
 * Makes the three mails that come of one invoice that SdI delivers, of about 5, 17 and 6 KB.
 * @param seed tells the invoice from all others
 * @param mailbox whose they are
 * @param key the provider's
 */
export async function mailsOfInvoice(seed: number, mailbox: string, key: SigningKey): Promise<Buffer[]> {
  const fileName = `IT03123450672_${seed.toString(36).toUpperCase().padStart(5, '0')}.xml`;
  const mail = handedMail(seed, mailbox, fileName);
  const about = { mail, recipient: sdi, at: new Date() };
  const files = [{ name: fileName.replace('.xml', '_RC_001.xml'), bytes: deliveryNotice(seed, fileName) }];
  const subject = `Ricevuta di consegna ${seed}`;
  return Promise.all([
    writeReceipt({ ...about, kind: 'accettazione', id: `${seed}-a` }, key),
    writeReceipt({ ...about, kind: 'avvenuta-consegna', id: `${seed}-c` }, key),
    writeEnvelope({ id: `${seed}-n`, from: sdi, to: mailbox, subject, text: subject, files, at: about.at }, key),
  ]);
}
