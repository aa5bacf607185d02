// fatturapa: reads a CMS SignedData (RFC 5652 §5) in DER or BER: the content first, so that nothing behind it can hide it.
import { BerError, contentOf, encodedOf, expectTag, listParts, octetsOf, readNode, type BerNode } from './ber.ts';
import { algorithmOf, oidOf, serialOf, smallNumberOf } from './ber-values.ts';
import type { Attributes, FoundSignature, FoundSigner, SignerId } from './found-signature.ts';

/** The reading: what was found and how it was written, or why there is nothing. */
export type CmsReading =
  | {
      readonly ok: true;
      readonly signature: FoundSignature;
      readonly encoding: 'der' | 'ber';
      /** How many bytes follow the envelope in the file. */
      readonly trailingBytes: number;
    }
  /** `type`: an envelope of another kind; `detached`: the content is not inside; `broken`: no such structure. */
  | { readonly ok: false; readonly reason: 'type' | 'detached' | 'broken'; readonly detail: string };

const signedDataType = '1.2.840.113549.1.7.2';
/** Far more than people sign one invoice, far less than it takes to keep us busy. */
const signersMax = 50;
const certificatesMax = 100;
const attributesMax = 50;

function attributesOf(node: BerNode | undefined): Attributes {
  const attributes = new Map<string, Uint8Array[]>();
  if (node === undefined) return attributes;
  for (const attribute of listParts(node, attributesMax)) {
    const [type, values] = listParts(expectTag(attribute, 0x30), 2);
    const oid = oidOf(type);
    const encoded = listParts(expectTag(values, 0x31), attributesMax).map(encodedOf);
    attributes.set(oid, [...(attributes.get(oid) ?? []), ...encoded]);
  }
  return attributes;
}

function lengthOctets(length: number): number[] {
  if (length < 0x80) return [length];
  const digits = length.toString(16);
  const octets = [...Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex')];
  return [0x80 | octets.length, ...octets];
}

/** RFC 5652 §5.4: in the signature the attributes count as a SET OF, not with the tag and length that they travel with. */
function asSet(node: BerNode): Uint8Array {
  const content = contentOf(node);
  return Buffer.concat([Uint8Array.from([0x31, ...lengthOctets(content.length)]), content]);
}

function signerIdOf(node: BerNode | undefined): SignerId {
  if (node?.tag === 0x80 || node?.tag === 0xa0) return { kind: 'key', keyId: octetsOf(node) };
  const [issuer, serial] = listParts(expectTag(node, 0x30), 2);
  return { kind: 'issuer', issuer: encodedOf(expectTag(issuer, 0x30)), serial: serialOf(serial) };
}

/**
 * Reads one SignerInfo (RFC 5652 §5.3); a countersignature is one too.
 * @param node the element
 * @throws BerError where it is none
 */
export function signerOf(node: BerNode): FoundSigner {
  const parts = listParts(expectTag(node, 0x30), 7);
  smallNumberOf(parts[0]);
  const signedNode = parts[3]?.tag === 0xa0 ? parts[3] : undefined;
  const [signatureAlgorithm, signature, unsigned] = parts.slice(signedNode ? 4 : 3);
  if (signature === undefined || (signature.tag & 0xdf) !== 0x04) throw new BerError('a signer has no signature');
  return {
    id: signerIdOf(parts[1]),
    digestAlgorithm: algorithmOf(parts[2]),
    ...(signedNode ? { signed: { attributes: attributesOf(signedNode), bytes: asSet(signedNode) } } : {}),
    signatureAlgorithm: algorithmOf(signatureAlgorithm),
    signature: octetsOf(signature),
    unsigned: attributesOf(unsigned?.tag === 0xa1 ? unsigned : undefined),
  };
}

type Surroundings = Pick<FoundSignature, 'certificates' | 'crls' | 'signers' | 'damage'>;

/** CertificateChoices and RevocationInfoChoices other than the plain ones carry other tags. */
function plainOnes(node: BerNode | undefined, max: number): Uint8Array[] {
  if (node === undefined) return [];
  return listParts(node, max)
    .filter((part) => part.tag === 0x30)
    .map(encodedOf);
}

function surroundingsOf(parts: readonly BerNode[]): Surroundings {
  try {
    return {
      certificates: plainOnes(
        parts.find((part) => part.tag === 0xa0),
        certificatesMax,
      ),
      crls: plainOnes(
        parts.find((part) => part.tag === 0xa1),
        certificatesMax,
      ),
      signers: listParts(expectTag(parts.at(-1), 0x31), signersMax).map(signerOf),
    };
  } catch (error) {
    if (error instanceof BerError) return { certificates: [], crls: [], signers: [], damage: error.message };
    throw error;
  }
}

/** What is inside, and whether it came in pieces. */
function contentIn(wrapper: BerNode): { content: Uint8Array; inPieces: boolean } {
  const [content] = listParts(expectTag(wrapper, 0xa0), 1);
  if (content?.tag !== 0x04 && content?.tag !== 0x24) throw new BerError('the content is no octet string');
  return { content: octetsOf(content), inPieces: content.tag === 0x24 };
}

function readSignedData(outer: BerNode, beside: Uint8Array | undefined): CmsReading {
  const [type, wrapper] = listParts(expectTag(outer, 0x30), 2);
  const found = oidOf(type);
  if (found !== signedDataType) return { ok: false, reason: 'type', detail: found };
  const [signedData] = listParts(expectTag(wrapper, 0xa0), 1);
  const [version, digests, encapsulated, ...rest] = listParts(expectTag(signedData, 0x30), 6);
  smallNumberOf(version);
  expectTag(digests, 0x31);
  const [contentType, contentWrapper] = listParts(expectTag(encapsulated, 0x30), 2);
  if (contentWrapper === undefined && beside === undefined) {
    return { ok: false, reason: 'detached', detail: 'no eContent' };
  }
  const inside = contentWrapper && contentIn(contentWrapper);
  const content = beside ?? inside?.content ?? new Uint8Array();
  const signature = { contentType: oidOf(contentType), content, ...surroundingsOf(rest) };
  const inPieces = outer.end !== outer.contentEnd || inside?.inPieces === true;
  const trailingBytes = outer.bytes.length - outer.end;
  return { ok: true, signature, encoding: inPieces ? 'ber' : 'der', trailingBytes };
}

/**
 * Reads a CMS envelope. Nothing throws. Damage in certificates or signers does not keep the content from being read
 * (`signature.damage` tells of it).
 * @param bytes the envelope in DER or BER, from its first byte; what follows it is only counted
 * @param beside what a detached signature is about; where it is given it is the content, whatever may lie inside
 */
export function readCms(bytes: Uint8Array, beside?: Uint8Array): CmsReading {
  try {
    return readSignedData(readNode(bytes), beside);
  } catch (error) {
    if (error instanceof BerError) return { ok: false, reason: 'broken', detail: error.message };
    throw error;
  }
}
