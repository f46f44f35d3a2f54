import { escaped, TEXTS, type PageLanguage } from './page-texts.js';

const STYLE = `
:root{color-scheme:light dark;--ink:#1f2328;--soft:#57606a;--paper:#fff;--ground:#eef1f5;--line:#8c959f;--act:#1a5fb4;--on:#fff;--done:#e8f1fb}
@media(prefers-color-scheme:dark){:root{--ink:#e6edf3;--soft:#9da7b1;--paper:#161b22;--ground:#0d1117;--line:#6e7681;--act:#6cb6ff;--on:#0d1117;--done:#13233a}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:24px 16px;background:var(--ground);color:var(--ink);font:1.0625rem/1.6 -apple-system,BlinkMacSystemFont,"Segoe UI","Apple SD Gothic Neo","Malgun Gothic",Roboto,Helvetica,Arial,sans-serif;word-break:keep-all;overflow-wrap:anywhere}
nav,main{width:100%;max-width:34rem}nav{display:flex;gap:4px;justify-content:flex-end;margin:0 0 8px;font-size:.9375rem}
nav a,nav span{min-height:44px;padding:10px 8px;color:var(--soft)}nav a{color:var(--act)}nav span{font-weight:600;color:var(--ink)}
main{background:var(--paper);border-radius:12px;padding:clamp(20px,5vw,32px);margin:auto 0}nav+main{margin-top:0}
h1{font-size:1.5rem;line-height:1.3;margin:0 0 12px}h2{font-size:1.125rem;line-height:1.4;margin:0 0 8px}p{margin:0 0 20px}.soft{color:var(--soft);font-size:.9375rem;margin:0 0 12px}
section{border-top:1px solid var(--line);margin-top:28px;padding-top:24px}
button,select{font:inherit;min-height:44px;padding:8px 22px;border-radius:8px;border:1px solid var(--act)}
button{font-weight:600;background:var(--act);color:var(--on);cursor:pointer}button.plain{background:transparent;color:var(--act)}
select{width:100%;padding:8px 12px;border-color:var(--line);background:var(--paper);color:var(--ink)}
a{color:var(--act)}p.soft a{display:inline-block;padding:8px 0}:focus-visible{outline:3px solid var(--act);outline-offset:3px}
fieldset{border:0;margin:0 0 28px;padding:0;min-width:0}legend,.legend{padding:0;margin:0 0 8px;font-weight:700;display:block}
.topic{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:0 24px;border-top:1px solid var(--line);padding:8px 0;margin:0}
.topic legend{float:left;flex:1 1 10rem;margin:0;font-weight:400}.topic div{display:flex;flex-wrap:wrap;gap:0 20px}
label.pick{display:flex;gap:10px;align-items:center;min-height:44px}input{width:20px;height:20px;accent-color:var(--act);flex:none;margin:0}
[role=status]{border-left:4px solid var(--act);background:var(--done);border-radius:0 8px 8px 0;padding:12px 14px}[role=status] p{margin:0}[role=status] form{margin-top:8px}`;

/**
 * A whole page, without scripts and without anything from elsewhere. It names its language, and offers the other one when its
 * address can (`?lang=`).
 */
export function page(language: PageLanguage, title: string, body: string, { switchable = true } = {}): string {
  const other = (code: PageLanguage) => (code === language ? `<span lang="${code}" aria-current="true">${TEXTS[code].ownName}</span>` : `<a lang="${code}" hreflang="${code}" href="?lang=${code}">${TEXTS[code].ownName}</a>`);
  const nav = switchable ? `<nav aria-label="${TEXTS[language].languageOfPage}">${other('en')}${other('ko')}</nav>` : '';
  return `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>${escaped(title)}</title><style>${STYLE}</style></head><body>${nav}<main><h1>${escaped(title)}</h1>${body}</main></body></html>`;
}

/** A form of one button. `fields` are carried along unseen. */
export function buttonForm(language: PageLanguage, action: string, button: string, { plain = false, fields = [] as readonly [string, string][] } = {}): string {
  const hidden = [['action', action] as const, ...fields].map(([name, value]) => `<input type="hidden" name="${name}" value="${escaped(value)}">`).join('');
  return `<form method="post" action="?lang=${language}">${hidden}<button${plain ? ' class="plain"' : ''}>${escaped(button)}</button></form>`;
}
