// tools: docs/fatturapa/notices.md, printed from the tables of notices.
import type { Rows } from '@staffetta/fatturapa/schema/schema.ts';
import {
  noticeFacts,
  noticeKinds,
  type NoticeKind,
  type NoticeReader,
} from '@staffetta/fatturapa/notices/notice-kinds.ts';
import type { NoticeSchema } from '@staffetta/fatturapa/notices/notice-schema.ts';
import type { CaseWords } from '@staffetta/fatturapa/notices/notice-words.ts';
import { code, page, table } from './markdown.ts';

const readers: Readonly<Record<NoticeReader, string>> = {
  supplier: 'supplier (fornitore)',
  buyer: 'buyer (cliente)',
  both: 'both (entrambi)',
  sdi: 'SdI',
};
const often = { one: 'once', optional: 'at most once', some: 'at least once', any: 'any number' } as const;

/**
 * The page that says which notices there are, what each holds and what it means.
 * @param schemas every table
 * @param words what is said of each case
 */
export function noticesPage(schemas: readonly NoticeSchema[], words: Readonly<Record<string, CaseWords>>): string {
  return page("SdI's notices", '`fatturapa/notices/`', [
    'What SdI and public bodies say about a file that was sent. Family PA is about invoices to public bodies (MessaggiTypes 1.1), B2B about all others (MessaggiFatturaTypes 1.0). ' +
      'A notice about a file concerns every invoice in it; with `RiferimentoFattura` it concerns one invoice of a lot.',
    'Files are called `<name of the invoice without extension>_<kind>_<nnn>.xml`; trust `NomeFile` inside rather than the name. Any prefix, a style sheet and signatures anywhere are fine; unknown, missing or misplaced ' +
      'elements are warnings (`NOTICE_ODD`); without SdI id, file name or outcome it is no notice (`NOTICE_INCOMPLETE`). Times without a zone are of Rome.',
    '## Kinds',
    table(
      ['kind', 'name', 'in English', 'for', 'PA', 'B2B', 'what it says', 'in English'],
      noticeKinds.map((kind) => kindRow(kind, schemas)),
    ),
    '## What it means and what to do',
    table(
      ['case', 'what happened', 'what it means', 'what to do', 'in English'],
      Object.entries(words).map(([name, { happened, means, next }]) => [
        code(name),
        happened.it,
        means.it,
        next.it,
        `${happened.en} ${means.en} ${next.en}`,
      ]),
    ),
    ...schemas.flatMap(fieldsOf),
  ]);
}

function kindRow(kind: NoticeKind, schemas: readonly NoticeSchema[]): string[] {
  const { name, for: reader, says } = noticeFacts[kind];
  const rootIn = (family: string) =>
    code(schemas.find((one) => one.kind === kind && one.family === family)?.root ?? '');
  return [code(kind), name.it, name.en, readers[reader], rootIn('PA'), rootIn('B2B'), says.it, says.en];
}

function fieldsOf({ kind, family, root, namespace, block, flag }: NoticeSchema): string[] {
  const flagRow =
    flag === undefined
      ? []
      : [
          [
            code(`@${flag}`),
            'at most once',
            'Si',
            'Un solo soggetto agisce per entrambe le parti',
            'One party acts for both sides',
          ],
        ];
  return [
    `## ${kind} of family ${family}: ${root}`,
    `Namespace ${code(namespace)}.`,
    table(['element', 'how often', 'allowed', 'what it is', 'in English'], [...flagRow, ...rowsOf(block.rows, '')]),
  ];
}

function rowsOf(rows: Rows, above: string): string[][] {
  return Object.entries(rows).flatMap(([name, { type, times, says }]) => {
    const here = `${above}${name}`;
    const row = [code(here), often[times], type.kind === 'text' ? type.allowed.it : '', says.it, says.en];
    return [row, ...(type.kind === 'block' ? rowsOf(type.rows, `${here}/`) : [])];
  });
}
