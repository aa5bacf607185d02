// sandbox: a book of rules that are told by REST, found by a regular expression and used up by counting.

/** What every rule may say. */
export interface MatchRule {
  /** A regular expression over recipients and file names, upper and lower case alike; without it every mail. */
  readonly match?: string;
  /** For how many mails; without it for all. */
  readonly times?: number;
}

/** A book of rules, in the order they were told. */
export interface MatchRules<Rule extends MatchRule> {
  /**
   * Adds a rule; one with the same `match` takes its place. Throws a SyntaxError where `match` is no regular
   * expression.
   */
  put(rule: Rule): void;
  /** Finds the rule for a mail and uses it up once; `names` are its recipients and file names. */
  take(names: () => Promise<readonly string[]>): Promise<Rule | undefined>;
  /** The rules still in force, `times` counting down. */
  list(): readonly Rule[];
  clear(): void;
}

/** Makes an empty book. */
export function createMatchRules<Rule extends MatchRule>(): MatchRules<Rule> {
  const rules = new Map<string, { rule: Rule; pattern: RegExp; left: number }>();

  async function take(names: () => Promise<readonly string[]>): Promise<Rule | undefined> {
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
