// dbmanager: SdI's notices for its tests, and the events that bring them.
import type { NewNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';
import type { SdiNotice } from '@staffetta/flow/messages.ts';
import { eventOf } from './events.fixture.ts';

/** What notices of tests differ in. */
export interface NoticeSketch {
  /** The file that it names. */
  readonly fileName: string;
  readonly sdiId?: string;
  readonly messageId?: string;
  /** The archive that it came in. */
  readonly archive?: { readonly IdentificativoSdI: string; readonly NomeFile: string };
  /** SHA-256 of the file, in hexadecimal; B2B alone has it. */
  readonly hash?: string;
}

const times = {
  DataOraRicezione: '2026-11-25T10:00:00.000+01:00',
  DataOraConsegna: '2026-11-25T10:05:00.000+01:00',
} as const;

function headOf({ fileName, sdiId = '111', messageId = '1' }: NoticeSketch) {
  return { IdentificativoSdI: sdiId, NomeFile: fileName, MessageId: messageId };
}

function archiveOf({ archive }: NoticeSketch) {
  return archive && { RiferimentoArchivio: archive };
}

/** RC, B2B. */
export function delivered(sketch: NoticeSketch): NewNotice {
  return {
    family: 'B2B',
    kind: 'RC',
    object: { ...headOf(sketch), ...times, ...archiveOf(sketch), Hash: sketch.hash ?? '' },
  };
}

/** RC, PA. */
export function deliveredToOffice(sketch: NoticeSketch): NewNotice {
  return { family: 'PA', kind: 'RC', object: { ...headOf(sketch), ...times, ...archiveOf(sketch) } };
}

/** MC, B2B. */
export function undelivered(sketch: NoticeSketch): NewNotice {
  const { DataOraRicezione } = times;
  const object = { ...headOf(sketch), DataOraRicezione, DataMessaADisposizione: '2026-11-25', Hash: sketch.hash ?? '' };
  return { family: 'B2B', kind: 'MC', object };
}

/** MC, PA: SdI goes on trying for ten days. */
export function undeliveredToOffice(sketch: NoticeSketch): NewNotice {
  const { DataOraRicezione } = times;
  return { family: 'PA', kind: 'MC', object: { ...headOf(sketch), DataOraRicezione } };
}

/** NS, B2B, with these codes. */
export function discarded(sketch: NoticeSketch, codes: readonly string[]): NewNotice {
  const { DataOraRicezione } = times;
  const Errore = codes.map((Codice) => ({ Codice, Descrizione: `testo di ${Codice}`, Suggerimento: 'rifare' }));
  const errors = { ListaErrori: { Errore }, ...archiveOf(sketch) };
  const object = { ...headOf(sketch), DataOraRicezione, ...errors, Hash: sketch.hash ?? '' };
  return { family: 'B2B', kind: 'NS', object };
}

/** NS, B2B, about a file inside an archive. */
export function discardedPart(sketch: NoticeSketch, archive: string): NewNotice {
  const { DataOraRicezione } = times;
  const ListaErrori = { Errore: [{ Codice: '00311', Descrizione: 'codice', Suggerimento: 'rifare' }] };
  const RiferimentoArchivio = { IdentificativoSdI: '900', NomeFile: archive };
  const object = { ...headOf(sketch), DataOraRicezione, ListaErrori, RiferimentoArchivio, Hash: '' };
  return { family: 'B2B', kind: 'NS', object };
}

/** Which invoice of a lot. */
export interface InvoiceSketch {
  readonly number: string;
  readonly year?: string;
  /** Its place in the lot, from 1. */
  readonly position?: string;
}

function referenceOf(invoice: InvoiceSketch | undefined) {
  if (!invoice) return undefined;
  const { number, year = '2025', position } = invoice;
  const place = position !== undefined && { PosizioneFattura: position };
  return { RiferimentoFattura: { NumeroFattura: number, AnnoFattura: year, ...place } };
}

/** NE, about one invoice of the file or all of them. */
export function answered(sketch: NoticeSketch, Esito: 'EC01' | 'EC02', invoice?: InvoiceSketch): NewNotice {
  const { IdentificativoSdI } = headOf(sketch);
  const EsitoCommittente = { IdentificativoSdI, Esito, Descrizione: 'CIG mancante', ...referenceOf(invoice) };
  return { family: 'PA', kind: 'NE', object: { ...headOf(sketch), EsitoCommittente } };
}

/** DT. */
export function deadlinePassed(sketch: NoticeSketch, invoice?: InvoiceSketch): NewNotice {
  return { family: 'PA', kind: 'DT', object: { ...headOf(sketch), ...referenceOf(invoice) } };
}

/** AT. */
export function attested(sketch: NoticeSketch): NewNotice {
  const { DataOraRicezione } = times;
  const Destinatario = { Codice: 'ABC123', Descrizione: 'Ufficio' };
  const HashFileOriginale = sketch.hash ?? '';
  return { family: 'PA', kind: 'AT', object: { ...headOf(sketch), DataOraRicezione, Destinatario, HashFileOriginale } };
}

/** The event that brings a file. */
export function noticeEvent(file: Uint8Array, changes: Partial<SdiNotice> = {}) {
  const message = { file: Buffer.from(file).toString('base64'), source: 'rest', createdBy: 'sdi', ...changes } as const;
  return eventOf('sdiNotice', 'key', message);
}

/** The event that brings a notice. */
export function broughtBy(notice: NewNotice) {
  return noticeEvent(writeNotice(notice));
}
