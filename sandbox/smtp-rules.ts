// sandbox: how its mail server was told to misbehave, so that one sees what the hub makes of it.

/** What to do to mails, as told by REST. */
export interface SmtpRule {
  /** A regular expression over recipients and file names, upper and lower case alike; without it every mail. */
  readonly match?: string;
  /** The reply's code, 400 to 599; 250 takes the mail. */
  readonly code?: number;
  readonly text?: string;
  /** For how many mails; without it for all. */
  readonly times?: number;
  /** Answers only after so many milliseconds. */
  readonly delayMs?: number;
  /** Never answers. */
  readonly hang?: boolean;
  /** Hangs up instead of answering. */
  readonly cut?: boolean;
  /** With `hang` or `cut`: keeps the mail all the same, as a server that dies between writing and answering does. */
  readonly keep?: boolean;
}

/** A book of rules, in the order they were told. */
export interface SmtpRules {
  /**
   * Adds a rule; one with the same `match` takes its place. Throws a SyntaxError where `match` is no regular
   * expression.
   */
  put(rule: SmtpRule): void;
  /** Finds the rule for a mail and uses it up once; `names` are its recipients and file names. */
  take(names: () => Promise<readonly string[]>): Promise<SmtpRule | undefined>;
  /** The rules still in force, `times` counting down. */
  list(): readonly SmtpRule[];
  clear(): void;
}

/** Makes an empty book: every mail is taken. */
export function createSmtpRules(): SmtpRules {
  const rules = new Map<string, { rule: SmtpRule; pattern: RegExp; left: number }>();

  async function take(names: () => Promise<readonly string[]>): Promise<SmtpRule | undefined> {
    if (rules.size === 0) return undefined;
    const said = await names();
    for (const [key, entry] of rules) {
      if (!said.some((name) => entry.pattern.test(name))) continue;
      entry.left -= 1;
      if (entry.left <= 0) rules.delete(key);
      return entry.rule;
    }
    return undefined;
  }

  return {
    put(rule) {
      const pattern = new RegExp(rule.match ?? '', 'i');
      const left = rule.times ?? Number.POSITIVE_INFINITY;
      if (left > 0) rules.set(rule.match ?? '', { rule, pattern, left });
      else rules.delete(rule.match ?? '');
    },
    take,
    list: () => [...rules.values()].map(({ rule, left }) => (Number.isFinite(left) ? { ...rule, times: left } : rule)),
    clear: () => rules.clear(),
  };
}
