// tools: what the walls say when something breaks a rule.

export type Finding = {
  readonly file: string;
  readonly line: number;
  /** The rule's short name. */
  readonly rule: string;
  /** What is wrong and what to do. */
  readonly message: string;
};

/** A finding as one line: file, line, rule, what to do. */
export function findingText({ file, line, rule, message }: Finding): string {
  return `${file}:${line} [${rule}] ${message}`;
}
