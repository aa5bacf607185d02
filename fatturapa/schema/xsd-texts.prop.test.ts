// fatturapa: our types of text take what the official schema's types take, with libxml2 as the judge.
import fc from 'fast-check';
import { XmlDocument, XmlLibError, XsdValidator } from 'libxml2-wasm';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { servers } from '@staffetta/tools/servers/available.ts';
import { treatBlanks } from '../read/blanks.ts';
import { edgeTexts } from './edge-texts.fixture.ts';
import { officialTables, type OfficialTables } from './official-tables.fixture.ts';
import { ordinary } from './ordinary.ts';
import type { BlockType, DocumentSchema, TextType } from './schema.ts';
import { simplified } from './simplified.ts';

const { missing } = servers.shared;

/** The official name of each type of text, and ours; found by walking both trees alike. */
function pairs(tables: OfficialTables, schema: DocumentSchema): Map<string, TextType> {
  const found = new Map<string, TextType>();
  const walk = (block: BlockType, typeName: string) => {
    for (const { name, type } of tables.blocks.get(typeName) ?? []) {
      const ours = block.rows[name]?.type;
      assert.ok(ours, `${typeName} has ${name}`);
      if (ours.kind === 'block') walk(ours, type);
      else {
        assert.equal(ours.name, found.get(type)?.name ?? ours.name, `${typeName}/${name} has our one type for ${type}`);
        found.set(type, ours);
      }
    }
  };
  walk(schema.block, tables.rootType);
  return found;
}

/** Judges texts by an official type: true where libxml2 takes it. */
type Judge = (type: string, texts: readonly string[]) => boolean[];

/** A schema that has one more root, in which a text of each type may stand; signatures are left out of it. */
function judgeOf(tables: OfficialTables, types: Iterable<string>): Judge {
  const elements = [...types].map((type) => `<xs:element name="${nameOf(type)}" type="${type}"/>`).join('');
  const probe = `<xs:element name="Probe"><xs:complexType><xs:choice maxOccurs="unbounded">${elements}</xs:choice></xs:complexType></xs:element>`;
  const xsd = tables.xml
    .replace(/<xs:import [^>]*\/>/, '')
    .replace(/<xs:element ref="ds:Signature"[^>]*\/>/, '')
    .replace(/<\/xs:schema>\s*$/, `${probe}</xs:schema>`);
  const validator = XsdValidator.fromDoc(XmlDocument.fromString(xsd));
  return (type, texts) => {
    const lines = texts.map((text) => `<${nameOf(type)}>${escaped(text)}</${nameOf(type)}>`);
    const wrong = wrongLines(validator, `<p:Probe xmlns:p="${tables.namespace}">\n${lines.join('\n')}\n</p:Probe>`);
    return texts.map((_, index) => !wrong.has(index + 2));
  };
}

function wrongLines(validator: XsdValidator, xml: string): Set<number> {
  const document = XmlDocument.fromString(xml);
  try {
    validator.validate(document);
    return new Set();
  } catch (error) {
    if (!(error instanceof XmlLibError)) throw error;
    return new Set(error.details.map(({ line }) => line));
  } finally {
    document.dispose();
  }
}

function nameOf(type: string): string {
  return type.replace(':', '-');
}

// By number, so that blanks reach the type as they are and each text stays on its line.
function escaped(text: string): string {
  return [...text].map((letter) => (/[\w .]/.test(letter) ? letter : `&#${letter.codePointAt(0)};`)).join('');
}

/** Where libxml2 is known to stray from XML Schema: what it would say there counts nothing. */
function libxml2Strays({ sense, name }: TextType, text: string): boolean {
  // It skips whatever is no base64 instead of refusing it; base64-text.test.ts has the standard's own expression.
  if (sense === 'base64') return true;
  // It lets a part that repeats follow the other one of two ways (`a@[].b`), which Xerces refuses.
  if (name === 'certifiedAddress' && /[\]"]\.[^.@]/.test(text)) return true;
  if (sense !== 'date' && sense !== 'dateTime') return false;
  // It counts years and fractions with what the processor has.
  if (/^-?\d{7}|\.\d{12}/.test(text)) return true;
  // It decides about zones where the order is open.
  return name === 'invoiceDate' && /^(?:1969-12-31|1970-01-0[12])./.test(text);
}

function agree(judge: Judge, official: string, ours: TextType, given: readonly string[]): void {
  // libxml2 wrongly refuses blanks around dates.
  const isDay = ours.sense === 'date' || ours.sense === 'dateTime';
  const texts = given
    .map((text) => (isDay ? treatBlanks(text, 'collapse') : text))
    .filter((text) => !libxml2Strays(ours, text));
  const verdicts = judge(official, texts);
  texts.forEach((text, index) => {
    const taken = ours.accepts(treatBlanks(text, ours.whiteSpace));
    assert.equal(taken, verdicts[index], `${official} of ${JSON.stringify(text)}: ours says ${taken}`);
  });
}

const alphabet = [...'019azAZ .,-+:TZ=@"\\[]#!/', '\n', '\t', '\u00e8', '\u20ac', '\u{1f600}'];
const change = fc.record({
  at: fc.nat(12),
  remove: fc.nat(2),
  insert: fc.array(fc.constantFrom(...alphabet), { maxLength: 2 }),
});

/** Texts near the right ones: an edge text, sometimes changed here and there. */
const nearText = fc
  .tuple(fc.constantFrom(...edgeTexts.filter(({ length }) => length < 300)), fc.array(change, { maxLength: 2 }))
  .map(([text, changes]) =>
    changes.reduce((letters, { at, remove, insert }) => letters.toSpliced(at, remove, ...insert), [...text]).join(''),
  );

for (const [format, schema] of [
  ['ordinary', ordinary],
  ['simplified', simplified],
] as const) {
  test(`each type of the ${format} invoice takes what the official one takes`, { skip: missing }, () => {
    const tables = officialTables(format);
    const types = pairs(tables, schema);
    const judge = judgeOf(tables, types.keys());
    for (const [official, ours] of types) agree(judge, official, ours, edgeTexts);
    fc.assert(
      fc.property(fc.array(nearText, { minLength: 20, maxLength: 60 }), (texts) => {
        for (const [official, ours] of types) agree(judge, official, ours, texts);
      }),
      { numRuns: 15 },
    );
  });
}
