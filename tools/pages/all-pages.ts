// tools: every page of docs/ that is printed from the code, by its path.
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { sdiCodes } from '@staffetta/fatturapa/check/sdi-codes.ts';
import { shortInvoice } from '@staffetta/fatturapa/compose/short-invoice.ts';
import { profile } from '@staffetta/fatturapa/compose/short-party.ts';
import { noticeSchemas } from '@staffetta/fatturapa/notices/notice-schemas.ts';
import { caseWords } from '@staffetta/fatturapa/notices/notice-words.ts';
import { ordinary } from '@staffetta/fatturapa/schema/ordinary.ts';
import { simplified } from '@staffetta/fatturapa/schema/simplified.ts';
import { disagreements } from '@staffetta/fatturapa/verdicts/disagreements.ts';
import { errorTable } from '@staffetta/flow/errors.ts';
import { decisionRows } from '@staffetta/flow/decisions.ts';
import { flows } from '@staffetta/flow/flows.ts';
import { invoiceMoves } from '@staffetta/flow/invoice-moves.ts';
import { invoiceStatuses } from '@staffetta/flow/statuses.ts';
import { addressSettings, worldSettings } from '@staffetta/platform/config/world-settings.ts';
import type { SettingsTable } from '@staffetta/platform/config/settings.ts';
import { metricTable } from '@staffetta/platform/telemetry/metric-names.ts';
import { listFiles, repositoryRoot } from '../repository.ts';
import { checksPage } from './checks-page.ts';
import { errorsPage } from './errors-page.ts';
import { fatturapaPage } from './fatturapa-page.ts';
import { flowPage } from './flow-page.ts';
import { jsonPage } from './json-page.ts';
import { metricsPage } from './metrics-page.ts';
import { noticesPage } from './notices-page.ts';
import { settingsPage, type SettingsChapter } from './settings-page.ts';
import { verdictsPage } from './verdicts-page.ts';

/** The pages as they should be now: path from the repository's root → text. */
export async function allPages(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    ['docs/errors.md', errorsPage(errorTable)],
    ['docs/fatturapa/checks.md', checksPage(sdiCodes)],
    ['docs/fatturapa/json.md', jsonPage(shortInvoice, profile)],
    ['docs/fatturapa/notices.md', noticesPage(noticeSchemas, caseWords)],
    [
      'docs/fatturapa/ordinary.md',
      fatturapaPage('The ordinary invoice (FPA12, FPR12; schema 1.2.3)', 'fatturapa/schema/ordinary.ts', ordinary),
    ],
    [
      'docs/fatturapa/simplified.md',
      fatturapaPage('The simplified invoice (FSM10; schema 1.0.2)', 'fatturapa/schema/simplified.ts', simplified),
    ],
    ['docs/fatturapa/verdicts.md', verdictsPage(disagreements)],
    ['docs/flow.md', flowPage(flows, invoiceMoves, invoiceStatuses, decisionRows)],
    ['docs/metrics.md', metricsPage(metricTable)],
    ['docs/settings.md', settingsPage(await settingsChapters())],
  ]);
}

async function settingsChapters(): Promise<SettingsChapter[]> {
  const ofServices = listFiles('services').filter((path) => /^services\/[^/]+\/config\.ts$/.test(path));
  return [
    { title: 'For every service', settings: worldSettings },
    { title: 'Addresses of the services', settings: addressSettings },
    { title: 'hub', settings: await settingsIn('hub/settings.ts') },
    { title: 'Command line', settings: await settingsIn('hub/cli/options.ts') },
    ...(await Promise.all(
      ofServices.map(async (path) => ({ title: path.split('/')[1] ?? path, settings: await settingsIn(path) })),
    )),
  ];
}

// By path and not by an import of ours: these rooms are closed to tools, but for this one table each.
async function settingsIn(path: string): Promise<SettingsTable> {
  const module = (await import(pathToFileURL(join(repositoryRoot, path)).href)) as { settings?: SettingsTable };
  if (module.settings === undefined) throw new Error(`${path} exports no "settings"; its table must have this name`);
  return module.settings;
}
