// tools: docs/errors.md, printed from the table of errors.
import type { ErrorKind } from '@staffetta/flow/errors.ts';
import { code, page, table } from './markdown.ts';

/** The page that lists every error code with its kind and what to do next. */
export function errorsPage(errors: Readonly<Record<string, { kind: ErrorKind; help: string }>>): string {
  return page('Errors', '`flow/errors.ts`', [
    'What the hub may answer or log. The kind decides the rest: HTTP takes its status from it, the bus whether to try ' +
      'again or to set the message aside as a dead letter.',
    table(
      ['code', 'kind', 'what to do'],
      Object.entries(errors).map(([name, { kind, help }]) => [code(name), kind, help]),
    ),
  ]);
}
