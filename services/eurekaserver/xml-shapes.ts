// eurekaserver: instances and applications in Eureka's XML, and back into the form that its JSON has. Pure.
import type { Application } from '@staffetta/platform/discovery/applications.ts';
import { fieldsOf, textOf, type Fields, type Instance } from '@staffetta/platform/discovery/instance.ts';
import { escapeXml, readXml, type XmlNode } from './xml-nodes.ts';

/** The original's writer (XStream) has names for what an element's name cannot hold: `_` doubled, `$` and others in code. */
function asName(key: string): string {
  return key.replace(/[^A-Za-z0-9.-]|^[^A-Za-z]/g, (sign) => {
    if (sign === '_') return '__';
    if (sign === '$') return '_-';
    return `_.${sign.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

function fromName(name: string): string {
  return name.replace(/__|_-|_\.([0-9a-f]{4})/gi, (whole, code: string | undefined) => {
    if (code !== undefined) return String.fromCharCode(Number.parseInt(code, 16));
    return whole === '__' ? '_' : '$';
  });
}

function element(name: string, text: unknown, attributes = ''): string {
  return `<${name}${attributes}>${escapeXml(textOf(text))}</${name}>`;
}

function classOf(fields: Fields): string {
  const given = textOf(fields['@class']);
  return given === '' ? '' : ` class="${escapeXml(given)}"`;
}

function mapOf(name: string, fields: Fields): string {
  const entries = Object.entries(fields).filter(([key]) => key !== '@class');
  const inner = entries.map(([key, value]) => {
    const deeper = fieldsOf(value);
    return deeper ? mapOf(asName(key), deeper) : element(asName(key), value);
  });
  return `<${name}${classOf(fields)}>${inner.join('')}</${name}>`;
}

function fieldOf(name: string, value: unknown): string {
  if (name === 'overriddenStatus') return element('overriddenstatus', value);
  const fields = fieldsOf(value);
  if (!fields) return typeof value === 'object' || value === undefined ? '' : element(asName(name), value);
  if (name !== 'port' && name !== 'securePort') return mapOf(asName(name), fields);
  return element(name, fields['$'], ` enabled="${escapeXml(textOf(fields['@enabled']))}"`);
}

/**
 * Writes an instance.
 * @param instance as the JSON has it
 */
export function instanceXml(instance: Fields): string {
  const fields = Object.entries(instance).map(([name, value]) => fieldOf(name, value));
  return `<instance>${fields.join('')}</instance>`;
}

/** Writes an application. */
export function applicationXml({ name, instance }: Application): string {
  return `<application>${element('name', name)}${instance.map((one) => instanceXml(one)).join('')}</application>`;
}

/** A registry with its version and hash code. */
export interface ApplicationsView {
  readonly versions__delta: string;
  readonly apps__hashcode: string;
  readonly application: readonly Application[];
}

/** Writes a registry. */
export function applicationsXml(view: ApplicationsView): string {
  const head = element('versions__delta', view.versions__delta) + element('apps__hashcode', view.apps__hashcode);
  return `<applications>${head}${view.application.map((one) => applicationXml(one)).join('')}</applications>`;
}

/** Eureka 1 had fewer words: an answer without `v2` in its path says DOWN for the newer ones. */
export function inOldWords(instance: Instance): Instance {
  const isNew = instance.status === 'OUT_OF_SERVICE' || instance.status === 'STARTING';
  return isNew ? { ...instance, status: 'DOWN' } : instance;
}

function fieldsOfNode(node: XmlNode): Fields {
  const entries = node.children.map((child) => {
    const value = child.children.length > 0 ? fieldsOfNode(child) : child.text;
    return [fromName(child.name), value] as const;
  });
  const given = node.attributes['class'];
  return Object.fromEntries(given === undefined ? entries : [...entries, ['@class', given]]);
}

function valueOf(node: XmlNode): unknown {
  const { enabled } = node.attributes;
  if (node.name === 'port' || node.name === 'securePort') {
    return { $: node.text, ...(enabled !== undefined && { '@enabled': enabled }) };
  }
  const isMap = node.children.length > 0 || node.name === 'metadata' || node.name === 'dataCenterInfo';
  return isMap ? fieldsOfNode(node) : node.text;
}

/**
 * Reads the XML of a registration.
 * @param text `<instance>…</instance>`
 * @returns the form that JSON has, `{"instance":{…}}`
 * @throws Error in plain words where it is not well-formed or no instance
 */
export function readInstanceXml(text: string): { readonly instance: Fields } {
  const root = readXml(text);
  if (root.name !== 'instance') throw new Error(`its root is <${root.name}> where <instance> is expected`);
  return { instance: Object.fromEntries(root.children.map((child) => [fromName(child.name), valueOf(child)])) };
}
