// fatturapa: shapes as JSON Schema (draft 2020-12), for the API's page.
import type { FigureShape, ListShape, ObjectShape, Shape, TextShape, WordOrFigureShape } from './shape.ts';

/** A JSON Schema, as far as we write it. */
export interface ShapeSchema {
  readonly [keyword: string]: unknown;
}

const writers: { readonly [K in Shape['kind']]: (shape: Extract<Shape, { kind: K }>) => ShapeSchema } = {
  text: ({ codes, pattern, maxLength, example }: TextShape) =>
    codes
      ? { type: 'string', enum: [...codes] }
      : {
          type: 'string',
          minLength: 1,
          maxLength,
          ...(pattern && { pattern: pattern.source }),
          ...(example !== undefined && { examples: [example] }),
        },
  figure: figureSchema,
  whole: ({ min, max }) => ({ type: 'integer', minimum: min, maximum: max }),
  flag: () => ({ type: 'boolean' }),
  object: objectSchema,
  list: listSchema,
  wordOrFigure: ({ words, figure }: WordOrFigureShape) => ({
    anyOf: [{ type: 'string', enum: [...words] }, figureSchema(figure)],
  }),
};

/**
 * Writes a shape as JSON Schema, with each field's sentence in English and its Italian name.
 * @param shape any shape
 */
export function jsonSchemaOfShape(shape: Shape): ShapeSchema {
  const write = writers[shape.kind] as (shape: Shape) => ShapeSchema;
  return { description: `${shape.says.en} – ${shape.says.it}`, ...write(shape) };
}

function figureSchema({ decimals, min, max }: FigureShape): ShapeSchema {
  const number = {
    type: 'number',
    ...(min !== undefined && { minimum: min }),
    ...(max !== undefined && { maximum: max }),
  };
  return { anyOf: [number, { type: 'string', pattern: `^[+-]?\\d{1,15}(\\.\\d{1,${decimals}})?$` }] };
}

function objectSchema({ fields }: ObjectShape): ShapeSchema {
  const entries = Object.entries(fields);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, { shape }]) => [name, jsonSchemaOfShape(shape)])),
    required: entries.filter(([, { needed }]) => needed).map(([name]) => name),
    additionalProperties: false,
  };
}

function listSchema({ of, alone, min, max }: ListShape): ShapeSchema {
  const items = jsonSchemaOfShape(of);
  const list = { type: 'array', items, minItems: min, maxItems: max };
  return alone ? { anyOf: [items, list] } : list;
}
