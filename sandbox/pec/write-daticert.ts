// sandbox: writes daticert.xml, what a PEC provider certifies about a mail (DM 2 November 2005, technical rules §7.4).
import { toRomeWallTime } from '@staffetta/platform/clock.ts';

/** What is certified. */
export interface Certified {
  /** `accettazione`, `avvenuta-consegna`, `posta-certificata` … */
  readonly type: string;
  readonly error?: { readonly code: string; readonly text: string };
  readonly sender: string;
  readonly recipients: readonly string[];
  readonly subject: string;
  readonly at: Date;
  /** The provider's own id of the mail, without angle brackets. */
  readonly id: string;
  /** Message-ID that the sender gave, with its angle brackets. */
  readonly messageId: string;
  /** The mailbox that was or was not reached. */
  readonly deliveredTo?: string;
  /** How much of the mail the receipt repeats. */
  readonly receiptType?: string;
}

/** The provider's name in what it certifies. */
export const providerName = 'Gestore PEC di prova (sandbox)';

function escaped(text: string): string {
  const allowed = text.toWellFormed().replaceAll(/[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '');
  return allowed.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function element(name: string, text: string | undefined): string {
  return text === undefined ? '' : `<${name}>${escaped(text)}</${name}>`;
}

/** Rome's wall time and its distance from UTC, as `+0100`. */
function romeTime(at: Date): { readonly day: string; readonly time: string; readonly zone: string } {
  const wall = toRomeWallTime(at).slice(0, 19);
  const [date = '', time = ''] = wall.split('T');
  const [year, month, day] = date.split('-');
  const hours = Math.round((Date.parse(`${wall}Z`) - at.getTime()) / 3_600_000);
  return { day: `${day}/${month}/${year}`, time, zone: `+0${hours}00` };
}

/**
 * Writes the file.
 * @param certified what is certified
 * @returns XML, UTF-8
 */
export function writeDaticert(certified: Certified): Buffer {
  const { type, error, sender, recipients, subject, at, id, messageId, deliveredTo, receiptType } = certified;
  const { day, time, zone } = romeTime(at);
  const to = recipients.map((address) => `<destinatari tipo="certificato">${escaped(address)}</destinatari>`);
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<postacert tipo="${escaped(type)}" errore="${escaped(error?.code ?? 'nessuno')}">`,
    `<intestazione>${element('mittente', sender)}${to.join('')}${element('risposte', sender)}${element('oggetto', subject)}</intestazione>`,
    `<dati>${element('gestore-emittente', providerName)}`,
    `<data zona="${zone}">${element('giorno', day)}${element('ora', time)}</data>`,
    `${element('identificativo', id)}${element('msgid', messageId)}`,
    receiptType === undefined ? '' : `<ricevuta tipo="${escaped(receiptType)}"/>`,
    `${element('consegna', deliveredTo)}${element('errore-esteso', error?.text)}</dati></postacert>`,
  ];
  return Buffer.from(lines.filter((line) => line !== '').join('\n'));
}
