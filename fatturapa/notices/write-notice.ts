// fatturapa: writes a notice: the answer of a public body (EC), and every other kind for stand-ins of SdI.
import type { BlockType, BlockValue } from '../schema/schema.ts';
import { WriteError, writeByTable } from '../write/write-document.ts';
import type { b2bNotices } from './b2b-notices.ts';
import type { NoticeFamily, NoticeKind } from './notice-kinds.ts';
import { schemaOfKind } from './notice-schemas.ts';
import type { NoticeObject } from './notice.ts';
import type { paNotices } from './pa-notices.ts';

type ObjectOf<S> = S extends { readonly block: BlockType<infer R> } ? BlockValue<R> : never;

interface Outside<F extends NoticeFamily, K> {
  readonly family: F;
  readonly kind: K;
  /** Another spelling of the family's namespace. */
  readonly namespace?: string;
  readonly bothSides?: true;
}

type Of<F extends NoticeFamily, Tables> = {
  [K in keyof Tables]: Outside<F, K> & { readonly object: ObjectOf<Tables[K]> };
}[keyof Tables];

/** A notice by the XML's own names, as its table asks for them. */
export type NewNotice = Of<'PA', typeof paNotices> | Of<'B2B', typeof b2bNotices>;

/** One that was read, to be written again. */
export type NoticeAsRead = Outside<NoticeFamily, NoticeKind> & { readonly object: NoticeObject };

/**
 * Writes a notice.
 * @param notice its kind, family and object; the elements are put into the order of the table, and what is undefined is left out
 * @returns the XML in UTF-8, not signed
 * @throws WriteError for names that the table lacks and values that are no texts; RangeError for a kind that the family has not
 */
export function writeNotice(notice: NewNotice | NoticeAsRead): Buffer {
  const { kind, family, namespace, bothSides, object } = notice as NoticeAsRead;
  const schema = schemaOfKind(kind, family);
  if (!schema) throw new RangeError(`Family ${family} has no notice ${kind}`);
  if (bothSides && !schema.flag)
    throw new WriteError('', `${kind} of family ${family} cannot say that one acts for both sides`);
  const attributes = { versione: '1.0', ...(bothSides && schema.flag && { [schema.flag]: 'Si' }) };
  const root = { name: schema.root, namespace: namespace ?? schema.namespace, prefix: 'ns3', attributes };
  return writeByTable(root, schema.block, object);
}
