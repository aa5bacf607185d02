// sandbox: whom its IMAP server was told to let in, and whom not.

/** What to do to whoever signs in for an address, as told by REST. */
export interface ImapRule {
  /** Whose mailbox; without it everybody's. */
  readonly address?: string;
  /** Nobody gets in, whatever the password. */
  readonly refuse?: boolean;
  /** The one password that is right; without it any is. */
  readonly password?: string;
}

/** A book of rules; one for an address wins over the one for everybody. */
export interface ImapRules {
  /** Adds a rule; one for the same address takes its place. */
  put(rule: ImapRule): void;
  /** Whether somebody may sign in. */
  lets(address: string, password: string): boolean;
  /** The rules in force, passwords left out. */
  list(): readonly Omit<ImapRule, 'password'>[];
  clear(): void;
}

/** Makes an empty book: everybody gets in, by any password. */
export function createImapRules(): ImapRules {
  const rules = new Map<string, ImapRule>();
  return {
    put: (rule) => void rules.set(rule.address?.toLowerCase() ?? '', rule),
    lets: (address, password) => {
      const rule = rules.get(address.toLowerCase()) ?? rules.get('');
      if (rule?.refuse === true) return false;
      return rule?.password === undefined || rule.password === password;
    },
    list: () => [...rules.values()].map(({ password: _password, ...rule }) => rule),
    clear: () => rules.clear(),
  };
}
