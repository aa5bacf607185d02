// tools: docs/flow.md, printed from the flows and the table of moves.
import type { DecisionRow } from '@staffetta/flow/decisions.ts';
import type { Flow } from '@staffetta/flow/flows.ts';
import type { InvoiceMove } from '@staffetta/flow/invoice-moves.ts';
import { code, mermaid, page, table } from './markdown.ts';

/** The page that shows the saga: who speaks to whom, what it means, and which moves an invoice may make. */
export function flowPage(
  flows: Readonly<Record<string, Flow>>,
  moves: Readonly<Record<string, InvoiceMove>>,
  statuses: readonly string[],
  decisions: readonly DecisionRow[] = [],
): string {
  return page('The flow of an invoice', '`flow/flows.ts`, `flow/invoice-moves.ts` and `flow/decisions.ts`', [
    'Who speaks to whom. Each arrow is a topic; what cannot be done goes to `<topic>.DLT`.',
    mermaid(flowDiagram(flows)),
    '## Flows',
    table(
      ['topic', 'from', 'to', 'key', 'what it means', 'moves that may follow', 'when we give up'],
      Object.values(flows).map(flowRow),
    ),
    '## Moves',
    'What an event does to an invoice. `from`: it moves. Already there: it is repeated. `late`: it changes nothing ' +
      'and is no error. Anything else is refused.',
    mermaid(moveDiagram(moves)),
    table(
      ['event', 'to', 'from', 'late', 'what it means'],
      Object.entries(moves).map(([event, move]) => [
        code(event),
        short(move.to),
        move.from.map(short).join(', '),
        move.late.map(short).join(', ') || '–',
        move.means,
      ]),
    ),
    'The same table, by status: → moves, = repeated, ∅ late, ✗ refused.',
    table(
      ['status', ...Object.keys(moves)],
      statuses.map((status) => [code(status), ...Object.values(moves).map((move) => answerSign(move, status))]),
    ),
    '## Decisions',
    'What somebody may decide (`POST /api/invoices/{n}/decisione`) where the detail is `DECISION_NEEDED`; nothing else leads out of a discard but to send again.',
    table(
      ['from', 'a copy was taken', 'to', 'detail', 'what it means'],
      decisions.map(({ from, firstCopyTaken, to, detail, means }) => [
        from.map(short).join(', '),
        firstCopyTaken ? 'yes' : 'no',
        to === null ? 'as the receipt says' : short(to),
        detail === null ? 'as the receipt says' : code(detail),
        means,
      ]),
    ),
  ]);
}

function flowDiagram(flows: Readonly<Record<string, Flow>>): string[] {
  const id = (name: string) => name.replaceAll(/\W/g, '_');
  const ends = Object.values(flows).flatMap(({ from, to }) => [...from, ...to]);
  const nodes = [...new Set<string>(ends)].map((name) => `  ${id(name)}[${name}]`);
  const edges = Object.values(flows).flatMap(({ topic, from, to }) =>
    from.flatMap((speaker) => to.map((listener) => `  ${id(speaker)} -- ${topic} --> ${id(listener)}`)),
  );
  return ['flowchart LR', ...nodes, ...edges];
}

function flowRow({ topic, from, to, key, means, moves, givesUp }: Flow): string[] {
  return [code(topic), from.join(', '), to.join(', '), code(key), means, moves.map(code).join(', ') || '–', givesUp];
}

function moveDiagram(moves: Readonly<Record<string, InvoiceMove>>): string[] {
  const edges = Object.entries(moves).flatMap(([event, move]) =>
    move.from.map((from) => `  ${short(from)} --> ${short(move.to)}: ${event}`),
  );
  return ['stateDiagram-v2', ...edges];
}

function answerSign(move: InvoiceMove, status: string): string {
  const isIn = (list: readonly string[]) => list.includes(status);
  if (move.to === status) return '=';
  if (isIn(move.from)) return `→ ${short(move.to)}`;
  return isIn(move.late) ? '∅' : '✗';
}

/** A status without the prefix that most of them share. */
function short(status: string): string {
  return status.replace(/^INTERNAL_INVOICE_/, '');
}
