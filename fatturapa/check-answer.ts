// fatturapa: a judgement as it is told to people and programs that only asked for it.
import type { Judgement } from './check-aside.ts';
import type { Envelope, EnvelopeBody, Party } from './envelope.ts';
import type { DocumentFinding } from './finding.ts';
import type { SignatureVerdict } from './signature/signature-verdict.ts';

/** A party of a document. */
export interface PartySummary {
  readonly nome?: string;
  /** Country and VAT number together, else the tax code. */
  readonly id?: string;
}

/** One signature on a file. */
export interface SignatureSummary {
  readonly forma: 'CAdES' | 'XAdES';
  readonly valida: boolean;
  readonly firmatari: readonly { readonly nome?: string; readonly firmatoIl?: string; readonly scade?: string }[];
}

/** One body of a file. */
export interface BodySummary {
  /** The file of an archive that holds it. */
  readonly file?: string;
  /** FPA12, FPR12 or FSM10, as the document says. */
  readonly formato?: string;
  /** The place of the body in its document, from 1. */
  readonly posizione: number;
  readonly tipo?: string;
  readonly numero?: string;
  readonly data?: string;
  readonly divisa?: string;
  readonly totale?: string;
  readonly fornitore: PartySummary;
  readonly cliente: PartySummary;
  readonly firme: readonly SignatureSummary[];
}

/** What is answered to a check. */
export interface CheckAnswer {
  /** No finding is an error. */
  readonly valid: boolean;
  readonly findings: readonly DocumentFinding[];
  readonly documents: readonly BodySummary[];
  /** What was not asked, where somebody else would have to answer it. */
  readonly notChecked?: readonly ('customer' | 'archive' | 'signature')[];
}

/** Leaves out what has no value. */
function filled<T extends object>(of: { readonly [K in keyof T]: T[K] | undefined }): T {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined)) as T;
}

function partySummary({ name, idPaese, idCodice, codiceFiscale }: Party): PartySummary {
  const id = idCodice === undefined ? codiceFiscale : `${idPaese ?? ''}${idCodice}`;
  return filled<PartySummary>({ nome: name, id });
}

function signatureSummary({ form, valid, signers }: SignatureVerdict): SignatureSummary {
  const firmatari = signers.map(({ name, signedAt, validUntil }) =>
    filled<SignatureSummary['firmatari'][number]>({
      nome: name,
      firmatoIl: signedAt?.toISOString(),
      scade: validUntil?.toISOString(),
    }),
  );
  return { forma: form, valida: valid, firmatari };
}

function bodySummary(
  { name, signatures }: Judgement['documents'][number],
  envelope: Envelope,
  body: EnvelopeBody,
  posizione: number,
): BodySummary {
  return filled<BodySummary>({
    file: name,
    formato: envelope.versione,
    posizione,
    tipo: body.tipoDocumento,
    numero: body.numero,
    data: body.data,
    divisa: body.divisa,
    totale: body.totale,
    fornitore: partySummary(envelope.supplier),
    cliente: partySummary(envelope.customer),
    firme: signatures.map(signatureSummary),
  });
}

/**
 * Tells a judgement: every finding, and each body of each document in a few words.
 * @param judgement on a file
 */
export function checkAnswer({ valid, findings, documents }: Judgement): CheckAnswer {
  return {
    valid,
    findings,
    documents: documents.flatMap((document) => {
      const { envelope } = document;
      return envelope?.bodies.map((body, index) => bodySummary(document, envelope, body, index + 1)) ?? [];
    }),
  };
}
