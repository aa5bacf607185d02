// tools: docs/fatturapa/json.md, printed from the shapes that documents and profiles have in JSON.
import { exampleDocument } from '@staffetta/fatturapa/compose/document-schemas.ts';
import { plainTwins } from '@staffetta/fatturapa/compose/adapt-text.ts';
import { naturaLaws } from '@staffetta/fatturapa/compose/natura-laws.ts';
import type { Field, ObjectShape, Shape } from '@staffetta/fatturapa/compose/shape.ts';
import { code, page, table } from './markdown.ts';

const kinds: { readonly [K in Shape['kind']]: (shape: Extract<Shape, { kind: K }>) => string } = {
  text: ({ codes, maxLength, example }) => {
    if (codes) return codes.length > 6 ? `code, as ${code(codes[0] ?? '')}` : codes.map(code).join(' ');
    return example === undefined ? `text, up to ${maxLength}` : `text, as ${code(example)}`;
  },
  figure: ({ decimals, min, max }) => {
    const from = min === undefined ? '' : `, from ${min}`;
    return `figure, up to ${decimals} decimals${from}${max === undefined ? '' : ` to ${max}`}`;
  },
  whole: ({ min, max }) => `whole number, ${min} to ${max}`,
  flag: () => '`true` or `false`',
  object: () => 'object',
  list: ({ alone, of }) => `list${of.kind === 'object' ? '' : ` of: ${kindOf(of)}`}${alone ? ', or one alone' : ''}`,
  wordOrFigure: ({ words }) => `${words.map(code).join(', ')}, or an amount`,
};

function kindOf(shape: Shape): string {
  return (kinds[shape.kind] as (shape: Shape) => string)(shape);
}

function rowsOf(fields: Readonly<Record<string, Field>>, path: string): string[][] {
  return Object.entries(fields).flatMap(([name, { shape, needed }]) => {
    const inner = shape.kind === 'list' ? shape.of : shape;
    const own = `${path}${name}${shape.kind === 'list' ? '[]' : ''}`;
    const row = [code(own), needed ? 'yes' : '', kindOf(shape), `${shape.says.en} – ${shape.says.it}`];
    return inner.kind === 'object' ? [row, ...rowsOf(inner.fields, `${own}.`)] : [row];
  });
}

function shapeTable({ fields }: ObjectShape): string {
  return table(['field', 'needed', 'holds', 'what it is'], rowsOf(fields, ''));
}

/**
 * The page about documents that are sent as JSON.
 * @param invoice the shorter shape of an invoice
 * @param profile the shape of a fiscal profile
 */
export function jsonPage(invoice: ObjectShape, profile: ObjectShape): string {
  return page('Invoices as JSON', '`fatturapa/compose/short-invoice.ts` and `short-party.ts`', [
    '`document` in place of `invoice` takes an invoice as JSON, in one of two shapes: the names of the XML itself ' +
      '([ordinary.md](ordinary.md), [simplified.md](simplified.md); what is left out is reckoned), or the shorter one below. ' +
      'The decision: [ADR 0010](../adr/0010-documents-from-json.md).',
    ['```json', JSON.stringify(exampleDocument, null, 2), '```'].join('\n'),
    '- Figures are numbers or texts with a decimal point. They are exact, with eight decimals at most (0.1 + 0.2 is 0.3); where cents ' +
      'stand, more than two decimals are refused, never rounded in silence.\n' +
      '- Reckoned: totals of lines, VAT summary, social fund, withholding, stamp duty of 2.00 euro where due (more than 77.47 euro ' +
      'without VAT), the total, instalments; rounded half up to cents.\n' +
      '- Left out, number and date are given by the hub: the next number of the register, and today in Italy.\n' +
      '- Numbers of a register have no gaps: a document that is refused here takes none. One that SdI discards (NS) keeps its number: send ' +
      'it again, corrected, within five days with `number` and `date` (`Numero` and `Data`) as they were; its outcome tells them in ' +
      '`documents`, and in the finding `SEND_AGAIN`. Without `number` it would get another one, and its own would stay unused.\n' +
      '- `null` is the same as leaving a field out.',
    '## The shorter shape',
    shapeTable(invoice),
    '## The fiscal profile',
    '`PUT /api/customers/{customerId}/profile` of dbmanager. It is judged by a trial invoice made with it.',
    shapeTable(profile),
    '## Characters',
    'SdI takes Latin-1 (U+0000 to U+00FF). These are written otherwise, with a warning; all others are refused.',
    table(
      ['character', 'written as'],
      Object.entries(plainTwins).map(([character, twin]) => [nameOf(character), twin === '' ? 'nothing' : code(twin)]),
    ),
    '## Laws',
    'RiferimentoNormativo of the summary where the lines name none:',
    table(['Natura', 'RiferimentoNormativo'], [...naturaLaws]),
  ]);
}

function nameOf(character: string): string {
  const point = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return /[\p{L}\p{P}\p{S}]/u.test(character) ? `${character} (U+${point})` : `U+${point}`;
}
