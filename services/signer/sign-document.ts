// signer: one document becomes one signed file; what can never be signed is told apart from what may be tried again.
import { signCades } from '@staffetta/fatturapa/signature/cades.ts';
import { certificateFacts } from '@staffetta/fatturapa/signature/certificate-facts.ts';
import { XmlNotSignable } from '@staffetta/fatturapa/signature/signable-xml.ts';
import type { SigningKey } from '@staffetta/fatturapa/signature/signing-key.ts';
import { signXades } from '@staffetta/fatturapa/signature/xades.ts';
import { HubError } from '@staffetta/flow/errors.ts';
import type { SignedInvoice, SignFormat, UnsignedInvoice } from '@staffetta/flow/messages.ts';
import { hash } from 'node:crypto';

const makers = { cades: signCades, xades: signXades } as const satisfies Record<SignFormat, typeof signCades>;

function exactBytes({ invoice, file, transmission }: UnsignedInvoice): Buffer {
  const bytes = file === undefined ? Buffer.from(invoice ?? '') : Buffer.from(file, 'base64');
  if (hash('sha256', bytes, 'hex') === transmission.sha256) return bytes;
  throw new HubError(
    'MESSAGE_NOT_READABLE',
    `The bytes of ${transmission.fileName} are not those of its transmission.`,
  );
}

/**
 * Signs a document.
 * @param message the document and how it is to be signed
 * @param key who signs
 * @param at the signing time
 * @throws HubError MESSAGE_NOT_READABLE for a document that can never be signed so; SIGNING_FAILED from the key
 */
export async function signDocument(message: UnsignedInvoice, key: SigningKey, at: Date): Promise<SignedInvoice> {
  const { invoiceId, correlationId, transmission } = message;
  try {
    const signed = await makers[transmission.format](exactBytes(message), key, { at });
    return {
      invoiceId,
      transmissionId: transmission.transmissionId,
      ...(correlationId !== undefined && { correlationId }),
      file: signed.toString('base64'),
      sha256: hash('sha256', signed, 'hex'),
      signedBy: certificateFacts(key.certificate).subject,
    };
  } catch (error) {
    if (!(error instanceof XmlNotSignable)) throw error;
    throw new HubError('MESSAGE_NOT_READABLE', `${transmission.fileName}: ${error.message}`, error);
  }
}
