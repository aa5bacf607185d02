// fatturapa: the JSON Schema asks for what the tables ask for.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { anagrafica } from './anagrafica.ts';
import { si } from './codes/si.ts';
import { jsonSchemaOf, jsonSchemaOfDocument, type JsonSchema } from './json-schema.ts';
import { indirizzo } from './indirizzo.ts';
import { ordinary } from './ordinary.ts';
import { any, block, one, optional, some } from './schema.ts';
import { amount2, latinText } from './text-types.ts';
import { simplified } from './simplified.ts';

test('a text has its form, its lengths or its codes', () => {
  assert.deepEqual(jsonSchemaOf(amount2), { type: 'string', pattern: amount2.pattern });
  const { minLength, maxLength } = jsonSchemaOf(latinText(1, 80));
  assert.deepEqual([minLength, maxLength], [1, 80]);
  assert.deepEqual(jsonSchemaOf(si), { type: 'string', enum: ['SI'] });
});

test('a block wants what must stand, takes nothing unknown and has lists as arrays', () => {
  const rows = { A: one(si, 'uno', 'one'), B: optional(si, 'due', 'two'), C: some(si, 'tre', 'three') };
  const yes = { type: 'string', enum: ['SI'] };
  assert.deepEqual(jsonSchemaOf(block({ ...rows, D: any(si, 'quattro', 'four') })), {
    type: 'object',
    properties: {
      A: { ...yes, description: 'one – uno' },
      B: { ...yes, description: 'two – due' },
      C: { type: 'array', description: 'three – tre', items: yes, minItems: 1 },
      D: { type: 'array', description: 'four – quattro', items: yes },
    },
    required: ['A', 'C'],
    additionalProperties: false,
  });
});

test('of alternatives one stands whole and nothing of the others', () => {
  assert.deepEqual(jsonSchemaOf(anagrafica).oneOf, [
    { required: ['Denominazione'], properties: { Nome: false, Cognome: false } },
    { required: ['Nome', 'Cognome'], properties: { Denominazione: false } },
  ]);
});

test('what an empty element means is told as the default', () => {
  const { Nazione } = jsonSchemaOf(indirizzo).properties ?? {};
  assert.equal(Nazione && Nazione.default, 'IT');
});

test('a document has its version, its software and its parts', () => {
  const schema = jsonSchemaOfDocument(ordinary);
  assert.deepEqual(schema.required, ['versione', 'FatturaElettronicaHeader', 'FatturaElettronicaBody']);
  assert.deepEqual(Object.keys(schema.properties ?? {}), [
    'versione',
    'SistemaEmittente',
    'FatturaElettronicaHeader',
    'FatturaElettronicaBody',
  ]);
  const { versione } = jsonSchemaOfDocument(simplified).properties ?? {};
  assert.deepEqual(versione && versione.enum, ['FSM10']);
});

test('every pattern is an expression that JSON Schema can run, and all of it is JSON', () => {
  const schema = jsonSchemaOfDocument(ordinary);
  assert.deepEqual(JSON.parse(JSON.stringify(schema)), schema);
  let patterns = 0;
  const walk = (part: JsonSchema | false | undefined): void => {
    if (!part) return;
    if (part.pattern !== undefined) {
      assert.doesNotThrow(() => new RegExp(part.pattern ?? '', 'u'));
      patterns += 1;
    }
    walk(part.items);
    for (const property of Object.values(part.properties ?? {})) walk(property);
  };
  walk(schema);
  assert.ok(patterns > 100);
});
