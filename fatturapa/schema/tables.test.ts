// fatturapa: the tables are whole: every row and code says what it is, alternatives are rows, names are told apart.
import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { ordinary } from './ordinary.ts';
import type { BlockType, DocumentSchema, ElementRow, TextType } from './schema.ts';
import { simplified } from './simplified.ts';
import type { Sentence } from '../finding.ts';

function allRows({ rows }: BlockType): [name: string, row: ElementRow][] {
  return Object.entries(rows).flatMap(([name, row]) => [
    [name, row] as [string, ElementRow],
    ...(row.type.kind === 'block' ? allRows(row.type) : []),
  ]);
}

function allBlocks(block: BlockType): BlockType[] {
  const below = Object.values(block.rows).flatMap(({ type }) => (type.kind === 'block' ? allBlocks(type) : []));
  return [block, ...below];
}

function allTexts(block: BlockType): TextType[] {
  return allRows(block).flatMap(([, { type }]) => (type.kind === 'text' ? [type] : []));
}

function says({ it, en }: Sentence, of: string): void {
  for (const text of [it, en]) {
    assert.ok(text.trim() === text && text.length > 1, `${of} says something: "${text}"`);
    assert.doesNotMatch(text, /\.$/, `${of} is a phrase, not a sentence: "${text}"`);
  }
}

const formats: Readonly<Record<string, DocumentSchema>> = { ordinary, simplified };

for (const [format, schema] of Object.entries(formats)) {
  suite(`the tables of the ${format} invoice`, () => {
    test('say of each element what it is, in both languages', () => {
      for (const [name, row] of allRows(schema.block)) {
        assert.ok(row.says.it.length > 1 && row.says.en.length > 1, name);
        assert.ok(/^[A-Z]/.test(row.says.it) && /^[A-Z]/.test(row.says.en), name);
      }
    });

    test('say of each type what is allowed, and of each code what it means', () => {
      for (const { name, allowed, codes } of allTexts(schema.block)) {
        says(allowed, name);
        for (const [code, meaning] of Object.entries(codes ?? {})) says(meaning, `${name} ${code}`);
      }
    });

    test('name alternatives that are optional rows, each in one alternative only', () => {
      for (const { rows, either = [] } of allBlocks(schema.block)) {
        const names = either.flat();
        assert.equal(new Set(names).size, names.length);
        for (const name of names) assert.equal(rows[name]?.times, 'optional', name);
      }
    });

    test('mean something allowed where empty means something', () => {
      const withDefault = allRows(schema.block).filter(([, { emptyMeans }]) => emptyMeans !== undefined);
      assert.ok(withDefault.length > 0);
      for (const [name, { type, emptyMeans = '' }] of withDefault) {
        assert.ok(type.kind === 'text' && type.accepts(emptyMeans), name);
      }
    });

    test('call one type by one name', () => {
      const byName = new Map<string, string>();
      for (const { name, allowed, whiteSpace, pattern, codes } of allTexts(schema.block)) {
        const facts = JSON.stringify([allowed, whiteSpace, pattern, codes]);
        assert.equal(byName.get(name) ?? facts, facts, name);
        byName.set(name, facts);
      }
    });
  });
}
