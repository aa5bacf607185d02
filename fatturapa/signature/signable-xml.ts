// fatturapa: what a signature in XML is made over: a document, or an element on its own, in exclusive canonical form (RFC 3741).
import { canonicalDocument, exclusiveForm } from './canonical-xml.ts';
import { readXmlTree } from './canonical-tree.ts';

/** A text that is no XML, or XML that a signature cannot cover. */
export class XmlNotSignable extends Error {
  override readonly name = 'XmlNotSignable';
}

/**
 * Writes a document, or an element that stands on its own, in exclusive canonical form: comments are left out and processing
 * instructions stay, as a reference to the whole of it means (XMLDSig §4.4.3.3).
 * @param text well-formed XML without a DOCTYPE
 * @returns its canonical form, and where the root's end tag ends in the text (-1 where the root has none)
 * @throws XmlNotSignable for what is no XML, carries a DOCTYPE, or is larger or deeper than what verifiers read (`readXmlTree`)
 */
export function signableXml(text: string): { canonical: string; rootEnd: number } {
  const reading = readXmlTree(text);
  if (!reading.ok) throw new XmlNotSignable(`The document cannot be signed as XML: ${reading.detail}.`);
  const { document } = reading;
  return { canonical: canonicalDocument(document, { method: exclusiveForm }), rootEnd: document.rootEnd };
}
