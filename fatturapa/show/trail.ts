// fatturapa: how a document travels: whom it is sent to, what was signed, and what SdI and the hub said about it.
import type { Sentence } from '../finding.ts';
import type { LooseOrdinary, LooseSimplified } from './loose.ts';
import { taxIdOf } from './parties.ts';
import type { FactsSection, NotesSection, TableSection } from './sheet.ts';
import { cell, factsOf, tableOf, type ColumnPlan, type Voice } from './voice.ts';

/** One thing that happened to a document. */
export interface TrailStep {
  /** ISO 8601, shown as it is written (`2026-11-22T10:15:30` in Europe/Rome). */
  readonly at: string;
  readonly event: Sentence;
  /** Reasons and identifiers, already in the words of whoever said them. */
  readonly details?: readonly (string | Sentence)[];
}

/** What is known of a document besides its own text. */
export interface Trail {
  readonly fileName?: string;
  readonly sdiId?: string;
  /** In hexadecimal. */
  readonly sha256?: string;
  /** Who signed, when, and whether it holds. */
  readonly signatures?: readonly Sentence[];
  /** In the order of time. */
  readonly steps?: readonly TrailStep[];
}

type Header = LooseOrdinary['FatturaElettronicaHeader'] | LooseSimplified['FatturaElettronicaHeader'];
type Contacts = { readonly Telefono?: string | undefined; readonly Email?: string | undefined };

const plan: readonly ColumnPlan[] = [
  ['when', 20],
  ['event', 36],
  ['details', 44],
];

function contactsOf(header: Header): Contacts {
  const data = header?.DatiTrasmissione;
  return data && 'ContattiTrasmittente' in data ? (data.ContattiTrasmittente ?? {}) : {};
}

/**
 * Shows the data of the transmission.
 * @param voice the language
 * @param header what all bodies share
 * @param system SistemaEmittente, the root's attribute
 * @param trail what is known of the file
 */
export function transmissionOf(voice: Voice, header: Header, system: string | undefined, trail: Trail): FactsSection[] {
  const data = header?.DatiTrasmissione;
  const contacts = contactsOf(header);
  const facts = factsOf(voice, [
    ['fileName', voice.text(trail.fileName)],
    ['sdiId', voice.text(trail.sdiId)],
    ['transmissionFormat', voice.code('format', data?.FormatoTrasmissione)],
    ['transmitter', taxIdOf(voice, data?.IdTrasmittente)],
    ['progressive', voice.text(data?.ProgressivoInvio)],
    ['recipientCode', codeFirst(voice, data?.CodiceDestinatario)],
    ['recipientPec', voice.text(data?.PECDestinatario)],
    ['phone', voice.text(contacts.Telefono)],
    ['email', voice.text(contacts.Email)],
    ['system', voice.text(system)],
    ['hash', voice.text(trail.sha256)],
  ]);
  return facts.length === 0 ? [] : [{ kind: 'facts', id: 'transmission', title: voice.say('transmission'), facts }];
}

/** A recipient code is an address: it stands first, and what it means, if anything, behind it. */
function codeFirst(voice: Voice, code: string | undefined): string {
  const text = voice.text(code);
  const meaning = voice.meaning('recipient', code);
  return meaning === text ? text : `${text} (${meaning})`;
}

/**
 * Shows who signed.
 * @param voice the language
 * @param trail what is known of the file
 */
export function signaturesOf(voice: Voice, trail: Trail): NotesSection[] {
  const notes = (trail.signatures ?? []).map((sentence) => voice.text(sentence[voice.lang]));
  return notes.length === 0 ? [] : [{ kind: 'notes', id: 'signatures', title: voice.say('signatures'), notes }];
}

/**
 * Shows what happened to the document, step by step.
 * @param voice the language
 * @param trail what is known of the file
 */
export function stepsOf(voice: Voice, trail: Trail): TableSection[] {
  const rows = (trail.steps ?? []).map(({ at, event, details = [] }) => {
    const [first = '', ...more] = details.map((one) => voice.text(typeof one === 'string' ? one : one[voice.lang]));
    return [cell(voice.moment(at)), cell(voice.text(event[voice.lang])), cell(first, more)];
  });
  return tableOf(voice, 'trail', plan, rows);
}
