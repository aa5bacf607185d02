// fatturapa: reads a notice of SdI: tolerant of everything that does not change what it says.
import { documentBytesMax } from '../document-bytes-max.ts';
import type { DocumentFinding } from '../finding.ts';
import { placesOf } from '../read/text-place.ts';
import { XmlError } from '../read/xml-events.ts';
import { readXmlTree, type XmlNode } from '../read/xml-tree.ts';
import { readText } from '../read-text.ts';
import { noticeFromObject, type NoticeOutside } from './notice-from-object.ts';
import { odd, unknownNotice, unreadable } from './notice-findings.ts';
import { noticeObject } from './notice-object.ts';
import { schemaOfRoot } from './notice-schemas.ts';
import type { NoticeSchema } from './notice-schema.ts';
import type { Notice } from './notice.ts';

/** What reading a notice gives. */
export interface NoticeReading {
  /** Absent where the file is no notice, or lacks what makes it one; `findings` then has an error. */
  readonly notice?: Notice;
  /** Errors where there is no notice; else warnings (NOTICE_ODD) for what SdI's schema does not allow. */
  readonly findings: readonly DocumentFinding[];
}

const refused = (finding: DocumentFinding): NoticeReading => ({ findings: [finding] });

function treeOf(text: string): XmlNode | DocumentFinding {
  try {
    return readXmlTree(text);
  } catch (error) {
    if (error instanceof XmlError) return unreadable(error.sentence, placesOf(text, [error.offset]).get(error.offset));
    throw error;
  }
}

function attributeOf(root: XmlNode, name: string | undefined): string | undefined {
  return root.attributes.find((attribute) => attribute.name === name)?.value;
}

function versionDoubts(root: XmlNode): DocumentFinding[] {
  const version = attributeOf(root, 'versione');
  if (version === '1.0') return [];
  const message = { it: 'La versione della notifica non è 1.0.', en: "The notice's version is not 1.0." };
  return [odd('@versione', message, version)];
}

function outsideOf(root: XmlNode, { kind, family, flag }: NoticeSchema): NoticeOutside {
  return {
    kind,
    family,
    namespace: root.uri,
    signed: root.signed,
    answerSigned: root.children.some((child) => child.local === 'EsitoCommittente' && child.signed),
    bothSides: attributeOf(root, flag)?.toLowerCase() === 'si',
  };
}

/**
 * Reads a notice from its XML. Any prefix, any spelling of the namespace, a style sheet's line and signatures are fine; unknown,
 * missing and misplaced elements are warnings; what it needs is a known root, IdentificativoSdI, NomeFile (where the kind has it) and
 * the outcome it tells (NE, EC, SE). Nothing throws; one linear pass; no signature is verified here (see `verifyXml`).
 * @param bytes the XML as it came, not in an envelope (see `readNotices`), at most 5 MiB
 */
export function readNotice(bytes: Uint8Array): NoticeReading {
  if (bytes.length > documentBytesMax) {
    return refused(unreadable({ it: 'supera i 5 MB.', en: 'it is larger than 5 MB.' }));
  }
  const file = readText(bytes);
  if (!file.ok) return refused(unreadable(file.finding.message));
  const tree = treeOf(file.text);
  return 'severity' in tree ? refused(tree) : readNoticeTree(tree);
}

function readNoticeTree(root: XmlNode): NoticeReading {
  const schema = schemaOfRoot(root.local, root.uri);
  if (!schema) return refused(unknownNotice(root.local, root.uri));
  const { object, findings } = noticeObject(root, schema.block);
  const made = noticeFromObject(outsideOf(root, schema), object);
  const doubts = [...versionDoubts(root), ...findings];
  return 'lacking' in made ? { findings: [made.lacking, ...doubts] } : { notice: made.notice, findings: doubts };
}
