// fatturapa: every check by what it looks at: the file and its header once, each body in turn.
import { amountWarnings } from './amount-warnings.ts';
import { attachmentSizeWarnings, attachmentWarnings } from './attachment-warnings.ts';
import { documentTypeRules } from './document-type-rules.ts';
import type { BodyView, DocumentView } from './document-view.ts';
import { generalRules, lotRules } from './general-rules.ts';
import { lineRules } from './line-rules.ts';
import type { OrdinaryBody } from './ordinary-body.ts';
import { ordinaryGeneralRules } from './ordinary-general-rules.ts';
import { partyIdRules } from './party-id-rules.ts';
import { paymentWarnings } from './payment-warnings.ts';
import { recipientWarnings } from './recipient-warnings.ts';
import { referenceWarnings } from './reference-warnings.ts';
import type { Rule } from './rule.ts';
import type { SimplifiedBody } from './simplified-body.ts';
import { simplifiedRules } from './simplified-rules.ts';
import { simplifiedWarnings } from './simplified-warnings.ts';
import { summaryRules } from './summary-rules.ts';
import { ordinaryTaxWarnings, simplifiedTaxWarnings } from './tax-warnings.ts';
import { transmissionRules } from './transmission-rules.ts';

/** The checks on what stands once in a file. */
export const documentRules: readonly Rule<DocumentView>[] = [
  ...transmissionRules,
  ...partyIdRules,
  ...lotRules,
  ...recipientWarnings,
  ...attachmentSizeWarnings,
];

const everyBodyRules: readonly Rule<BodyView>[] = [...generalRules, ...documentTypeRules];

/** The checks on a body of an ordinary invoice. */
export const ordinaryBodyRules: readonly Rule<OrdinaryBody>[] = [
  ...everyBodyRules,
  ...ordinaryGeneralRules,
  ...lineRules,
  ...summaryRules,
  ...amountWarnings,
  ...ordinaryTaxWarnings,
  ...paymentWarnings,
  ...referenceWarnings,
  ...attachmentWarnings,
];

/** The checks on a body of a simplified invoice. */
export const simplifiedBodyRules: readonly Rule<SimplifiedBody>[] = [
  ...everyBodyRules.filter(({ formats }) => formats.includes('FSM10')),
  ...simplifiedRules,
  ...simplifiedWarnings,
  ...simplifiedTaxWarnings,
  ...attachmentWarnings,
];
