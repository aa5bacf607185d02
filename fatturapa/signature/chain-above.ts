// fatturapa: which of the certificates at hand stand above a signer's, one over the other.
import { X509Certificate } from 'node:crypto';
import type { Der } from './signing-key.ts';

const stepsMax = 8;

function readable(certificates: readonly Der[]): X509Certificate[] {
  return certificates.flatMap((certificate) => {
    try {
      return [new X509Certificate(certificate)];
    } catch (error) {
      // A file or a token may hold anything beside the key; what is no certificate stands above nobody.
      if (error instanceof Error) return [];
      throw error;
    }
  });
}

/**
 * Orders the certificates above a signer's, the nearest first; others at hand (of other keys in the same place) are left out.
 * @param certificate the signer's, in DER
 * @param others in any order
 */
export function chainAbove(certificate: Der, others: readonly Der[]): Der[] {
  const candidates = readable(others);
  const chain: X509Certificate[] = [];
  let top = new X509Certificate(certificate);
  while (chain.length < stepsMax && top.subject !== top.issuer) {
    const below = top;
    const issuer = candidates.find((candidate) => below.checkIssued(candidate));
    if (!issuer || chain.includes(issuer)) break;
    chain.push(issuer);
    top = issuer;
  }
  return chain.map(({ raw }) => new Uint8Array(raw));
}
