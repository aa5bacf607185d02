// fatturapa: the notices about invoices to public bodies (MessaggiTypes 1.1), as tables.
import { block, one, optional, type Rows } from '../schema/schema.ts';
import { anyText } from '../schema/text-types.ts';
import { attempts, outcomeCode, rejectionCode } from './notice-texts.ts';
import { invoiceReference, paRecipient, paRows, recipientRowSays, rows } from './notice-rows.ts';
import { noticeNamespaces, type NoticeFlag, type NoticeSchema } from './notice-schema.ts';
import type { NoticeKind } from './notice-kinds.ts';

const buyersMessageId = optional(
  anyText(1, 14, 'preserve'),
  'Numero che il committente dà al suo messaggio',
  'Number that the buyer gives to its message',
);

const answerRows = {
  IdentificativoSdI: paRows.id,
  RiferimentoFattura: invoiceReference,
  Esito: one(outcomeCode, "La risposta dell'ente", "The body's answer"),
  Descrizione: optional(anyText(0, 255, 'preserve'), 'Motivo della risposta', 'Reason of the answer'),
  MessageIdCommittente: buyersMessageId,
};

function notice<const R extends Rows>(kind: NoticeKind, root: string, table: R, flag?: NoticeFlag): NoticeSchema<R> {
  const schema = {
    kind,
    family: 'PA',
    root,
    namespace: noticeNamespaces.PA,
    versions: ['1.0'],
    block: block(table),
  } as const;
  return { ...schema, ...(flag && { flag }) };
}

/** The notices of family PA by their kinds. */
export const paNotices = {
  RC: notice(
    'RC',
    'RicevutaConsegna',
    {
      IdentificativoSdI: paRows.id,
      NomeFile: rows.nomeFile,
      DataOraRicezione: rows.ricevuto,
      DataOraConsegna: rows.consegnato,
      // Obligatory in the official schema; SdI leaves it out while a channel is being accredited.
      Destinatario: optional(paRecipient, ...recipientRowSays),
      RiferimentoArchivio: paRows.archivio,
      MessageId: paRows.messageId,
      PecMessageId: rows.pecMessageId,
      Note: rows.note,
    },
    'IntermediarioConDupliceRuolo',
  ),
  NS: notice('NS', 'NotificaScarto', {
    IdentificativoSdI: paRows.id,
    NomeFile: rows.nomeFile,
    DataOraRicezione: rows.ricevuto,
    RiferimentoArchivio: paRows.archivio,
    ListaErrori: paRows.errori,
    MessageId: paRows.messageId,
    PecMessageId: rows.pecMessageId,
    Note: rows.note,
  }),
  MC: notice('MC', 'NotificaMancataConsegna', {
    IdentificativoSdI: paRows.id,
    NomeFile: rows.nomeFile,
    DataOraRicezione: rows.ricevuto,
    RiferimentoArchivio: paRows.archivio,
    Descrizione: paRows.descrizione,
    MessageId: paRows.messageId,
    PecMessageId: rows.pecMessageId,
    Note: rows.note,
  }),
  NE: notice(
    'NE',
    'NotificaEsito',
    {
      IdentificativoSdI: paRows.id,
      NomeFile: rows.nomeFile,
      EsitoCommittente: one(
        { ...block(answerRows), attributes: { versione: '1.0' } },
        "La risposta dell'ente, come l'ha mandata",
        "The body's answer as it sent it",
      ),
      MessageId: paRows.messageId,
      PecMessageId: rows.pecMessageId,
      Note: rows.note,
    },
    'IntermediarioConDupliceRuolo',
  ),
  DT: notice(
    'DT',
    'NotificaDecorrenzaTermini',
    {
      IdentificativoSdI: paRows.id,
      RiferimentoFattura: invoiceReference,
      NomeFile: rows.nomeFile,
      Descrizione: paRows.descrizione,
      MessageId: paRows.messageId,
      PecMessageId: rows.pecMessageId,
      Note: rows.note,
    },
    'IntermediarioConDupliceRuolo',
  ),
  AT: notice('AT', 'AttestazioneTrasmissioneFattura', {
    IdentificativoSdI: paRows.id,
    NomeFile: rows.nomeFile,
    DataOraRicezione: rows.ricevuto,
    RiferimentoArchivio: paRows.archivio,
    Destinatario: one(paRecipient, ...recipientRowSays),
    MessageId: paRows.messageId,
    PecMessageId: rows.pecMessageId,
    Note: rows.note,
    HashFileOriginale: rows.hash,
  }),
  MT: notice('MT', 'MetadatiInvioFile', {
    IdentificativoSdI: paRows.id,
    NomeFile: rows.nomeFile,
    CodiceDestinatario: rows.codiceDestinatario,
    Formato: rows.formato,
    TentativiInvio: one(attempts, 'Quanti tentativi di invio SdI ha fatto', 'How often SdI tried to deliver'),
    MessageId: paRows.messageId,
    Note: rows.note,
  }),
  EC: notice('EC', 'NotificaEsitoCommittente', answerRows),
  SE: notice('SE', 'ScartoEsitoCommittente', {
    IdentificativoSdI: paRows.id,
    RiferimentoFattura: invoiceReference,
    Scarto: one(rejectionCode, 'Perché SdI non prende la risposta', 'Why SdI does not take the answer'),
    MessageId: paRows.messageId,
    MessageIdCommittente: buyersMessageId,
    PecMessageId: rows.pecMessageId,
    Note: rows.note,
  }),
} as const;
