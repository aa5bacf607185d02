// tools: docs/settings.md, printed from the settings' tables of all rooms.
import type { Setting, SettingsTable } from '@staffetta/platform/config/settings.ts';
import { code, page, table } from './markdown.ts';

/** A table of settings with the title under which it is shown. */
export type SettingsChapter = { readonly title: string; readonly settings: SettingsTable };

/** The page that lists every setting with its environment name, default and sentence. */
export function settingsPage(chapters: readonly SettingsChapter[]): string {
  const parts = chapters.flatMap(({ title, settings }) => [
    `## ${title}`,
    table(
      ['environment', 'kind', 'default', 'a change counts', 'what it does'],
      Object.values(settings).map((setting) => [
        code(setting.env),
        kindText(setting),
        code(defaultText(setting)) || '–',
        setting.live ? 'at once' : 'at a start',
        setting.says,
      ]),
    ),
  ]);
  return page('Settings', '`platform/config/`, `hub/settings.ts` and `services/*/config.ts`', [
    'Everything has a default or may stay unset: the hub starts with none of these. The environment wins over the ' +
      'configuration server. A wrong value stops the start with the name of the setting. ' +
      'Where a change counts at once, it does when it comes from the configuration server; a wrong one then changes nothing.',
    'Durations: `500ms`, `30s`, `5m`, `2h`, `1d`. Sizes: `512KiB`, `5MiB`. Lists: with commas.',
    ...parts,
  ]);
}

function kindText({ kind, choices, min, max }: Setting): string {
  if (choices) return choices.map(code).join(', ');
  const name = kind.replace(/s?Ms$/, (end) => (end === 'sMs' ? 's' : ''));
  if (kind === 'durationMs' || kind === 'durationsMs' || kind === 'bytes') return name;
  const bounds = [min === undefined ? '' : `from ${min}`, max === undefined ? '' : `to ${max}`];
  return [name, ...bounds].filter((word) => word !== '').join(' ');
}

function defaultText({ kind, default: value }: Setting): string {
  if (value === undefined || kind === 'secret') return '';
  if (kind === 'durationMs') return durationText(Number(value));
  if (kind === 'durationsMs') return (value as readonly number[]).map(durationText).join(',');
  if (kind === 'bytes') return bytesText(Number(value));
  return Array.isArray(value) ? value.join(',') : String(value);
}

/** Milliseconds in the largest unit that holds them whole, as a setting is written: 90000 is `90s`. */
export function durationText(durationMs: number): string {
  const units: [name: string, ms: number][] = [
    ['d', 86_400_000],
    ['h', 3_600_000],
    ['m', 60_000],
    ['s', 1000],
  ];
  const fitting = units.find(([, ms]) => durationMs >= ms && durationMs % ms === 0);
  return fitting ? `${durationMs / fitting[1]}${fitting[0]}` : `${durationMs}ms`;
}

/** Bytes in the largest unit that holds them whole, as a setting is written: 5242880 is `5MiB`. */
export function bytesText(bytes: number): string {
  const units: [name: string, bytes: number][] = [
    ['GiB', 1024 ** 3],
    ['MiB', 1024 ** 2],
    ['KiB', 1024],
  ];
  const fitting = units.find(([, size]) => bytes >= size && bytes % size === 0);
  return fitting ? `${bytes / fitting[1]}${fitting[0]}` : `${bytes}B`;
}
