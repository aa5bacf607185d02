// fatturapa: makes a whole document of JSON, in the model's own shape or in the shorter one: what is given is kept, the rest reckoned.
import type { DocumentFinding } from '../finding.ts';
import type { FatturaElettronica } from '../schema/ordinary.ts';
import type { FatturaElettronicaSemplificata } from '../schema/simplified.ts';
import { adaptTexts } from './adapt-text.ts';
import { defaultsForModel } from './defaults-for.ts';
import type { Drafted, OpenNumber, OrdinaryDraft, SimplifiedDraft, Wishes } from './draft.ts';
import { fillBody } from './fill-body.ts';
import { fillSending, profileMissing, type Sending } from './fill-header.ts';
import { naturaLaws } from './natura-laws.ts';
import { cedenteOf } from './party-blocks.ts';
import { readJsonDocument, type JsonDocument } from './read-request.ts';
import type { FiscalProfile } from './short-party.ts';
import { draftOfShort } from './short-to-draft.ts';
import { fillSimplified, simplifiedDraftOfShort } from './simplified-draft.ts';

const findingsMax = 100;

/** A whole file in the model's shape. */
export type AnyFile = FatturaElettronica | FatturaElettronicaSemplificata;

/** What composing needs to know beside the document and its sender's profile. */
export interface ComposeOptions extends Sending {
  /** The day in Italy (Europe/Rome), `YYYY-MM-DD`: the date of documents that give none. */
  readonly today: string;
}

/** What became of the JSON: a file, whose numbers may still be open; none where a finding is an error. */
export interface Composed {
  readonly document: AnyFile | undefined;
  /** At most a hundred, with JSON pointers (RFC 6901) relative to the document as it was sent. */
  readonly findings: DocumentFinding[];
  /** The bodies that wait for a number (`numberDocument`); placeholders stand there, so that the file can be judged. */
  readonly open: readonly OpenNumber[];
}

/**
 * Composes a document. Reckoned where absent: lines' totals, social funds, withholdings, stamp duty, the summary by rate and Natura, the
 * total, instalments, format, recipient code, who sells and who transmits. Amounts are exact decimals, rounded to cents half up; figures
 * are taken with eight decimals at most. Never throws; whether the result is right for SdI is left to `checkDocument`.
 * @param input any JSON value
 * @param profile who issues, where something is known of it
 * @param options who transmits, and the day
 */
export function composeDocument(input: unknown, profile: FiscalProfile | undefined, options: ComposeOptions): Composed {
  const reading = readJsonDocument(input);
  if (!reading.ok) return { document: undefined, findings: reading.findings, open: [] };
  const { document, findings } = withPlainTexts(reading.document);
  const composed = composeShape(document, profile, options);
  const all = [...findings, ...composed.findings];
  // The warnings on texts are fifty at most: whatever is wrong, an error is among the first hundred.
  const told = all.slice(0, findingsMax);
  const wrong = all.some(({ severity }) => severity === 'error');
  return { document: wrong ? undefined : composed.document, findings: told, open: wrong ? [] : composed.open };
}

/** Only the sender's own texts are looked at, so that pointers are relative to what was sent. */
function withPlainTexts(document: JsonDocument): { document: JsonDocument; findings: DocumentFinding[] } {
  if (document.shape === 'short') {
    const { value, findings } = adaptTexts(document.invoice);
    return { document: { ...document, invoice: value }, findings };
  }
  const { value, findings } = adaptTexts<typeof document.draft>(document.draft);
  return { document: { ...document, draft: value } as JsonDocument, findings };
}

function composeShape(document: JsonDocument, profile: FiscalProfile | undefined, options: ComposeOptions): Composed {
  if (document.shape === 'ordinary') {
    const vatPayability = defaultsForModel(document.draft, profile)?.vatPayability;
    return finishOrdinary(ofModel(document.draft, document.register, profile, vatPayability), profile, options);
  }
  if (document.shape === 'simplified') {
    return finishSimplified(ofModel(document.draft, document.register, profile, undefined), profile, options);
  }
  const { invoice } = document;
  return invoice.format === 'FSM10'
    ? finishSimplified(simplifiedDraftOfShort(invoice, profile), profile, options)
    : finishOrdinary(draftOfShort(invoice, profile, options.today), profile, options);
}

function ofModel<T>(
  draft: T,
  register: string | undefined,
  profile: FiscalProfile | undefined,
  vatPayability: string | undefined,
): Drafted<T> {
  const wishes: Wishes = {
    stampDuty: 'auto',
    // A line of ours among the sender's own would be a surprise.
    chargeStampDuty: false,
    withholdingShares: [],
    instalments: [],
    vatPayability,
    legalReferences: naturaLaws,
  };
  return { draft, wishes, register: register ?? profile?.defaults?.register, findings: [] };
}

function finishOrdinary(
  { draft, wishes, register, findings }: Drafted<OrdinaryDraft>,
  profile: FiscalProfile | undefined,
  options: ComposeOptions,
): Composed {
  const header = (draft.FatturaElettronicaHeader ??= {});
  if (profile) header.CedentePrestatore ??= cedenteOf(profile, '', findings);
  if (!header.CedentePrestatore) findings.push(profileMissing());
  const bodies = draft.FatturaElettronicaBody ?? [];
  const open = bodies.flatMap((body, index) => fillBody(body, wishes, options.today, { body: index, register }));
  fillSending(draft, options, header.CessionarioCommittente?.Sede?.Nazione ?? 'IT');
  return { document: draft as FatturaElettronica, findings, open };
}

function finishSimplified(
  { draft, register, findings }: Drafted<SimplifiedDraft>,
  profile: FiscalProfile | undefined,
  options: ComposeOptions,
): Composed {
  draft.versione ??= 'FSM10';
  const open = fillSimplified(draft, profile, options.today, register, findings);
  const header = draft.FatturaElettronicaHeader;
  if (!header?.CedentePrestatore) findings.push(profileMissing());
  const other = header?.CessionarioCommittente?.AltriDatiIdentificativi;
  fillSending(draft, options, other?.Sede?.Nazione ?? 'IT');
  return { document: draft as FatturaElettronicaSemplificata, findings, open };
}
