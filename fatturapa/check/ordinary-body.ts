// fatturapa: a body of an ordinary invoice as its checks see it: rates read once, and what each rate adds up to.
import type { Sentence } from '../finding.ts';
import type { FatturaElettronica } from '../schema/ordinary.ts';
import type { BodyView, DocumentView } from './document-view.ts';
import { hundredths, Total } from './exact.ts';

type Body = FatturaElettronica['FatturaElettronicaBody'][number];
type Line = Body['DatiBeniServizi']['DettaglioLinee'][number];
type Summary = Body['DatiBeniServizi']['DatiRiepilogo'][number];
type General = Body['DatiGenerali']['DatiGeneraliDocumento'];
type Fund = NonNullable<General['DatiCassaPrevidenziale']>[number];

/** What is known about a VAT rate of a body. */
export interface RateUse {
  /** Where it is used first: a line's or a fund's path; undefined where only the summary has it. */
  usedAt: string | undefined;
  /** The place of its first DatiRiepilogo from 0; undefined where it has none. */
  summaryIndex: number | undefined;
  /** Taxable amounts of the summary less lines, funds and roundings: zero where all is well. */
  readonly difference: Total;
}

/** A body with its parts at hand; rates are in hundredths of a percent point (22.00 is 2200). */
export interface OrdinaryBody extends BodyView {
  readonly body: Body;
  readonly general: General;
  readonly lines: readonly Line[];
  readonly lineRates: readonly number[];
  readonly funds: readonly Fund[];
  readonly fundRates: readonly number[];
  readonly summaries: readonly Summary[];
  readonly summaryRates: readonly number[];
  /** In the order in which the rates come up: lines, funds, summary. */
  readonly rates: ReadonlyMap<number, RateUse>;
  /** TD16 integrates a reverse-charge invoice: there a Natura stands beside a rate. */
  readonly isReverseChargeIntegration: boolean;
}

/** The path of a line within the body; `index` from 0. */
export function lineAt(index: number): string {
  return `DatiBeniServizi/DettaglioLinee[${index + 1}]`;
}

/** The path of a summary within the body; `index` from 0. */
export function summaryAt(index: number): string {
  return `DatiBeniServizi/DatiRiepilogo[${index + 1}]`;
}

/** The path of a professional fund's contribution within the body; `index` from 0. */
export function fundAt(index: number): string {
  return `DatiGenerali/DatiGeneraliDocumento/DatiCassaPrevidenziale[${index + 1}]`;
}

/**
 * Names a row by its place, as in "used by line 2".
 * @param at what `lineAt` or `fundAt` gave
 */
export function userInWords(at: string): Sentence {
  const place = /\[(\d+)\]$/.exec(at)?.[1] ?? '';
  return at.startsWith('DatiBeniServizi')
    ? { it: `dalla linea ${place}`, en: `by line ${place}` }
    : { it: `dalla cassa previdenziale ${place}`, en: `by fund ${place}` };
}

const noFunds: readonly Fund[] = [];

/** Gathers what each rate adds up to, in one pass. */
class RateTable {
  readonly uses = new Map<number, RateUse>();

  #of(rate: number): RateUse {
    let use = this.uses.get(rate);
    if (use === undefined) {
      use = { usedAt: undefined, summaryIndex: undefined, difference: new Total() };
      this.uses.set(rate, use);
    }
    return use;
  }

  takeRow(rate: number, amount: string, index: number, at: (index: number) => string): void {
    const use = this.#of(rate);
    use.usedAt ??= at(index);
    use.difference.add(amount, -1);
  }

  takeSummary(rate: number, summary: Summary, index: number): void {
    const use = this.#of(rate);
    use.summaryIndex ??= index;
    use.difference.add(summary.ImponibileImporto);
    use.difference.add(summary.Arrotondamento, -1);
  }
}

function rateTable(view: Omit<OrdinaryBody, 'rates'>): RateTable {
  const table = new RateTable();
  const { lines, funds, summaries } = view;
  lines.forEach((line, index) => table.takeRow(view.lineRates[index] ?? 0, line.PrezzoTotale, index, lineAt));
  funds.forEach((fund, index) => table.takeRow(view.fundRates[index] ?? 0, fund.ImportoContributoCassa, index, fundAt));
  summaries.forEach((summary, index) => table.takeSummary(view.summaryRates[index] ?? 0, summary, index));
  return table;
}

function rateOf(row: { readonly AliquotaIVA: string }): number {
  return hundredths(row.AliquotaIVA);
}

/**
 * Lays out a body of an ordinary invoice; linear in its rows.
 * @param document what stands around it
 * @param body as it was read
 */
export function viewOfOrdinaryBody(document: DocumentView, body: Body): OrdinaryBody {
  const general = body.DatiGenerali.DatiGeneraliDocumento;
  const { DettaglioLinee: lines, DatiRiepilogo: summaries } = body.DatiBeniServizi;
  const funds = general.DatiCassaPrevidenziale ?? noFunds;
  const parts = {
    document,
    body,
    general,
    lines,
    lineRates: lines.map(rateOf),
    funds,
    fundRates: funds.map(rateOf),
    summaries,
    summaryRates: summaries.map(rateOf),
    isReverseChargeIntegration: general.TipoDocumento === 'TD16',
  };
  return { ...parts, rates: rateTable(parts).uses };
}
