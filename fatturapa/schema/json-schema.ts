// fatturapa: the tables as JSON Schema (draft 2020-12), for the REST API that takes documents as JSON.
import { sistemaEmittente } from './root-attributes.ts';
import type { BlockType, DocumentSchema, ElementRow, TextType } from './schema.ts';

/** The part of JSON Schema that we use; `false` stands for a property that must be absent. */
export interface JsonSchema {
  $schema?: string;
  type?: 'object' | 'array' | 'string';
  description?: string;
  properties?: Record<string, JsonSchema | false>;
  required?: string[];
  additionalProperties?: false;
  oneOf?: JsonSchema[];
  items?: JsonSchema;
  minItems?: number;
  enum?: string[];
  pattern?: string;
  minLength?: number;
  maxLength?: number;
  default?: string;
}

/**
 * The JSON Schema of a type of the tables. It asks for what the XML would have to hold: texts with their form or list
 * of codes (that a day exists in its month is left to the format check), blocks with their elements by name, lists as arrays.
 * @param type an element's type
 */
export function jsonSchemaOf(type: TextType | BlockType): JsonSchema {
  return type.kind === 'text' ? schemaOfText(type) : schemaOfBlock(type);
}

/**
 * The JSON Schema of a whole file in the model's shape: the root's attributes and elements in one object.
 * @param schema of the format
 */
export function jsonSchemaOfDocument(schema: DocumentSchema): JsonSchema {
  const { properties, required = [], ...block } = schemaOfBlock(schema.block);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    ...block,
    description: `${schema.root} (${schema.versions.join(', ')})`,
    properties: {
      versione: { type: 'string', description: 'Format of the file – Formato del file', enum: [...schema.versions] },
      SistemaEmittente: {
        ...schemaOfText(sistemaEmittente),
        description: 'Software that made the file – Programma che ha prodotto il file',
      },
      ...properties,
    },
    required: ['versione', ...required],
  };
}

function schemaOfText({ codes, pattern, minLength, maxLength }: TextType): JsonSchema {
  if (codes) return { type: 'string', enum: Object.keys(codes) };
  return {
    type: 'string',
    ...(pattern === undefined ? {} : { pattern }),
    ...(minLength === undefined ? {} : { minLength }),
    ...(maxLength === undefined ? {} : { maxLength }),
  };
}

function schemaOfBlock({ rows, either }: BlockType): JsonSchema {
  const entries = Object.entries(rows);
  const required = entries.filter(([, { times }]) => times === 'one' || times === 'some').map(([name]) => name);
  return {
    type: 'object',
    properties: Object.fromEntries(entries.map(([name, row]) => [name, schemaOfRow(row)])),
    ...(required.length > 0 ? { required } : {}),
    ...(either ? { oneOf: alternatives(either) } : {}),
    additionalProperties: false,
  };
}

function schemaOfRow({ type, times, says, emptyMeans }: ElementRow): JsonSchema {
  const description = `${says.en} – ${says.it}`;
  const value = { ...jsonSchemaOf(type), ...(emptyMeans === undefined ? {} : { default: emptyMeans }) };
  if (times === 'one' || times === 'optional') return { ...value, description };
  return { type: 'array', description, items: value, ...(times === 'some' ? { minItems: 1 } : {}) };
}

/** Each alternative forbids the names of the others: half of another one beside it is wrong, too. */
function alternatives(either: readonly (readonly string[])[]): JsonSchema[] {
  return either.map((names) => {
    const others = either.flat().filter((name) => !names.includes(name));
    return { required: [...names], properties: Object.fromEntries(others.map((name) => [name, false] as const)) };
  });
}
