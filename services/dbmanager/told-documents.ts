// dbmanager: the documents of an invoice as one invoice's answer shows them: what the contract lists, and between whom. Pure.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { detailWords } from './detail-words.ts';
import type { DocumentFace } from './documents.ts';

interface PartyDto {
  readonly nome?: string;
  /** Country and VAT number together, else the tax code. */
  readonly id?: string;
}

/** A document as it is shown; the names are those of the contract's outcome, and of a check's answer. */
export interface DocumentDto {
  readonly numero?: string;
  readonly data?: string;
  readonly totale?: string;
  readonly detail?: string;
  readonly file?: string;
  readonly tipo?: string;
  readonly divisa?: string;
  readonly fornitore: PartyDto;
  readonly cliente: PartyDto;
  /** The detail in words. */
  readonly words?: Sentence;
}

function filled<T extends object>(of: { readonly [K in keyof T]: T[K] | null | undefined }): T {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== null && value !== undefined)) as T;
}

/**
 * Shows a document.
 * @param face its row
 */
export function documentDto(face: DocumentFace): DocumentDto {
  return filled<DocumentDto>({
    numero: face.number,
    data: face.issuedOn,
    totale: face.total,
    detail: face.detail,
    file: face.part,
    tipo: face.documentType,
    divisa: face.currency,
    fornitore: filled<PartyDto>({ nome: face.supplierName, id: face.supplierId }),
    cliente: filled<PartyDto>({ nome: face.customerName, id: face.customerId }),
    words: detailWords(face.detail)[0],
  });
}
