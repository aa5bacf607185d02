// fatturapa: how a notice is written in the tables: a document's schema with its kind, its family and its flag.
import type { DocumentSchema, Rows } from '../schema/schema.ts';
import type { NoticeFamily, NoticeKind } from './notice-kinds.ts';

/** The root's attribute that may say `Si`. */
export type NoticeFlag = 'IntermediarioConDupliceRuolo' | 'FlussoSemplificato';

/** One kind of notice in one family. */
export interface NoticeSchema<R extends Rows = Rows> extends DocumentSchema<R> {
  readonly kind: NoticeKind;
  readonly family: NoticeFamily;
  readonly flag?: NoticeFlag;
}

/** The namespace of each family, as it is written. */
export const noticeNamespaces: Readonly<Record<NoticeFamily, string>> = {
  PA: 'http://www.fatturapa.gov.it/sdi/messaggi/v1.0',
  B2B: 'http://ivaservizi.agenziaentrate.gov.it/docs/xsd/fattura/messaggi/v1.0',
};

/** Every spelling of a namespace that is read, and its family. */
export const familyByNamespace: ReadonlyMap<string, NoticeFamily> = new Map([
  [noticeNamespaces.PA, 'PA'],
  // Seen in messages of other programs and in public examples.
  ['http://www.fatturapa.it/sdi/messaggi/v1.0', 'PA'],
  [noticeNamespaces.B2B, 'B2B'],
]);
