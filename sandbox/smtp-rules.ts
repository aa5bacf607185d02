// sandbox: how its mail server was told to misbehave, so that one sees what the hub makes of it.
import type { MatchRule, MatchRules } from './match-rules.ts';

/** What to do to mails, as told by REST; without a rule every mail is taken. */
export interface SmtpRule extends MatchRule {
  /** The reply's code, 400 to 599; 250 takes the mail. */
  readonly code?: number;
  readonly text?: string;
  /** Answers only after so many milliseconds. */
  readonly delayMs?: number;
  /** Never answers. */
  readonly hang?: boolean;
  /** Hangs up instead of answering. */
  readonly cut?: boolean;
  /** With `hang` or `cut`: keeps the mail all the same, as a server that dies between writing and answering does. */
  readonly keep?: boolean;
}

/** The book of these rules. */
export type SmtpRules = MatchRules<SmtpRule>;
