// gateway: the pages behind the one-time link: a form for its code, and the key that it made. No style and no script but these.
import { createHash } from 'node:crypto';

/** A page with the policy that it needs. */
export interface Page {
  readonly html: string;
  readonly headers: Readonly<Record<string, string>>;
}

const style = `body{font:1rem/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#17324d}
code,input{font-family:ui-monospace,monospace;font-size:1rem}code{display:block;padding:1rem;background:#eef3f9;overflow-wrap:anywhere}
input{width:100%;padding:.5rem;box-sizing:border-box}button{margin-top:1rem;padding:.6rem 1.2rem;font-size:1rem}
small{color:#455a64}.wrong{border-left:.3rem solid #cc334d;padding-left:.8rem}`;

/** Without it the code is pasted by hand: it stands behind the # of the link. */
const script = `const code=location.hash.slice(1);if(code){document.getElementById('code').value=code;history.replaceState(null,'',location.pathname)}`;

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

const policy = [
  "default-src 'none'",
  `style-src ${hashOf(style)}`,
  `script-src ${hashOf(script)}`,
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ');

const headers = {
  'content-security-policy': policy,
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
};

function pageOf(title: string, body: string): Page {
  const head = `<meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>`;
  const html = `<!doctype html><html lang="it"><head>${head}<style>${style}</style></head><body><main><h1>${title}</h1>${body}</main></body></html>`;
  return { html, headers };
}

/** What can be wrong with a code, in both languages. */
export type FormTrouble = 'wrong' | 'away';

const troubles: Readonly<Record<FormTrouble, readonly [it: string, en: string]>> = {
  wrong: [
    'Il codice non vale: è sbagliato, già usato o scaduto. Un nuovo collegamento si crea sul server con: npm run staffetta -- admin-link',
    'The code does not count: it is wrong, used or over. A new link is made on the server by: npm run staffetta -- admin-link',
  ],
  away: [
    'Il database non risponde: riprovare tra poco. Il codice resta valido.',
    'The database does not answer: try again in a moment. The code is still good.',
  ],
};

function troubleOf(trouble: FormTrouble | undefined): string {
  if (!trouble) return '';
  const [it, en] = troubles[trouble];
  return `<p class="wrong" role="alert">${it}<br><small lang="en">${en}</small></p>`;
}

/**
 * The form for the code.
 * @param trouble what was wrong with the last one
 */
export function welcomeForm(trouble?: FormTrouble): Page {
  return pageOf(
    'Benvenuti in Staffetta',
    `${troubleOf(trouble)}<p>Questo passaggio crea la chiave dell’amministratore. Il collegamento vale una volta sola.<br>
<small lang="en">This makes the administrator’s key. The link is good for one use.</small></p>
<form method="post" action="/welcome"><label for="code">Codice del collegamento (dopo il #) <small lang="en">Code of the link (behind the #)</small></label>
<input id="code" name="code" required autocomplete="off" spellcheck="false">
<button type="submit">Crea la chiave · <span lang="en">Make the key</span></button></form><script>${script}</script>`,
  );
}

/**
 * The key, shown this once.
 * @param key letters, digits and underscores
 * @param isSignedIn whether this browser has a session now
 */
export function welcomeKey(key: string, isSignedIn: boolean): Page {
  const session = isSignedIn
    ? `<p>Questo browser è ora collegato come amministratore. <small lang="en">This browser is signed in as administrator now.</small></p>
<p><a href="/gateway/apis/ui">Tutte le interfacce · <span lang="en">all interfaces</span></a> ·
<a href="/gateway/access">Chi può fare cosa · <span lang="en">who may do what</span></a></p>`
    : '';
  return pageOf(
    'La chiave dell’amministratore',
    `<p>Conservarla in un luogo sicuro: non sarà mostrata di nuovo.<br><small lang="en">Keep it in a safe place: it is not shown again.</small></p>
<code>${key}</code>${session}
<p>Per esempio · <span lang="en">for example</span>: <code>STAFFETTA_API_KEY=… npm run staffetta -- keys list</code></p>`,
  );
}
