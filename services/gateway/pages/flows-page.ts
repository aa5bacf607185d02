// gateway: the flows as a page: each topic with who speaks, who listens, what it carries and what happens when we give up.
import type { Flow } from '@staffetta/flow/flows.ts';
import { createHash } from 'node:crypto';

const style = `body{font:1rem/1.5 system-ui,sans-serif;margin:2rem auto;max-width:62rem;padding:0 1rem;color:#17324d}
section{border-top:1px solid #d9dee5;padding:1rem 0}h2{margin:0 0 .3rem}dl{display:grid;grid-template-columns:9rem 1fr;gap:.2rem 1rem;margin:.5rem 0}
dt{color:#5a6772}dd{margin:0}table{border-collapse:collapse;margin-top:.5rem}th,td{text-align:left;padding:.2rem .8rem .2rem 0;vertical-align:top}
nav a{margin-right:1rem}code{background:#eef3f9;padding:0 .2rem}`;

const styleHash = createHash('sha256').update(style).digest('base64');

/** What the page may load: nothing but its own style. */
export const flowsPolicy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

interface Shape {
  readonly type?: string;
  readonly enum?: readonly unknown[];
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly anyOf?: readonly Shape[];
}

function kindOf({ type, enum: values, anyOf }: Shape): string {
  if (values) return values.map(String).join(' | ');
  return type ?? anyOf?.map(kindOf).join(' | ') ?? 'any';
}

function fieldRow(name: string, shape: Shape, isNeeded: boolean): string {
  const words = escaped(shape.description ?? '');
  const cells = [`<code>${escaped(name)}</code>${isNeeded ? ' *' : ''}`, escaped(kindOf(shape)), words];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

function fieldTable({ properties = {}, required = [] }: Shape): string {
  const rows = Object.entries(properties).map(([name, shape]) => fieldRow(name, shape, required.includes(name)));
  return rows.length === 0 ? '' : `<table><tr><th>field<th>kind<th></tr>${rows.join('')}</table>`;
}

function section(name: string, { topic, from, to, key, means, givesUp, message }: Flow): string {
  const facts = [
    ['from', from.join(', ')],
    ['to', to.join(', ')],
    ['key', key],
    ['when we give up', givesUp],
  ] as const;
  const list = facts.map(([word, value]) => `<dt>${word}</dt><dd>${escaped(value)}</dd>`).join('');
  const fields = `<details><summary>what it carries (* always)</summary>${fieldTable(message)}</details>`;
  const head = `<h2><code>${escaped(topic)}</code></h2><p>${escaped(means)}</p>`;
  return `<section id="${escaped(name)}">${head}<dl>${list}</dl>${fields}</section>`;
}

/**
 * Draws the page.
 * @param flows all flows by name
 */
export function flowsPage(flows: Readonly<Record<string, Flow>>): string {
  const all = Object.entries(flows);
  const ways = all.map(([name]) => `<a href="#${escaped(name)}">${escaped(name)}</a>`).join(' ');
  return `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Staffetta: the flows</title><style>${style}</style>
<h1>The flows</h1><p>Every topic of the hub, as <a href="/v3/asyncapi">AsyncAPI 3.0</a> for programs. See also
<a href="/gateway/apis/ui">all interfaces</a>.</p><nav>${ways}</nav>
${all.map(([name, flow]) => section(name, flow)).join('\n')}</html>
`;
}
