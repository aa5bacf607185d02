// configserver: the page that shows each service's settings, where each comes from, secrets as stars.
import type { EnvironmentView } from '@staffetta/platform/config/settings-in-force.ts';

/** What a service said of its settings, or why it said nothing. */
export interface ToldSettings {
  readonly service: string;
  readonly view?: EnvironmentView;
  readonly away?: string;
}

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

const style = `body{font:14px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:75rem;padding:0 1rem;color:#222}
table{border-collapse:collapse;width:100%}td,th{text-align:left;vertical-align:top;padding:.2rem .6rem;border-bottom:1px solid #ddd}
td:nth-child(2){font-family:ui-monospace,monospace;overflow-wrap:anywhere}.environment{background:#eef6ff}.configserver{background:#eefbea}
td:nth-child(4){white-space:nowrap}small{color:#555}.waits{color:#8a4b00}.problem{color:#a1120d;font-weight:600}`;

type Property = EnvironmentView['propertySources'][number]['properties'][string];

/** When a change counts, and the value that waits for it. Services of an earlier version do not say. */
function countsOf({ live, waitsForRestart: waits }: Property): string {
  if (waits !== undefined) {
    return `<span class="waits">needs a restart for <code>${escaped(waits ?? '–')}</code></span>`;
  }
  return live ? 'at once' : 'at the next start';
}

function rowsOf({ propertySources }: EnvironmentView): string {
  const rows = propertySources.flatMap(({ name, properties }) =>
    Object.entries(properties).map(([env, property]) => {
      const cells = [env, property.value ?? '–', name].map((text) => `<td>${escaped(text)}</td>`).join('');
      const rest = `<td>${countsOf(property)}</td><td><small>${escaped(property.says)}</small></td>`;
      return `<tr class="${escaped(name)}">${cells}${rest}</tr>`;
    }),
  );
  return rows.join('\n');
}

function refreshOf({ refresh }: EnvironmentView): string {
  if (!refresh) return '<p>No configuration server is asked.</p>';
  const { servers, answeredAt, changedAt, keptAt, problem } = refresh;
  const said = [
    `Asked of ${servers.join(', ')}`,
    `last answer ${answeredAt ?? 'never'}`,
    `last change ${changedAt ?? 'none since the start'}`,
  ];
  const stays = keptAt ? `What was served last, kept on ${keptAt}, is in force.` : 'What was in force stays.';
  const trouble = problem === null ? '' : `<p class="problem">${escaped(`${problem} ${stays}`)}</p>`;
  return `<p><small>${escaped(said.join('; '))}.</small></p>${trouble}`;
}

function sectionOf({ service, view, away }: ToldSettings): string {
  const title = `<h2 id="${escaped(service)}">${escaped(service)}</h2>`;
  if (!view) return `${title}<p>${escaped(away ?? 'It says nothing.')}</p>`;
  const head = '<tr><th>Setting</th><th>Value</th><th>From</th><th>A change counts</th><th></th></tr>';
  return `${title}${refreshOf(view)}<table>${head}${rowsOf(view)}</table>`;
}

/**
 * Writes the page.
 * @param told what each service said, in the order in which they are shown
 */
export function settingsPage(told: readonly ToldSettings[]): string {
  const links = told.map(({ service }) => `<a href="#${escaped(service)}">${escaped(service)}</a>`).join(' · ');
  const intro =
    'The environment wins over the configuration server, which wins over the default. What changes at the configuration server counts ' +
    'at once where a setting allows it, else from the next start of the service. A wrong value changes nothing.';
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Settings – Staffetta</title><style>${style}</style></head>
<body><h1>Settings</h1><p>${intro}</p><p>${links}</p>${told.map((one) => sectionOf(one)).join('\n')}</body></html>`;
}
