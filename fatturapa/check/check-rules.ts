// fatturapa: runs the checks of a format over a document.
import type { DocumentFinding, Sentence } from '../finding.ts';
import type { FatturaElettronica } from '../schema/ordinary.ts';
import type { FatturaElettronicaSemplificata } from '../schema/simplified.ts';
import { documentRules, ordinaryBodyRules, simplifiedBodyRules } from './all-rules.ts';
import { viewOfOrdinary, viewOfSimplified } from './document-view.ts';
import { viewOfOrdinaryBody } from './ordinary-body.ts';
import type { Format, Found, Rule, RuleContext } from './rule.ts';
import { viewOfSimplifiedBody } from './simplified-body.ts';

function ofFormat<View>(rules: readonly Rule<View>[]): Record<Format, readonly Rule<View>[]> {
  const those = (format: Format) => rules.filter(({ formats }) => formats.includes(format));
  return { FPA12: those('FPA12'), FPR12: those('FPR12'), FSM10: those('FSM10') };
}

const rulesOnDocument = ofFormat(documentRules);
const rulesOnOrdinaryBody = ofFormat(ordinaryBodyRules);
const rulesOnSimplifiedBody = ofFormat(simplifiedBodyRules).FSM10;

function joined(says: Sentence, because: Sentence | undefined): Sentence {
  return because ? { it: `${says.it} ${because.it}`, en: `${says.en} ${because.en}` } : { it: says.it, en: says.en };
}

function toFinding({ code, severity, says, fix }: Rule<never>, found: Found, at: string): DocumentFinding {
  return {
    code,
    severity: found.severity ?? severity,
    path: `${at}${found.path}`,
    ...(found.value === undefined ? {} : { value: found.value }),
    message: joined(says, found.because),
    fix: found.fix ?? fix,
  };
}

function run<View>(
  rules: readonly Rule<View>[],
  view: View,
  context: RuleContext,
  at: string,
  findings: DocumentFinding[],
): void {
  for (const rule of rules) {
    for (const found of rule.find(view, context)) findings.push(toFinding(rule, found, at));
  }
}

function bodyAt(index: number): string {
  return `FatturaElettronicaBody[${index + 1}]/`;
}

function checkOrdinary(document: FatturaElettronica, format: Format, context: RuleContext): DocumentFinding[] {
  const findings: DocumentFinding[] = [];
  const view = viewOfOrdinary(document);
  run(rulesOnDocument[format], view, context, '', findings);
  for (const [index, body] of document.FatturaElettronicaBody.entries()) {
    run(rulesOnOrdinaryBody[format], viewOfOrdinaryBody(view, body), context, bodyAt(index), findings);
  }
  return findings;
}

function checkSimplified(document: FatturaElettronicaSemplificata, context: RuleContext): DocumentFinding[] {
  const findings: DocumentFinding[] = [];
  const view = viewOfSimplified(document);
  run(rulesOnDocument.FSM10, view, context, '', findings);
  for (const [index, body] of document.FatturaElettronicaBody.entries()) {
    run(rulesOnSimplifiedBody, viewOfSimplifiedBody(view, body), context, bodyAt(index), findings);
  }
  return findings;
}

/**
 * Checks the content of a document by SdI's numbers, and for what SdI lets through but people regret. Linear in the document.
 * @param document its format is right already (00200 comes before all this, as at SdI)
 * @param format what its `versione` says; `FSM10` means that it is a simplified one
 * @param context the day in Rome, and the profile's mind about dummy tax ids
 * @returns the findings in the order of the rules, the header's first, then body by body; `path` names the element from the root, without
 *   line and column
 */
export function checkRules(
  document: FatturaElettronica | FatturaElettronicaSemplificata,
  format: Format,
  context: RuleContext,
): DocumentFinding[] {
  return format === 'FSM10'
    ? checkSimplified(document as FatturaElettronicaSemplificata, context)
    : checkOrdinary(document as FatturaElettronica, format, context);
}
