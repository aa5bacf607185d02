// hub: how the commands that need no hub judge documents and signatures: as the hub would with the same environment.
import { HubError } from '@staffetta/flow/errors.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import {
  checkingOptions,
  checkingSettings,
  type CheckingOptions,
} from '@staffetta/platform/config/checking-settings.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { worldSettings } from '@staffetta/platform/config/world-settings.ts';
import { CliError } from './cli-error.ts';

/** The settings explain themselves in English, as their page does. */
function explain({ message }: HubError, lang: Lang): string {
  if (lang === 'en') return `A setting is wrong: ${message}`;
  const [name = ''] = message.split('=', 1);
  return `L'impostazione ${name} è sbagliata: correggerla come dice docs/settings.md, o toglierla. Il motivo, in inglese: ${message}`;
}

/**
 * Reads the settings of checks.
 * @param environment usually `process.env`
 * @param lang the language of the complaint
 * @throws CliError for a setting that cannot be used
 */
export function judgingOptions(environment: Readonly<Record<string, string | undefined>>, lang: Lang): CheckingOptions {
  try {
    const { profile } = readSettings(worldSettings, environment).values;
    const { values } = readSettings(checkingSettings, environment);
    return checkingOptions(values, profile === 'production' ? 'production' : 'dev');
  } catch (error) {
    throw error instanceof HubError ? new CliError(explain(error, lang)) : error;
  }
}
