// sandbox: how its callback endpoint was told to misbehave, path by path.

/** What to do to callbacks, as told by REST. */
export interface CallbackRule {
  /** The path behind `/callbacks`, such as `/x`, or `*` for every path. */
  readonly path: string;
  /** How many callbacks are refused before the next passes; without it all are. */
  readonly fail?: number;
  /** The refusal's HTTP status, 500 by default. */
  readonly status?: number;
  /** Answers only after so many milliseconds, refused or not. */
  readonly delayMs?: number;
  /** Never answers those to be refused. */
  readonly hang?: boolean;
  /** `Retry-After` in seconds, or a date, on refusals. */
  readonly retryAfter?: number | string;
}

/** A book of rules, one per path. */
export interface CallbackRules {
  put(rule: CallbackRule): void;
  /** Gives the rule for a path and whether it refuses this callback, which uses it up once. */
  take(path: string): { readonly rule: CallbackRule; readonly refuses: boolean } | undefined;
  list(): readonly CallbackRule[];
  clear(): void;
}

/** Makes an empty book: every callback is answered 200. */
export function createCallbackRules(): CallbackRules {
  const rules = new Map<string, { rule: CallbackRule; left: number }>();
  return {
    put(rule) {
      // A rule that only delays refuses nothing.
      const onlyDelays = rule.delayMs !== undefined && rule.status === undefined && rule.hang !== true;
      const left = rule.fail ?? (onlyDelays ? 0 : Number.POSITIVE_INFINITY);
      rules.set(normalPath(rule.path), { rule, left });
    },
    take(path) {
      const entry = rules.get(normalPath(path)) ?? rules.get('*');
      if (entry === undefined) return undefined;
      const refuses = entry.left > 0;
      entry.left -= 1;
      return { rule: entry.rule, refuses };
    },
    list: () =>
      [...rules].map(([path, { rule, left }]) => ({
        ...rule,
        path,
        ...(Number.isFinite(left) ? { fail: Math.max(0, left) } : {}),
      })),
    clear: () => rules.clear(),
  };
}

/** `/callbacks/x`, `/x` and `x` are the same path. */
function normalPath(path: string): string {
  if (path === '*') return path;
  return `/${path.replace(/^\/?callbacks(?=\/|$)/, '').replace(/^\/+/, '')}`;
}
