// fatturapa: chapter 2.5, the attached files, alike in both formats (AllegatiType).
import { block, one, optional, type BlockValue } from './schema.ts';
import { base64, basicLatinText, latinText } from './text-types.ts';

/** Allegati: one attached file. */
export const allegati = block({
  NomeAttachment: one(
    latinText(1, 60),
    "Nome del file allegato, con l'estensione",
    'Name of the file with its extension',
  ),
  AlgoritmoCompressione: optional(
    basicLatinText(1, 10),
    'Algoritmo con cui il file è compresso, per esempio ZIP',
    'How the file is compressed, for example ZIP',
  ),
  FormatoAttachment: optional(
    basicLatinText(1, 10),
    'Formato del file, per esempio PDF',
    'Format of the file, for example PDF',
  ),
  DescrizioneAttachment: optional(latinText(1, 100), 'Descrizione del file', 'What the file is'),
  Attachment: one(base64, 'Contenuto del file, in base64', 'Content of the file, in base64'),
});

/** A value of Allegati. */
export type Allegati = BlockValue<typeof allegati.rows>;
