// hub: `clock`: shows or turns the clock of a hub in profile dev, so that days pass in a moment.
import type { Sentence } from '@staffetta/fatturapa/finding.ts';
import { plainText } from '@staffetta/fatturapa/show/plain-text.ts';
import type { Lang } from '@staffetta/fatturapa/show/sheet.ts';
import { toRomeWallTime } from '@staffetta/platform/clock.ts';
import { readSettings } from '@staffetta/platform/config/settings.ts';
import { worldSettings } from '@staffetta/platform/config/world-settings.ts';
import { hubClockShift, resetHubClock, turnHubClock } from '@staffetta/platform/hub-clock.ts';
import { resolve } from 'node:path';
import { CliError } from './cli-error.ts';
import { readLocalCommand } from './local-command.ts';

const notHere: Sentence = {
  it: 'In produzione l’orologio non si sposta: il comando vale per il profilo dev.',
  en: 'In production the clock is never turned: this is for profile dev.',
};
const usage: Sentence = {
  it: 'Scrivere clock show, clock turn 5d (o 36h, 90m, 10s) oppure clock back.',
  en: 'Write clock show, clock turn 5d (or 36h, 90m, 10s), or clock back.',
};

const unitsMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Ten years: a longer turn is a slip of the pen, and certificates and numbers of years would not follow. */
const turnMsMax = 3650 * 86_400_000;

function lengthOf(text: string | undefined): number | undefined {
  const form = /^(\d{1,9}(?:\.\d+)?)([smhd])$/.exec(text ?? '');
  const ms = form ? Number(form[1]) * (unitsMs[form[2] ?? ''] ?? Number.NaN) : Number.NaN;
  return ms > 0 && ms <= turnMsMax ? Math.round(ms) : undefined;
}

function inWords(ms: number, lang: Lang): string {
  const minutes = Math.round(Math.abs(ms) / 60_000);
  const days = Math.floor(minutes / 1440);
  const rest = `${String(Math.floor((minutes % 1440) / 60)).padStart(2, '0')}:${String(minutes % 60).padStart(2, '0')}`;
  const names = { it: days === 1 ? 'giorno' : 'giorni', en: days === 1 ? 'day' : 'days' };
  return days === 0 ? `${rest} h` : `${days} ${names[lang]} ${lang === 'it' ? 'e' : 'and'} ${rest} h`;
}

/**
 * Tells where the hub's clock stands.
 * @param shiftMs how far it is ahead of the machine's
 * @param now the machine's time
 * @param lang in which language
 */
export function clockLine(shiftMs: number, now: Date, lang: Lang): string {
  const time = toRomeWallTime(new Date(now.getTime() + shiftMs))
    .slice(0, 19)
    .replace('T', ' ');
  if (shiftMs === 0) {
    return {
      it: `L’orologio dell’hub segna l’ora vera: ${time}.`,
      en: `The hub's clock tells the real time: ${time}.`,
    }[lang];
  }
  const length = inWords(shiftMs, lang);
  const where = { it: shiftMs > 0 ? 'avanti' : 'indietro', en: shiftMs > 0 ? 'ahead' : 'behind' }[lang];
  return {
    it: `L’orologio dell’hub segna ${time}: è ${where} di ${length}.`,
    en: `The hub's clock says ${time}: it is ${length} ${where}.`,
  }[lang];
}

async function obey(dataDir: string, words: readonly string[], lang: Lang): Promise<number> {
  const [word = 'show', length, ...more] = words;
  const complaint = new CliError(usage[lang]);
  if (more.length > 0 || (word !== 'turn' && length !== undefined)) throw complaint;
  if (word === 'show') return hubClockShift(dataDir);
  if (word === 'back') {
    await resetHubClock(dataDir);
    return 0;
  }
  const ms = word === 'turn' ? lengthOf(length) : undefined;
  if (ms === undefined) throw complaint;
  return turnHubClock(dataDir, ms);
}

/**
 * Runs the command.
 * @param args `show`, `turn 5d` or `back`, and `--lang`
 * @returns the exit code
 * @throws CliError in production, and where the words make no sense
 */
export async function clock(args: string[]): Promise<number> {
  const { words, lang } = readLocalCommand(args, {});
  const { profile, dataDir } = readSettings(worldSettings, process.env).values;
  if (profile !== 'dev') throw new CliError(notHere[lang]);
  const folder = resolve(dataDir);
  const shiftMs = await obey(folder, words, lang);
  const data = { it: 'Cartella dei dati', en: 'Data folder' }[lang];
  process.stdout.write(`${clockLine(shiftMs, new Date(), lang)}\n${data}: ${plainText(folder)}\n`);
  return 0;
}
