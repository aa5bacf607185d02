// fatturapa: the two ways to write an ECDSA signature: DER for CMS, the bare numbers for XML and tokens.
import { element, readElement, readElements, sequence } from './der.ts';

function unsigned(bytes: Buffer): Buffer {
  let start = 0;
  while (start < bytes.length - 1 && bytes[start] === 0) start++;
  const bare = bytes.subarray(start);
  return (bare[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bare]) : bare;
}

/**
 * Writes the numbers r and s as Ecdsa-Sig-Value (RFC 3279 §2.2.3).
 * @param bare r and s one after the other, each as long as the curve's order (PKCS#11, RFC 4050)
 */
export function ecdsaDer(bare: Uint8Array): Buffer {
  const half = bare.length / 2;
  const numbers = Buffer.from(bare);
  return sequence(element(0x02, unsigned(numbers.subarray(0, half))), element(0x02, unsigned(numbers.subarray(half))));
}

/**
 * Writes an Ecdsa-Sig-Value as bare numbers, as XML-DSig wants them (XMLDSig 1.1 §6.4.3).
 * @param der Ecdsa-Sig-Value
 * @param numberBytes how long each number is: the bytes of the curve's order
 * @throws RangeError where it is none
 */
export function ecdsaBare(der: Uint8Array, numberBytes: number): Buffer {
  const numbers = readElements(readElement(der).content).map(({ content }) => {
    const bare = content[0] === 0 ? content.subarray(1) : content;
    if (bare.length > numberBytes) throw new RangeError('The numbers of the signature are too long for the curve.');
    return Buffer.concat([Buffer.alloc(numberBytes - bare.length), bare]);
  });
  return Buffer.concat(numbers);
}
