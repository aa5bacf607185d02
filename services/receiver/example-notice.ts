// receiver: the notice that the description of notificaSdI shows; written by the same tables that read notices.
import { writeNotice } from '@staffetta/fatturapa/notices/write-notice.ts';

/** A receipt of delivery between private parties, as SdI writes it but for its signature. */
export const exampleNotice = writeNotice({
  family: 'B2B',
  kind: 'RC',
  object: {
    IdentificativoSdI: '111',
    NomeFile: 'IT01234567890_00001.xml.p7m',
    Hash: '50d858e0985ecc7f60418aaf0cc5ab587f42c2570a884095a9e8ccacd0f6545c',
    DataOraRicezione: '2026-11-22T10:15:30.000+01:00',
    DataOraConsegna: '2026-11-22T10:16:00.000+01:00',
    Destinatario: { Codice: 'ABC1234' },
    MessageId: '1234567',
  },
}).toString();
