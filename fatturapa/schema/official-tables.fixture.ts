// fatturapa: the official XSD read into plain tables, for the tests that compare ours with it.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { sharedFolder } from '@staffetta/tools/servers/available.ts';

/** An element of a complex type. */
export interface OfficialElement {
  readonly name: string;
  readonly type: string;
  readonly min: string;
  readonly max: string;
  readonly default: string | undefined;
  /** Which alternative of the type's choice it belongs to, from 0; undefined outside of a choice. */
  readonly alternative: number | undefined;
}

/** A simple type by its facets. */
export interface OfficialText {
  readonly base: string;
  readonly facets: Readonly<Record<string, string>>;
  readonly codes: readonly string[];
}

/** A schema's types by their names. */
export interface OfficialTables {
  readonly xml: string;
  readonly namespace: string;
  readonly rootType: string;
  readonly blocks: ReadonlyMap<string, readonly OfficialElement[]>;
  readonly texts: ReadonlyMap<string, OfficialText>;
}

const files = { ordinary: 'FatturaPA_ordinaria_v1.2.3.xsd', simplified: 'FatturaPA_semplificata_v1.0.2.xsd' } as const;

/** The formats that have an official schema. */
export type Format = keyof typeof files;

/**
 * Reads an official schema from the folder of shared samples.
 * @param format which one
 */
export function officialTables(format: Format): OfficialTables {
  const xml = readFileSync(join(sharedFolder(), 'sdi/xsd', files[format]), 'utf8').replace(/^\ufeff/, '');
  const reader = new SchemaReader();
  reader.read(xml);
  return { xml, namespace: reader.namespace, rootType: reader.rootType, blocks: reader.blocks, texts: reader.texts };
}

class SchemaReader {
  namespace = '';
  rootType = '';
  readonly blocks = new Map<string, OfficialElement[]>();
  readonly texts = new Map<string, { base: string; facets: Record<string, string>; codes: string[] }>();
  #block: OfficialElement[] | undefined;
  #text: { base: string; facets: Record<string, string>; codes: string[] } | undefined;
  #depthInChoice = 0;
  #alternative: number | undefined;

  read(xml: string): void {
    const parser = new SaxesParser();
    parser.on('error', (error) => {
      throw error;
    });
    parser.on('opentag', (tag) => this.#open(tag));
    parser.on('closetag', ({ name }) => this.#close(name));
    parser.write(xml).close();
  }

  #open({ name, attributes }: SaxesTagPlain): void {
    const kind = name.replace('xs:', '');
    const value = attributes['value'] ?? '';
    if (kind === 'schema') this.namespace = attributes['targetNamespace'] ?? '';
    else if (kind === 'complexType') this.blocks.set(attributes['name'] ?? '', (this.#block = []));
    else if (kind === 'simpleType') this.#openText(attributes['name'] ?? '');
    else if (kind === 'restriction' && this.#text) this.#text.base = attributes['base'] ?? '';
    else if (kind === 'enumeration') this.#text?.codes.push(value);
    else if (kind === 'choice' || this.#depthInChoice > 0) this.#openInChoice(kind, attributes);
    else if (kind === 'element') this.#element(attributes);
    else if (this.#text && 'value' in attributes) this.#text.facets[kind] = value;
  }

  #openText(name: string): void {
    this.texts.set(name, (this.#text = { base: '', facets: {}, codes: [] }));
  }

  // In these schemas each alternative of a choice is a sequence.
  #openInChoice(kind: string, attributes: Record<string, string>): void {
    this.#depthInChoice += 1;
    if (kind === 'choice') this.#alternative = -1;
    else if (kind === 'sequence') this.#alternative = (this.#alternative ?? -1) + 1;
    else if (kind === 'element') this.#element(attributes);
  }

  #element({ name, type = '', minOccurs = '1', maxOccurs = '1', default: empty }: Record<string, string>): void {
    // `ds:Signature` is a reference without a name; the reader knows it by itself.
    if (name === undefined) return;
    if (this.#block === undefined) this.rootType = type;
    this.#block?.push({ name, type, min: minOccurs, max: maxOccurs, default: empty, alternative: this.#alternative });
  }

  #close(name: string): void {
    if (this.#depthInChoice > 0) {
      this.#depthInChoice -= 1;
      if (this.#depthInChoice === 0) this.#alternative = undefined;
    } else if (name === 'xs:complexType') this.#block = undefined;
    else if (name === 'xs:simpleType') this.#text = undefined;
  }
}
