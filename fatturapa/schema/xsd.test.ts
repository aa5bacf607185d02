// fatturapa: our tables say what the official XSD says, element by element.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { servers } from '@staffetta/tools/servers/available.ts';
import { officialTables, type Format, type OfficialElement, type OfficialTables } from './official-tables.fixture.ts';
import { ordinary } from './ordinary.ts';
import { sistemaEmittente } from './root-attributes.ts';
import type { BlockType, DocumentSchema, ElementRow, TextType, WhiteSpace } from './schema.ts';
import { simplified } from './simplified.ts';

const { missing } = servers.shared;
const formats: readonly (readonly [Format, DocumentSchema])[] = [
  ['ordinary', ordinary],
  ['simplified', simplified],
];

const timesOf: Readonly<Record<string, ElementRow['times']>> = {
  '1..1': 'one',
  '0..1': 'optional',
  '1..unbounded': 'some',
  '0..unbounded': 'any',
};

/** What a schema says of one element, in words that both sides can be brought to. */
interface Said {
  readonly path: string;
  readonly times: string;
  readonly empty: string | undefined;
  readonly alternative: number | undefined;
  readonly kind: 'block' | 'text';
  readonly codes: readonly string[];
  readonly whiteSpace: WhiteSpace | undefined;
}

const whiteSpaces: Readonly<Record<string, WhiteSpace>> = { 'xs:string': 'preserve', 'xs:normalizedString': 'replace' };

function officialSays(tables: OfficialTables, typeName: string, path: string): Said[] {
  return (tables.blocks.get(typeName) ?? []).flatMap((element) => {
    const here = `${path}/${element.name}`;
    return [officialElement(tables, element, here), ...officialSays(tables, element.type, here)];
  });
}

function officialElement(tables: OfficialTables, element: OfficialElement, path: string): Said {
  const text = tables.texts.get(element.type);
  const isBlock = tables.blocks.has(element.type);
  const blanks = text?.facets['whiteSpace'] as WhiteSpace | undefined;
  return {
    path,
    times: element.alternative === undefined ? (timesOf[`${element.min}..${element.max}`] ?? '') : 'optional',
    empty: element.default,
    alternative: element.alternative,
    kind: isBlock ? 'block' : 'text',
    codes: text?.codes ?? [],
    whiteSpace: isBlock ? undefined : (blanks ?? whiteSpaces[text?.base ?? element.type] ?? 'collapse'),
  };
}

function oursSays(block: BlockType, path: string): Said[] {
  return Object.entries(block.rows).flatMap(([name, row]) => {
    const here = `${path}/${name}`;
    return [ourElement(block, name, row, here), ...(row.type.kind === 'block' ? oursSays(row.type, here) : [])];
  });
}

function ourElement(block: BlockType, name: string, { type, times, emptyMeans }: ElementRow, path: string): Said {
  const alternative = block.either?.findIndex((names) => names.includes(name)) ?? -1;
  return {
    path,
    times,
    empty: emptyMeans,
    alternative: alternative === -1 ? undefined : alternative,
    kind: type.kind,
    codes: type.kind === 'text' && type.codes ? Object.keys(type.codes) : [],
    whiteSpace: type.kind === 'text' ? type.whiteSpace : undefined,
  };
}

for (const [format, schema] of formats) {
  suite(`the ${format} invoice against its official schema`, { skip: missing }, () => {
    const tables = missing ? undefined : officialTables(format);

    test('has the same elements in the same order, as often, with the same codes, blanks and defaults', () => {
      assert.ok(tables);
      const official = officialSays(tables, tables.rootType, '');
      assert.ok(official.length > 100);
      assert.deepEqual(oursSays(schema.block, ''), official);
    });

    test('has the same namespace, root and versions', () => {
      assert.ok(tables);
      assert.equal(schema.namespace, tables.namespace);
      assert.deepEqual(schema.versions, tables.texts.get('FormatoTrasmissioneType')?.codes);
      assert.match(tables.xml, new RegExp(`<xs:element name="${schema.root}"`));
    });

    test('knows the attributes of the root', () => {
      assert.ok(tables);
      const attributes = [...tables.xml.matchAll(/<xs:attribute name="(\w+)" type="(\w+)"/g)].map(([, name]) => name);
      assert.deepEqual(attributes, ['versione', 'SistemaEmittente']);
      const attribute: TextType = sistemaEmittente;
      assert.equal(attribute.maxLength, 10);
    });
  });
}
