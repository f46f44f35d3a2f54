import { DARK } from '../../delivery/content/domain/contrast.js';

/** What the page may do: run our script, show pictures, and hear that a form is sent, which goes nowhere. Its origin is its own, so it has nobody's cookies and no key. */
export const previewPolicy = (nonce: string) =>
  `default-src 'none'; script-src 'nonce-${nonce}'; style-src 'nonce-${nonce}'; img-src http: https:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; trusted-types 'none'; sandbox allow-scripts allow-forms allow-popups allow-popups-to-escape-sandbox`;

const STYLE = `:root{--page:#f6f7f9;--line:#e3e6ec}:root[data-scheme=dark]{--page:#14161b;--line:#262a33}@media(prefers-color-scheme:dark){:root:not([data-scheme=light]){--page:#14161b;--line:#262a33}}body{margin:0;min-height:100vh;background:var(--page);font:16px/1.6 system-ui,sans-serif}main{max-width:640px;margin:0 auto;padding:56px 24px}i{display:block;height:12px;margin:0 0 14px;border-radius:6px;background:var(--line)}i:nth-child(1){height:26px;width:52%;margin-bottom:28px}i:nth-child(3n){width:84%}i:nth-child(4n){width:66%}`;

/**
 * The page that shows in-app messages as visitors see them, made by the chunk of the SDK itself. It holds no message: whoever
 * frames it posts `{danbi: 'preview', message}` with the `display` of a preview, and hears `{danbi: 'preview', event}` of
 * everything done with it, `ready` first. With `scheme: 'dark'` or `'light'` it looks as to somebody who prefers that, whatever
 * this browser prefers. Nothing is counted.
 */
export const previewPage = (nonce: string, chunk: string) => `<!doctype html><html><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="robots" content="noindex"><title>Preview</title><style nonce="${nonce}">${STYLE}</style></head>
<body><main aria-hidden="true">${'<i></i>'.repeat(12)}</main><script nonce="${nonce}">
(async () => {
  const { show } = await import(${JSON.stringify(`/sdk/${chunk}`)});
  const tell = (event, detail) => { parent.postMessage({ danbi: 'preview', event, detail }, '*'); };
  let shown = null;
  // A browser does not say to a frame of another origin what to prefer, so the colours are put in place of its own.
  const inScheme = (message, scheme) => {
    if (!scheme) return message;
    const [tag, { class: name = '', ...more }, ...inside] = message.n;
    const isDark = scheme === 'dark' && / dark$/.test(name);
    return { ...message, n: [tag, { ...more, class: name.replace(/ dark$/, '') }, ...inside], t: { ...message.t, ...(isDark ? ${JSON.stringify(DARK)} : {}) } };
  };
  // Whoever writes in the page around this one keeps the focus: a dialog takes it when it opens, unless it is inert at that moment.
  const open = HTMLDialogElement.prototype.showModal;
  HTMLDialogElement.prototype.showModal = function () { this.inert = true; open.call(this); this.inert = false; };
  // What asks for it as such is complained of by browsers in a frame of another origin.
  const unfocused = ([tag, { autofocus, ...more }, ...inside]) => [tag, more, ...inside.map((one) => (Array.isArray(one) ? unfocused(one) : one))];
  addEventListener('message', ({ data, source }) => {
    if (source !== parent || !data || data.danbi !== 'preview' || !data.message) return;
    if (shown) shown.close();
    document.documentElement.dataset.scheme = data.scheme || '';
    const events = {};
    for (const name of ['shown', 'open', 'reply', 'dismiss', 'gone']) events[name] = (detail) => tell(name, detail);
    events.click = (button, url) => tell('click', { button, url });
    const message = inScheme(data.message, data.scheme);
    shown = show({ ...message, n: unfocused(message.n) }, events);
  });
  tell('ready');
})();
</script></body></html>`;
