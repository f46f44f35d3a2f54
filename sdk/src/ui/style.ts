/**
 * One sheet for everything, adopted by the root: `style` elements and attributes may be forbidden on the page. Logical
 * properties throughout; muted words are smaller, never paler, so that contrast is what the server checked. What is transparent
 * becomes visible where colours are forced. `--g` is the distance to the edges of the window, `--t` and `--l` words and lines.
 */
export const STYLE = `:host{all:initial;position:fixed;z-index:2147483000}\
*{box-sizing:border-box;margin:0}\
.m,.c,form,label{display:flex;flex-direction:column;gap:14px}\
.m{--g:max(2vmin,8px,env(safe-area-inset-bottom));--l:#80829152;--t:var(--text);position:fixed;inset:0;margin:auto;width:min(var(--w,384px),100% - 2*var(--g));height:fit-content;max-height:min(720px,100dvh - 2*var(--g));padding:0;overflow:hidden;border:1px solid var(--l);border-radius:18px;background:var(--background);color:var(--t);font:15px/1.6 system-ui;text-align:start;overflow-wrap:anywhere;box-shadow:0 14px 44px -8px #0005}\
:lang(ko){word-break:keep-all}\
.corner,.bottom{margin-block-end:var(--g)}\
.corner{margin-inline-end:var(--g)}\
.bottom{--w:680px}\
.center{--w:520px}\
.banner{margin:0 0 auto;width:100%;max-height:60dvh;padding-block:env(safe-area-inset-top) env(safe-area-inset-bottom);border-radius:0;--y:-14px}\
.banner.bottom{margin:auto 0 0;--y:14px}\
.slide_in{--y:100%}\
dialog::backdrop{background:#0008}\
.s{overflow:auto;overscroll-behavior:contain}\
img{max-width:100%;height:auto}\
.h{width:100%;max-height:38dvh;object-fit:cover;display:block}\
.c{padding:clamp(11px,9vw - 18px,24px)}\
h2,h3,.q{font-size:17px;line-height:1.4;font-weight:600;text-wrap:balance}\
.center .t{font-size:22px}\
.f{padding-inline-end:40px}\
.n>*+*{margin-block-start:12px}\
ul,ol{padding-inline-start:22px}\
blockquote{padding-inline-start:14px;border-inline-start:3px solid var(--l)}\
a{color:inherit}\
.g,.ends{display:flex;flex-wrap:wrap;gap:10px}\
.ends{justify-content:space-between;margin-block-start:8px}\
.b,.o,.mine,textarea{padding:8px 14px;min-height:44px;border:1px solid var(--l);border-radius:12px;background:none;color:inherit;font:inherit}\
.b,.o{display:grid;place-content:center;line-height:1.4;font-weight:600;text-align:center;text-decoration:none}\
.p,.mine,:checked+.o{border-color:transparent;background:var(--accent);color:var(--on);outline:3px solid transparent;outline-offset:-4px}\
.b:hover,:hover+.o{box-shadow:inset 0 0 0 1px}\
.x{position:absolute;z-index:1;align-self:flex-end;margin:8px;width:44px;padding:0;border-color:transparent;border-radius:50%;background:inherit;font:300 30px/1 system-ui}\
.b,input{cursor:pointer}\
.banner .c{flex-flow:wrap;align-items:center;justify-content:center;gap:8px 20px;padding-block:12px;padding-inline-end:60px}\
.banner .h{width:40px}\
.banner .f,.i .f{padding:0}\
.r{display:contents}\
.banner .r{display:block;max-width:72ch}\
.w{display:grid;gap:min(6px,1vw);grid-template-columns:repeat(auto-fit,minmax(44px,1fr))}\
.list{grid-template-columns:1fr}\
.w .o{padding-inline:0}\
.list .o{padding-inline:14px;place-content:center start;text-align:start}\
.w>*{position:relative;display:grid}\
input{position:absolute;width:100%;height:100%;opacity:0}\
textarea{width:100%;min-height:88px;font-size:16px;resize:none;field-sizing:content}\
::placeholder{color:inherit}\
.reply{flex-flow:row;align-items:end}\
.reply .g{flex:none}\
.reply textarea{min-height:44px}\
.mine{align-self:end;max-width:85%}\
.chat,.mine{border-end-end-radius:6px}\
pre,.mine{white-space:pre-wrap}\
p:empty,form:not(:has(:checked)) label{display:none}\
.v{position:absolute;clip-path:inset(50%)}\
:focus-visible,:focus-visible+.o{outline:2px solid var(--t);outline-offset:2px}\
@keyframes in{from{opacity:0;translate:0 var(--y,14px)}}\
@media(prefers-reduced-motion:no-preference){.m{animation:in .3s}}\
@media(prefers-color-scheme:dark){.dark{background:#1d1f26;--t:#f3f4f7}}`;
