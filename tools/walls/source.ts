// tools: what the walls need to know of one source file, read from its syntax and not by guessing from its text.
import { posix } from 'node:path';
import { parseSync } from 'oxc-parser';

export type Line = { readonly line: number; readonly text: string };

export type Source = {
  readonly path: string;
  /** The first line that is not a `#!` line. */
  readonly firstLine: string;
  readonly comments: readonly Line[];
  /** Texts of string literals and templates, with `…` where a template holds an expression. */
  readonly strings: readonly Line[];
  /** Module specifiers of imports, dynamic ones too, and re-exports. */
  readonly imports: readonly Line[];
  /** Lines of `export * from`. */
  readonly exportsAll: readonly number[];
  /** Whether it does nothing but pass on what others hold. */
  readonly isBarrel: boolean;
  /** Lines where the type `any` is written. */
  readonly anys: readonly number[];
  /** Markers that keep a test from running, or others from running with it; `text` is the marker. */
  readonly markers: readonly Line[];
};

type Node = { readonly type: string; readonly start: number } & Readonly<Record<string, unknown>>;

/**
 * Reads a TypeScript or JavaScript file.
 * @throws Error with path and reason when it is not valid syntax.
 */
export function readSource(path: string, text: string): Source {
  const parsed = parseSync(path, text);
  const [error] = parsed.errors;
  if (error) throw new Error(`${path}: ${error.message}`);
  const lineOf = lineCounter(text);
  const facts: Facts = { lineOf, strings: [], imports: [], anys: [], markers: [] };
  visit(parsed.program as unknown as Node, facts);
  const body = parsed.program.body;
  return {
    path,
    firstLine: (text.startsWith('#!') ? text.slice(text.indexOf('\n') + 1) : text).split('\n', 1)[0] ?? '',
    comments: parsed.comments.map((comment) => ({ line: lineOf(comment.start), text: comment.value })),
    strings: facts.strings,
    imports: facts.imports,
    exportsAll: body.filter((node) => node.type === 'ExportAllDeclaration').map((node) => lineOf(node.start)),
    isBarrel: isBarrel(body as unknown as Node[]),
    anys: facts.anys,
    markers: facts.markers,
  };
}

/** The path that a relative specifier means, from the repository's root. */
export function resolveRelative(fromPath: string, specifier: string): string {
  return posix.normalize(posix.join(posix.dirname(fromPath), specifier));
}

type Facts = {
  readonly lineOf: (offset: number) => number;
  readonly strings: Line[];
  readonly imports: Line[];
  readonly anys: number[];
  readonly markers: Line[];
};

function lineCounter(text: string): (offset: number) => number {
  const starts = [0];
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return (offset) => {
    const next = starts.findIndex((start) => start > offset);
    return next === -1 ? starts.length : next;
  };
}

function isBarrel(body: readonly Node[]): boolean {
  const isExport = ({ type }: Node) => type === 'ExportAllDeclaration' || type === 'ExportNamedDeclaration';
  const holdsNothing = (node: Node) =>
    node.type === 'ImportDeclaration' || (isExport(node) && !isNode(node.declaration));
  return body.some(isExport) && body.every(holdsNothing);
}

function visit(node: Node, facts: Facts): void {
  note(node, facts);
  for (const value of Object.values(node)) {
    if (isNode(value)) visit(value, facts);
    else if (Array.isArray(value)) for (const item of value) if (isNode(item)) visit(item, facts);
  }
}

function note(node: Node, facts: Facts): void {
  const line = facts.lineOf(node.start);
  const specifier = specifierOf(node);
  if (specifier !== undefined) facts.imports.push({ line, text: specifier });
  const text = textOf(node);
  if (text !== undefined) facts.strings.push({ line, text });
  if (node.type === 'TSAnyKeyword') facts.anys.push(line);
  const marker = markerOf(node);
  if (marker !== undefined) facts.markers.push({ line, text: marker });
}

const importing = new Set([
  'ImportDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
  'ImportExpression',
  'TSImportType',
]);

function specifierOf(node: Node): string | undefined {
  if (!importing.has(node.type) || !isNode(node.source)) return undefined;
  return textOf(node.source);
}

function textOf(node: Node): string | undefined {
  if (node.type === 'Literal') return typeof node.value === 'string' ? node.value : undefined;
  if (node.type !== 'TemplateLiteral') return undefined;
  const quasis = node.quasis as { value: { cooked: string | null; raw: string } }[];
  return quasis.map(({ value }) => value.cooked ?? value.raw).join('…');
}

const markerNames = new Set(['skip', 'only', 'todo']);
const testFunctions = /^(test|it|suite|describe|t|ctx|context)$/;

function markerOf(node: Node): string | undefined {
  if (node.type === 'MemberExpression') {
    const object = isNode(node.object) ? nameOf(node.object) : '';
    const property = isNode(node.property) ? nameOf(node.property) : '';
    return testFunctions.test(object) && markerNames.has(property) ? `${object}.${property}` : undefined;
  }
  if (node.type !== 'CallExpression' || !isNode(node.callee)) return undefined;
  const callee = node.callee.type === 'MemberExpression' ? node.callee.object : node.callee;
  if (!isNode(callee) || !testFunctions.test(nameOf(callee))) return undefined;
  return (node.arguments as Node[]).flatMap((argument) => markersIn(argument)).at(0);
}

function markersIn(options: Node): string[] {
  if (options.type !== 'ObjectExpression') return [];
  return (options.properties as Node[]).flatMap((property) => {
    const name = isNode(property.key) ? nameOf(property.key) : '';
    if (!markerNames.has(name)) return [];
    return name === 'skip' && isNode(property.value) && isMissing(property.value) ? [] : [`{ ${name}: … }`];
  });
}

/** `servers.kafka.missing`, a constant `missing` made of such, or several of them joined by `||`. */
function isMissing(node: Node): boolean {
  if (node.type === 'LogicalExpression') {
    return isNode(node.left) && isNode(node.right) && isMissing(node.left) && isMissing(node.right);
  }
  if (node.type === 'Identifier') return nameOf(node) === 'missing';
  return node.type === 'MemberExpression' && isNode(node.property) && nameOf(node.property) === 'missing';
}

function nameOf(node: Node): string {
  return typeof node.name === 'string' ? node.name : (textOf(node) ?? '');
}

function isNode(value: unknown): value is Node {
  return typeof value === 'object' && value !== null && typeof (value as { type?: unknown }).type === 'string';
}
