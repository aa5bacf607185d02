// fatturapa: whether lines and summary name the same codes of Natura (00444).
import { fundAt, lineAt, summaryAt, userInWords, type OrdinaryBody } from './ordinary-body.ts';
import type { Found } from './rule.ts';

interface Row {
  readonly Natura?: string | undefined;
}

/** The Natura codes of some rows with the place where each comes first, and whether one is missing at rate zero. */
interface NaturaSet {
  readonly places: ReadonlyMap<string, string>;
  readonly hasGap: boolean;
}

const nothing: NaturaSet = { places: new Map(), hasGap: false };

/**
 * Finds the codes that only lines and funds have, or only the summary. What other codes tell better is left to them: a missing
 * Natura (00400, 00413, 00429), one beside a rate (00401, 00414, 00430), a rate that only one side has (00419, 00443).
 */
export function* naturasApart(body: OrdinaryBody): Iterable<Found> {
  const used = gather(body, [
    [body.lines, body.lineRates, lineAt],
    [body.funds, body.fundRates, fundAt],
  ]);
  const summed = gather(body, [[body.summaries, body.summaryRates, summaryAt]]);
  if (!summed.hasGap) {
    for (const [natura, at] of used.places) if (!summed.places.has(natura)) yield notSummed(body, natura, at);
  }
  if (used.hasGap) return;
  for (const [natura, at] of summed.places) if (!used.places.has(natura)) yield notUsed(natura, at);
}

type Rows = [rows: readonly Row[], rates: readonly number[], at: (index: number) => string];

function gather(body: OrdinaryBody, lists: readonly Rows[]): NaturaSet {
  let places: Map<string, string> | undefined;
  let hasGap = false;
  for (const [rows, rates, at] of lists) {
    for (let index = 0; index < rows.length; index++) {
      const natura = rows[index]?.Natura;
      const rate = rates[index] ?? 0;
      if (natura === undefined) hasGap ||= rate === 0;
      else if (isComparable(body, rate)) {
        places ??= new Map();
        if (!places.has(natura)) places.set(natura, at(index));
      }
    }
  }
  return places || hasGap ? { places: places ?? nothing.places, hasGap } : nothing;
}

function isComparable({ rates, isReverseChargeIntegration }: OrdinaryBody, rate: number): boolean {
  if (rate !== 0 && !isReverseChargeIntegration) return false;
  const use = rates.get(rate);
  return use?.usedAt !== undefined && use.summaryIndex !== undefined;
}

function notSummed({ summaries }: OrdinaryBody, natura: string, at: string): Found {
  const user = userInWords(at);
  return {
    path: summaryAt(summaries.length),
    because: {
      it: `La natura ${natura}, usata ${user.it}, manca dal riepilogo.`,
      en: `Natura ${natura}, used ${user.en}, is missing from the summary.`,
    },
    fix: {
      it: `Aggiungere un DatiRiepilogo con Natura ${natura}, oppure correggere la natura della riga.`,
      en: `Add a DatiRiepilogo with Natura ${natura}, or correct the Natura of the row.`,
    },
  };
}

function notUsed(natura: string, at: string): Found {
  return {
    path: `${at}/Natura`,
    value: natura,
    because: {
      it: `Nel riepilogo c'è la natura ${natura}, ma nessuna linea e nessun contributo alla cassa la usa.`,
      en: `The summary has Natura ${natura}, but no line and no contribution to a fund uses it.`,
    },
  };
}
