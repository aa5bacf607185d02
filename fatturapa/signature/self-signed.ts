// fatturapa: a key and a certificate for trials, as a PKCS#12 file; SdI accepts no such signature.
import forge from 'node-forge';
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';

/** Who a trial certificate is made out to, and for how long. */
export interface TrialSigner {
  /** For example `Firma di prova`. */
  readonly commonName: string;
  /** The first instant of its validity. */
  readonly from: Date;
  /** Days of validity. */
  readonly days: number;
  /** A mail address, for a certificate that signs mails from it (RFC 8550 §3). */
  readonly email?: string;
  /** The file's password. */
  readonly password: string;
}

const dayMs = 86_400_000;
const generate = promisify(generateKeyPair);

function certificateFor(signer: TrialSigner, keys: forge.pki.rsa.KeyPair): forge.pki.Certificate {
  const certificate = forge.pki.createCertificate();
  const name = [
    { name: 'countryName', value: 'IT' },
    { name: 'commonName', value: signer.commonName },
  ];
  certificate.publicKey = keys.publicKey;
  // Positive and never twice the same (RFC 5280 §4.1.2.2).
  certificate.serialNumber = `01${randomBytes(15).toString('hex')}`;
  certificate.validity.notBefore = signer.from;
  certificate.validity.notAfter = new Date(signer.from.getTime() + signer.days * dayMs);
  certificate.setSubject(name);
  certificate.setIssuer(name);
  certificate.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', critical: true, digitalSignature: true, nonRepudiation: true },
    { name: 'subjectKeyIdentifier' },
    ...(signer.email === undefined
      ? []
      : [
          { name: 'extKeyUsage', emailProtection: true },
          { name: 'subjectAltName', altNames: [{ type: 1, value: signer.email }] },
        ]),
  ]);
  certificate.sign(keys.privateKey, forge.md.sha256.create());
  return certificate;
}

/**
 * Makes a key (RSA, 2048 bits) with a certificate that it signs itself.
 * @param signer name, validity and password
 * @returns a PKCS#12 file, AES-256
 */
export async function makeTrialSigner(signer: TrialSigner): Promise<Buffer> {
  // Node's own generator works outside of the loop; node-forge's would stop it for seconds.
  const { privateKey } = await generate('rsa', { modulusLength: 2048 });
  const pem = privateKey.export({ format: 'pem', type: 'pkcs1' }).toString();
  const key = forge.pki.privateKeyFromPem(pem);
  const keys = { privateKey: key, publicKey: forge.pki.setRsaPublicKey(key.n, key.e) };
  const file = forge.pkcs12.toPkcs12Asn1(key, certificateFor(signer, keys), signer.password, {
    algorithm: 'aes256',
    friendlyName: signer.commonName,
  });
  return Buffer.from(forge.asn1.toDer(file).getBytes(), 'latin1');
}
