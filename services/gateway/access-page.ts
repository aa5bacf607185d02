// gateway: the table of routes as a page: which path goes where, who may use it, with which scope, and whose data it reaches.
import type { FastifyInstance } from 'fastify';
import { createHash } from 'node:crypto';
import { routeTable, scopes, type RouteRow, type Who } from './route-table.ts';

const style = `body{font:1rem/1.45 system-ui,sans-serif;margin:2rem;color:#17324d}table{border-collapse:collapse}
th,td{text-align:left;padding:.3rem .8rem;border-bottom:1px solid #d9dee5;vertical-align:top}th{background:#eef3f9}
td code{white-space:nowrap}caption{text-align:left;padding:.5rem 0}`;

const styleHash = createHash('sha256').update(style).digest('base64');
const policy = `default-src 'none'; style-src 'sha256-${styleHash}'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'`;

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

const goesTo: Partial<Record<RouteRow['to'], string>> = { here: 'the gateway', own: 'a service of your own' };

function whoOf(who: Who): string {
  if (who === 'everybody') return 'everybody';
  return who === 'signedIn' ? 'whoever is signed in' : who.join(', ');
}

/** A customer is bounded only where it may come at all. */
function reachOf({ who, reach }: RouteRow): string {
  const isForCustomers = typeof who !== 'string' && who.includes('CUSTOMER');
  return isForCustomers && reach === 'own' ? 'all; a customer its own only' : 'all';
}

function rowOf(row: RouteRow): string {
  const cells = [
    `<code>${escaped(row.method === '*' ? 'any' : row.method)}</code>`,
    `<code>${escaped(row.path)}</code>`,
    goesTo[row.to] ?? escaped(row.to),
    whoOf(row.who),
    row.scope ?? '–',
    row.who === 'everybody' ? '–' : reachOf(row),
    row.cost === 'expensive' ? 'small limit of its own' : '',
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

/**
 * Writes the page.
 * @param rows in their order
 */
export function accessPage(rows: readonly RouteRow[]): string {
  const heads = ['Method', 'Path', 'Goes to', 'Who may', 'Scope', 'Reaches', 'Cost'];
  const head = `<tr>${heads.map((name) => `<th scope="col">${name}</th>`).join('')}</tr>`;
  const caption = `The first row that fits decides; * stands for one segment, /** for the path before it and all below. A credential
without scopes may all that its roles may; one with scopes (${scopes.join(', ')}) only what needs one of these. The roles: ARUBA runs the hub, CUSTOMER is one customer, SDI brings notices.`;
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Who may do what · Staffetta</title><style>${style}</style></head>
<body><main><h1>Who may do what</h1><table><caption>${caption}</caption><thead>${head}</thead><tbody>${rows.map(rowOf).join('\n')}</tbody></table></main></body></html>`;
}

/**
 * Adds the page `/gateway/access`; `GET /` gives the same as JSON.
 * @param app the gateway's server
 * @param ownRows the rows of a firm's own routes that are in force; they come after the table's, as at the gate
 */
export function addAccessPage(app: FastifyInstance, ownRows: () => readonly RouteRow[]): void {
  app.get('/gateway/access', { schema: { hide: true } }, (_request, reply) => {
    reply.header('content-security-policy', policy);
    return reply.type('text/html; charset=utf-8').send(accessPage([...routeTable, ...ownRows()]));
  });
}
