// fatturapa: every notice that is known, found by its root.
import { b2bNotices } from './b2b-notices.ts';
import type { NoticeFamily, NoticeKind } from './notice-kinds.ts';
import { familyByNamespace, type NoticeSchema } from './notice-schema.ts';
import { paNotices } from './pa-notices.ts';

/** All tables, family PA first. */
export const noticeSchemas: readonly NoticeSchema[] = [...Object.values(paNotices), ...Object.values(b2bNotices)];

/**
 * Finds the table of a notice.
 * @param local the root's name without prefix
 * @param uri its namespace, in any of the spellings that are in use
 */
export function schemaOfRoot(local: string, uri: string): NoticeSchema | undefined {
  const family = familyByNamespace.get(uri);
  return noticeSchemas.find((schema) => schema.root === local && schema.family === family);
}

/**
 * Finds the table of a kind.
 * @returns undefined where the family has no such kind (B2B knows RC, NS, MC and MT)
 */
export function schemaOfKind(kind: NoticeKind, family: NoticeFamily): NoticeSchema | undefined {
  return noticeSchemas.find((schema) => schema.kind === kind && schema.family === family);
}
