// fatturapa: documents on their way: the model's shape with gaps, to be filled step by step.
import type { FatturaElettronica, FatturaElettronicaBody, FatturaElettronicaHeader } from '../schema/ordinary.ts';
import type { FatturaElettronicaSemplificata } from '../schema/simplified.ts';
import type { DocumentFinding } from '../finding.ts';
import type { Exact } from './figures.ts';

/** A value of the model in which everything may still be missing, and codes are whatever somebody wrote. */
export type Draft<T> = T extends string
  ? string
  : T extends readonly (infer Item)[]
    ? Draft<Item>[]
    : T extends object
      ? { [K in keyof T]?: Draft<T[K]> | undefined }
      : T;

/** An ordinary file on its way. */
export type OrdinaryDraft = Draft<FatturaElettronica>;
/** Its header. */
export type HeaderDraft = Draft<FatturaElettronicaHeader>;
/** One of its bodies. */
export type BodyDraft = Draft<FatturaElettronicaBody>;
/** A simplified file on its way. */
export type SimplifiedDraft = Draft<FatturaElettronicaSemplificata>;

/** What an instalment is to be, before the total is known. */
export interface InstalmentWish {
  readonly due?: string | undefined;
  readonly percent?: Exact | undefined;
  readonly amount?: Exact | undefined;
}

/** What the shorter shape asks for that has no element of its own: it is reckoned when the lines are known. */
export interface Wishes {
  /** `auto`: where the law wants it. */
  readonly stampDuty: 'auto' | 'none' | Exact;
  /** The customer pays the stamp duty, by a line of its own. */
  readonly chargeStampDuty: boolean;
  /** Per DatiRitenuta, the share of the fee in percent that bears it. */
  readonly withholdingShares: readonly (Exact | undefined)[];
  /** The instalments of the one DatiPagamento; empty where the draft says all. */
  readonly instalments: readonly InstalmentWish[];
  readonly vatPayability: string | undefined;
  /** Natura → the law that goes with it in the summary. */
  readonly legalReferences: ReadonlyMap<string, string>;
}

/** Where a document's number is still to be given. */
export interface OpenNumber {
  /** Which body, from 0. */
  readonly body: number;
  /** The register that it comes from; undefined is the customer's main one. */
  readonly register: string | undefined;
  /** The document's day, `YYYY-MM-DD`. */
  readonly date: string;
}

/** A draft and what there is to say about it. */
export interface Drafted<T> {
  readonly draft: T;
  readonly wishes: Wishes;
  readonly register: string | undefined;
  readonly findings: DocumentFinding[];
}
