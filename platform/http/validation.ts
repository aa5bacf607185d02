// platform: requests are checked against TypeBox schemas; bodies exactly, paths and queries after reading numbers from text.
import type { FastifySchemaCompiler } from 'fastify';
import type { TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { Value } from 'typebox/value';

/**
 * Compiles a route's schema for Fastify. Body values are never coerced (`"2"` is no number); query and path values are.
 * The first error's message is `/customer/customerId must be integer`.
 */
export const compileValidator: FastifySchemaCompiler<TSchema> = ({ schema, httpPart }) => {
  const validator = Compile(schema);
  const fromText = httpPart === 'querystring' || httpPart === 'params';
  return (data: unknown) => {
    const value = fromText ? Value.Convert(schema, data) : data;
    if (validator.Check(value)) return { value };
    const [first] = validator.Errors(value);
    return { error: new Error(first ? `${first.instancePath} ${first.message}` : ' does not fit the schema') };
  };
};
