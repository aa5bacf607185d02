// fatturapa: what an XML signature is over: its references, of which one must be the whole document and the others lie in itself.
import { canonicalDocument, canonicalElement, canonicalMethods, type CanonicalMethod } from './canonical-xml.ts';
import { digestBytes, type DigestChoice } from './verify-algorithm.ts';
import type { SignatureReason } from './verify-findings.ts';
import {
  attributeOf,
  childrenNamed,
  elementsIn,
  elementsOf,
  namespacesAt,
  onlyChild,
  textIn,
  type XmlDocument,
  type XmlElement,
} from './canonical-tree.ts';

/** The namespace of XML signatures. */
export const signatureNamespace = 'http://www.w3.org/2000/09/xmldsig#';

/** Says that a signature is in a form that we do not take (in English, for a message's end); caught where it is judged. */
export class FormError extends Error {
  readonly reason: SignatureReason;

  constructor(detail: string, reason: SignatureReason = 'xmlForm') {
    super(detail);
    this.reason = reason;
  }
}

/** What the digest of a reference said, and what the reference is. */
export interface CheckedReference {
  readonly target: 'document' | XmlElement;
  readonly problem: SignatureReason | undefined;
}

const referencesMax = 10;
const transformsMax = 5;
const prefixesMax = 50;

const digestMethods: Readonly<Record<string, DigestChoice>> = {
  'http://www.w3.org/2001/04/xmlenc#sha256': 'sha256',
  'http://www.w3.org/2001/04/xmldsig-more#sha384': 'sha384',
  'http://www.w3.org/2001/04/xmlenc#sha512': 'sha512',
  'http://www.w3.org/2000/09/xmldsig#sha1': 'weak',
};

/**
 * Says which digest a DigestMethod names.
 * @param element the DigestMethod
 */
export function digestMethodOf(element: XmlElement | undefined): DigestChoice {
  return digestMethods[attributeOf(element, 'Algorithm') ?? ''] ?? 'unknown';
}

/**
 * Reads a base64 text of an element.
 * @param element which holds nothing else
 * @throws FormError where it is none
 */
export function base64In(element: XmlElement | undefined): Buffer {
  const text = textIn(element)?.replace(/\s+/g, '') ?? '';
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(text)) throw new FormError(`${element?.local ?? 'a value'} is no base64`);
  return Buffer.from(text, 'base64');
}

/** What a chain of transforms does: what it leaves out, and how the rest is written. */
interface Plan {
  readonly without: ReadonlySet<XmlElement>;
  readonly method: CanonicalMethod;
  readonly inclusivePrefixes: ReadonlySet<string>;
}

interface Planning {
  readonly signature: XmlElement;
  readonly root: XmlElement;
  without: ReadonlySet<XmlElement>;
  canonical: XmlElement | undefined;
}

function allSignatures(root: XmlElement): Set<XmlElement> {
  const found = [...elementsOf(root)].filter(({ uri, local }) => uri === signatureNamespace && local === 'Signature');
  return new Set(found);
}

/** The two ways in which signing programs write "all but the signatures"; no other expression is taken, and none is run. */
const expressions = {
  'http://www.w3.org/2002/06/xmldsig-filter2': /^\/(?:descendant::|\/)([\w.-]+):Signature$/,
  'http://www.w3.org/TR/1999/REC-xpath-19991116': /^not\(ancestor-or-self::([\w.-]+):Signature\)$/,
} as const;

function leaveOutSignatures(transform: XmlElement, planning: Planning, expression: RegExp): void {
  const [filter, more] = elementsIn(transform).filter(({ local }) => local === 'XPath');
  const [, prefix] = expression.exec(textIn(filter) ?? '') ?? [];
  const means = filter && prefix !== undefined ? namespacesAt(filter).get(prefix) : undefined;
  const kind = attributeOf(filter, 'Filter');
  if (more || means !== signatureNamespace || (kind !== undefined && kind !== 'subtract')) {
    throw new FormError('an XPath transform other than "all but the signatures"');
  }
  planning.without = allSignatures(planning.root);
}

const removals: Readonly<Record<string, (transform: XmlElement, planning: Planning) => void>> = {
  'http://www.w3.org/2000/09/xmldsig#enveloped-signature': (_, planning) => {
    planning.without = new Set([...planning.without, planning.signature]);
  },
  ...Object.fromEntries(
    Object.entries(expressions).map(([algorithm, expression]) => [
      algorithm,
      (transform: XmlElement, planning: Planning) => leaveOutSignatures(transform, planning, expression),
    ]),
  ),
};

/**
 * Reads the prefixes that an exclusive form is to treat as the inclusive one does.
 * @param method the CanonicalizationMethod or the Transform
 * @throws FormError where there are too many
 */
export function inclusivePrefixesOf(method: XmlElement | undefined): ReadonlySet<string> {
  const [list] = childrenNamed(method, 'http://www.w3.org/2001/10/xml-exc-c14n#', 'InclusiveNamespaces');
  const prefixes = (attributeOf(list, 'PrefixList') ?? '').split(/\s+/).filter((prefix) => prefix !== '');
  if (prefixes.length > prefixesMax) throw new FormError('too many prefixes');
  return new Set(prefixes.map((prefix) => (prefix === '#default' ? '' : prefix)));
}

function applyTransform(transform: XmlElement, planning: Planning): void {
  if (planning.canonical) throw new FormError('a transform behind the canonical form');
  const algorithm = attributeOf(transform, 'Algorithm') ?? '';
  const remove = removals[algorithm];
  if (remove) remove(transform, planning);
  else if (canonicalMethods[algorithm]) planning.canonical = transform;
  else throw new FormError(`transform ${algorithm.slice(0, 100)}`);
}

function planOf(reference: XmlElement, signature: XmlElement, root: XmlElement): Plan {
  const transforms = elementsIn(
    onlyChild(reference, signatureNamespace, 'Transforms') ?? { ...reference, children: [] },
  );
  if (transforms.length > transformsMax) throw new FormError('too many transforms');
  const planning: Planning = { signature, root, without: new Set(), canonical: undefined };
  for (const transform of transforms) applyTransform(transform, planning);
  const algorithm = attributeOf(planning.canonical, 'Algorithm') ?? 'http://www.w3.org/TR/2001/REC-xml-c14n-20010315';
  const named = canonicalMethods[algorithm];
  if (!named) throw new FormError(`canonical form ${algorithm.slice(0, 100)}`);
  // Same-document references are without comments, whatever the method would do (XML-DSig §4.4.3.3).
  const method = { ...named, withComments: false };
  return { without: planning.without, method, inclusivePrefixes: inclusivePrefixesOf(planning.canonical) };
}

const idNames: ReadonlySet<string> = new Set(['Id', 'ID', 'id', 'xml:id']);

function withId(root: XmlElement, id: string): XmlElement {
  const found = [...elementsOf(root)].filter(({ attributes }) =>
    attributes.some(({ name, value }) => idNames.has(name) && value === id),
  );
  const [only] = found;
  if (!only || found.length > 1) throw new FormError(`${found.length} elements with the Id "${id.slice(0, 100)}"`);
  return only;
}

function liesIn(element: XmlElement, above: XmlElement): boolean {
  let at: XmlElement | undefined = element;
  while (at && at !== above) at = at.parent;
  return at === above;
}

/** The whole document, or a part of the signature itself: anything else could be signed in one place and read in another. */
function targetOf(reference: XmlElement, signature: XmlElement, root: XmlElement): CheckedReference['target'] {
  const uri = attributeOf(reference, 'URI');
  if (uri === '') return 'document';
  if (!uri?.startsWith('#') || uri.startsWith('#xpointer')) throw new FormError('a reference to something outside');
  const target = withId(root, uri.slice(1));
  if (target !== root && !liesIn(target, signature)) throw new FormError('a reference to a part of the document');
  return target;
}

function checkOne(
  reference: XmlElement,
  target: CheckedReference['target'],
  signature: XmlElement,
  document: XmlDocument,
): CheckedReference {
  const digest = digestMethodOf(onlyChild(reference, signatureNamespace, 'DigestMethod'));
  if (digest === 'weak' || digest === 'unknown') return { target, problem: digest };
  const plan = planOf(reference, signature, document.root);
  if (target !== 'document' && plan.without.has(target)) throw new FormError('a reference to what it leaves out');
  const form = target === 'document' ? canonicalDocument(document, plan) : canonicalElement(target, plan);
  const claimed = base64In(onlyChild(reference, signatureNamespace, 'DigestValue'));
  const agrees = digestBytes(digest, Buffer.from(form)).equals(claimed);
  return { target, problem: agrees ? undefined : 'contentChanged' };
}

/**
 * Checks the digests of all references of a signature.
 * @param signedInfo what the signature is over
 * @param signature the signature's element
 * @param document what it stands in
 * @throws FormError where one is outside of the document or of the signature, has transforms other than the usual, or where not
 *   exactly one is the whole document
 */
export function checkReferences(
  signedInfo: XmlElement,
  signature: XmlElement,
  document: XmlDocument,
): readonly CheckedReference[] {
  const references = childrenNamed(signedInfo, signatureNamespace, 'Reference');
  if (references.length > referencesMax) throw new FormError('too many references');
  const targets = references.map((reference) => targetOf(reference, signature, document.root));
  const whole = targets.filter((target) => target === 'document' || target === document.root);
  if (whole.length !== 1) throw new FormError('no single reference to the whole document', 'notWhole');
  return references.map((reference, index) => checkOne(reference, targets[index] ?? 'document', signature, document));
}
