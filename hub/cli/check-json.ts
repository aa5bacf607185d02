// hub: judges a JSON document as the hub would, but without one: it is composed here, with the profile that the caller names.
import { judgeAtOnce, type Judgement } from '@staffetta/fatturapa/check-aside.ts';
import { checkAnswer, type CheckAnswer } from '@staffetta/fatturapa/check-answer.ts';
import type { CheckOptions } from '@staffetta/fatturapa/check-document.ts';
import { composeDocument, type Composed } from '@staffetta/fatturapa/compose/compose-document.ts';
import { pointerOf } from '@staffetta/fatturapa/compose/pointer-of-path.ts';
import { readJsonDocument, type JsonDocument } from '@staffetta/fatturapa/compose/read-request.ts';
import type { FiscalProfile } from '@staffetta/fatturapa/compose/short-party.ts';
import type { DocumentFinding } from '@staffetta/fatturapa/finding.ts';
import { storableFindings } from '@staffetta/fatturapa/storable-findings.ts';
import { writeDocument } from '@staffetta/fatturapa/write/write-document.ts';
import { readJson } from './json-file.ts';

/** How JSON is judged. */
export interface JsonCheck {
  /** Who issues, where it is known. */
  readonly profile: FiscalProfile | undefined;
  /** The day in Italy, `YYYY-MM-DD`. */
  readonly today: string;
  readonly options: CheckOptions;
}

/** Who hands the file over is the hub's to say: anybody whose number is formally right stands for it here. */
const sending = { transmitter: { idPaese: 'IT', idCodice: '03123450672' }, progressive: '00001' };

const profileMissing: DocumentFinding = {
  code: 'PROFILE_MISSING',
  severity: 'error',
  message: {
    it: "Il documento non dice chi emette la fattura: nell'hub lo dice il profilo fiscale del cliente. Senza, il resto non si può controllare.",
    en: "The document does not say who issues the invoice: in the hub the customer's fiscal profile does. Without one the rest cannot be checked.",
  },
  fix: {
    it: 'Indicare il profilo con --profile FILE.json, nella stessa forma di PUT /api/customers/{customerId}/profile (docs/fatturapa/json.md).',
    en: 'Name the profile with --profile FILE.json, in the shape of PUT /api/customers/{customerId}/profile (docs/fatturapa/json.md).',
  },
};

function answerOf(findings: readonly DocumentFinding[], judged?: Judgement): CheckAnswer {
  const valid = !findings.some(({ severity }) => severity === 'error');
  const stored = storableFindings(findings);
  return checkAnswer({ fileKind: 'xml', documents: [], ...judged, valid, findings: stored });
}

/** What a profile would say is not missed beside it. */
function told(findings: readonly DocumentFinding[]): DocumentFinding[] {
  const known = findings.filter(({ code }) => code !== 'PROFILE_MISSING');
  if (known.length === findings.length) return known;
  return [profileMissing, ...known.filter(({ path }) => !path?.endsWith('/vatRate'))];
}

/** Findings about the made XML, told by the places of the JSON, which alone the caller has. */
function inJson(findings: readonly DocumentFinding[], shape: JsonDocument['shape']): DocumentFinding[] {
  return findings.map(({ line: _line, column: _column, path, ...finding }) => ({
    ...finding,
    ...(path !== undefined && { path: pointerOf(path, shape) ?? path }),
  }));
}

/** A placeholder is no number that should be shown. */
function withoutPlaceholders(answer: CheckAnswer, open: Composed['open']): CheckAnswer {
  const waiting = new Set(open.map(({ body }) => body));
  const documents = answer.documents.map((document, index) => {
    const { numero: _numero, ...rest } = document;
    return waiting.has(index) ? rest : document;
  });
  return { ...answer, documents };
}

/**
 * Judges a JSON document.
 * @param bytes the file
 * @param check who issues, the day, and how the XML that is made of it is judged
 * @returns findings with JSON pointers (RFC 6901) into the file; where it is no JSON with line and column, if these are known
 */
export function judgeJson(bytes: Buffer, { profile, today, options }: JsonCheck): CheckAnswer {
  const json = readJson(bytes);
  if (!json.ok) {
    const { ok: _ok, why: message, ...place } = json;
    return answerOf([{ code: 'JSON_BROKEN', severity: 'error', message, ...place }]);
  }
  const reading = readJsonDocument(json.value);
  if (!reading.ok) return answerOf(reading.findings);
  const { document, findings, open } = composeDocument(json.value, profile, { ...sending, today });
  if (!document) return answerOf(told(findings));
  const judged = judgeAtOnce(writeDocument(document), options);
  return withoutPlaceholders(answerOf([...findings, ...inJson(judged.findings, reading.document.shape)], judged), open);
}
