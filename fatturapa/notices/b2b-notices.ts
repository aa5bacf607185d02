// fatturapa: the notices about invoices between private parties (MessaggiFatturaTypes 1.0), as tables.
import { block, one, type Rows } from '../schema/schema.ts';
import { date } from '../schema/text-types.ts';
import type { NoticeKind } from './notice-kinds.ts';
import { b2bRows, rows } from './notice-rows.ts';
import { noticeNamespaces, type NoticeFlag, type NoticeSchema } from './notice-schema.ts';
import { attempts } from './notice-texts.ts';

function notice<const R extends Rows>(kind: NoticeKind, root: string, table: R, flag?: NoticeFlag): NoticeSchema<R> {
  const schema = {
    kind,
    family: 'B2B',
    root,
    namespace: noticeNamespaces.B2B,
    versions: ['1.0'],
    block: block(table),
  } as const;
  return { ...schema, ...(flag && { flag }) };
}

/** The notices of family B2B by their kinds. */
export const b2bNotices = {
  RC: notice(
    'RC',
    'RicevutaConsegna',
    {
      IdentificativoSdI: b2bRows.id,
      NomeFile: rows.nomeFile,
      Hash: rows.hash,
      DataOraRicezione: rows.ricevuto,
      DataOraConsegna: rows.consegnato,
      Destinatario: b2bRows.destinatario,
      RiferimentoArchivio: b2bRows.archivio,
      MessageId: b2bRows.messageId,
      PecMessageId: rows.pecMessageId,
      Note: rows.note,
    },
    'FlussoSemplificato',
  ),
  NS: notice('NS', 'RicevutaScarto', {
    IdentificativoSdI: b2bRows.id,
    NomeFile: rows.nomeFile,
    Hash: rows.hash,
    DataOraRicezione: rows.ricevuto,
    RiferimentoArchivio: b2bRows.archivio,
    ListaErrori: b2bRows.errori,
    MessageId: b2bRows.messageId,
    PecMessageId: rows.pecMessageId,
    Note: rows.note,
  }),
  MC: notice('MC', 'RicevutaImpossibilitaRecapito', {
    IdentificativoSdI: b2bRows.id,
    NomeFile: rows.nomeFile,
    Hash: rows.hash,
    DataOraRicezione: rows.ricevuto,
    DataMessaADisposizione: one(
      date,
      "Da quando il cliente trova la fattura nella sua area riservata dell'Agenzia delle Entrate",
      "Since when the customer finds the invoice in its own area on the revenue agency's site",
    ),
    RiferimentoArchivio: b2bRows.archivio,
    Descrizione: b2bRows.descrizione,
    MessageId: b2bRows.messageId,
    PecMessageId: rows.pecMessageId,
    Note: rows.note,
  }),
  MT: notice('MT', 'FileMetadati', {
    IdentificativoSdI: b2bRows.id,
    NomeFile: rows.nomeFile,
    Hash: rows.hash,
    CodiceDestinatario: rows.codiceDestinatario,
    Formato: rows.formato,
    TentativiInvio: one(attempts, 'Quanti tentativi di invio SdI ha fatto', 'How often SdI tried to deliver'),
    MessageId: b2bRows.messageId,
    Note: rows.note,
  }),
} as const;
