// platform: requests are checked against TypeBox schemas; bodies exactly, paths and queries after reading numbers from text.
import type { FastifySchemaCompiler } from 'fastify';
import { Type, type TSchema } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * A field that may be left out or null: Java clients write null for what they do not set.
 * @param schema the field's where it is given
 */
export function optional<T extends TSchema>(schema: T) {
  return Type.Optional(Type.Union([schema, Type.Null()]));
}

/** A value of a path or query as its schema means it; what is not exactly of that kind stays text, and so does not fit. */
function readText(type: string | undefined, value: unknown): unknown {
  if (typeof value !== 'string') return value;
  // Sixteen digits hold every safe integer; longer ones would be rounded in silence.
  if (type === 'integer') return /^-?\d{1,16}$/.test(value) ? Number(value) : value;
  if (type === 'number') return /^-?\d+(\.\d+)?$/.test(value) ? Number(value) : value;
  if (type === 'boolean') return value === 'true' || (value === 'false' ? false : value);
  return value;
}

// TypeBox's own conversion is too kind here: it makes 2 of "2.5", so that the wrong customer would be meant.
function readTexts(schema: TSchema, data: unknown): unknown {
  const { properties = {} } = schema as { properties?: Readonly<Record<string, { readonly type?: string }>> };
  if (typeof data !== 'object' || data === null) return data;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [name, readText(properties[name]?.type, value)]),
  );
}

/** What TypeBox says of a field that the schema has no place for. */
const noPlace = 'schema is false';

/** What TypeBox tells of a value that does not fit. */
interface Misfit {
  readonly keyword: string;
  readonly message: string;
  /** Where in the schema: `#/properties/role/anyOf/0`. */
  readonly schemaPath: string;
  readonly params: object;
}

function descriptionAt(schema: unknown, schemaPath: string): string | undefined {
  const names = schemaPath.split('/').slice(1);
  const found = names.reduce<unknown>((inner, name) => (inner as Record<string, unknown> | undefined)?.[name], schema);
  const { description } = (found ?? {}) as { readonly description?: unknown };
  return typeof description === 'string' ? description : undefined;
}

/** Says it to a person: the values that there are, and what a text is meant to be rather than its pattern. */
function wordsOf({ keyword, message, schemaPath, params }: Misfit, schema: unknown): string {
  if (message === noPlace) return 'is no field of this request';
  const { allowedValues } = params as { readonly allowedValues?: readonly unknown[] };
  if (keyword === 'enum' && allowedValues) return `must be one of ${allowedValues.join(', ')}`;
  const meant = keyword === 'pattern' ? descriptionAt(schema, schemaPath) : undefined;
  return meant === undefined ? message : `has not the right form: ${meant}`;
}

/**
 * Compiles a route's schema for Fastify. Body values are never coerced (`"2"` is no number); query and path values are read from
 * their text, exactly. The first error's message is `/customer/customerId must be integer`.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const fromText = httpPart === 'querystring' || httpPart === 'params';
  return (data: unknown) => {
    const value = fromText ? readTexts(schema, data) : data;
    if (validator.Check(value)) return { value };
    const [first] = validator.Errors(value);
    if (!first) return { error: new Error(' does not fit the schema') };
    return { error: new Error(`${first.instancePath} ${wordsOf(first, schema)}`) };
  };
};
