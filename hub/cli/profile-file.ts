// hub: reads the fiscal profile that completes JSON documents where there is no hub to know it.
import { checkProfile } from '@staffetta/fatturapa/compose/check-profile.ts';
import type { FiscalProfile } from '@staffetta/fatturapa/compose/short-party.ts';
import type { RuleContext } from '@staffetta/fatturapa/check/rule.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { CliError } from './cli-error.ts';
import { readJson } from './json-file.ts';
import { readInput } from './read-bounded.ts';

function refuse(file: string, reasons: readonly string[], lang: Lang): never {
  const head = { it: 'Il profilo non si può usare', en: 'The profile cannot be used' }[lang];
  throw new CliError([`${plainText(file)}: ${head}:`, ...reasons.map((one) => `  ${plainText(one)}`)].join('\n'));
}

/**
 * Reads a profile in the shape of the hub's own.
 * @param file its path
 * @param today the day in Italy, `YYYY-MM-DD`
 * @param how the language of complaints, and how bad the revenue agency's dummy VAT number is
 * @throws CliError with all that is wrong with it
 */
export async function readProfile(
  file: string,
  today: string,
  { lang, dummyTaxIds }: { lang: Lang; dummyTaxIds: RuleContext['dummyTaxIds'] },
): Promise<FiscalProfile> {
  const json = readJson(await readInput(file, lang));
  if (!json.ok) return refuse(file, [json.why[lang]], lang);
  const check = checkProfile(json.value, today, dummyTaxIds);
  if (check.ok) return check.profile;
  const reasons = check.findings.map(({ path = '', message, fix }) => {
    return [path, message[lang], fix?.[lang] ?? ''].filter((part) => part !== '').join(' ');
  });
  return refuse(file, reasons, lang);
}
