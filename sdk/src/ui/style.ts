/**
 * One sheet for everything, adopted by the root: `style` elements and attributes may be forbidden on the page. Logical
 * properties throughout; muted words are smaller, never paler, so that contrast is what the server checked.
 */
export const STYLE = `:host{all:initial;position:fixed;z-index:2147483000}
*,::before,::after{box-sizing:border-box}
.m{--b:var(--lb,#fff);--t:var(--lt,#17191f);--l:rgba(128,130,145,.32);position:fixed;inset:auto;margin:0;padding:0;border:1px solid rgba(128,130,145,.18);border-radius:18px;display:flex;flex-direction:column;overflow:hidden;background:var(--b);color:var(--t);font:15px/1.6 system-ui,sans-serif;text-align:start;overflow-wrap:anywhere;box-shadow:0 2px 6px rgba(15,18,30,.06),0 18px 48px -8px rgba(15,18,30,.22);animation:in .32s cubic-bezier(.2,.8,.2,1);--p:max(20px,env(safe-area-inset-bottom));--e:max(20px,env(safe-area-inset-right))}
.k{word-break:keep-all}
.corner{inset-block-end:var(--p);inset-inline-end:var(--e);width:min(384px,100% - 40px);max-height:min(680px,100dvh - 40px)}
.bottom{inset-block-end:var(--p);inset-inline:0;margin-inline:auto;width:min(680px,100% - 40px);max-height:calc(100dvh - 40px)}
.banner{inset-inline:0;margin:0;width:auto;max-height:60dvh;border-width:0;border-radius:0;box-shadow:0 1px 0 var(--l),0 8px 28px -8px rgba(15,18,30,.18);--y:-16px}
.banner.top{inset-block-start:0;padding-block-start:env(safe-area-inset-top)}
.banner.bottom{inset-block-end:0;padding-block-end:env(safe-area-inset-bottom);--y:16px}
.center{inset:0;margin:auto;width:min(520px,100% - 40px);height:fit-content;max-height:min(760px,100dvh - 40px)}
.slide_in{--x:32px;--y:0}
.slide_in:dir(rtl){--x:-32px}
.chat{border-end-end-radius:6px}
dialog::backdrop{background:rgba(16,18,27,.48)}
@keyframes in{from{opacity:0;transform:translate(var(--x,0),var(--y,14px))}}
.s{overflow:auto;overscroll-behavior:contain}
.h{display:block;width:100%;max-height:38dvh;object-fit:cover}
.c{padding:24px;display:flex;flex-direction:column;gap:14px}
.t,.q,h2,h3{margin:0;font-size:17px;line-height:1.45;font-weight:650;text-wrap:balance}
h3{font-size:15px}
.center .t{font-size:22px}
.f{padding-inline-end:40px}
.n{display:flow-root}
.n>*{margin:0 0 12px}
.n>:last-child{margin:0}
.n ul,.n ol{padding-inline-start:22px}
.n li+li{margin-block-start:4px}
.n img{max-width:100%;height:auto;border-radius:10px}
.n hr{border:0;border-block-start:1px solid var(--l);margin-block:16px}
.n blockquote{padding-inline-start:14px;border-inline-start:3px solid var(--l)}
.n pre{white-space:pre-wrap;font-size:13px}
small{font-size:13px}
a{color:inherit;text-underline-offset:3px}
.g{display:flex;flex-wrap:wrap;gap:10px}
.b,.o,textarea{font:inherit;color:inherit;background:none;border:1px solid var(--l);border-radius:12px;min-height:44px;margin:0}
.b{display:inline-grid;place-content:center;padding:9px 18px;font-weight:600;line-height:1.4;text-decoration:none;text-align:center;cursor:pointer}
.p,[aria-checked=true]{background:var(--a,#2f56e6);border-color:var(--a,#2f56e6);color:var(--o,#fff)}
.b:hover,.o:hover,.x:hover{box-shadow:inset 0 0 0 1px}
.x{position:absolute;z-index:1;inset-block-start:8px;inset-inline-end:8px;width:44px;height:44px;padding:0;border:0;border-radius:50%;background:var(--b);color:inherit;cursor:pointer}
.x::before,.x::after{content:"";position:absolute;inset-block-start:21px;left:15px;width:14px;border-block-start:2px solid;transform:rotate(45deg)}
.x::after{transform:rotate(-45deg)}
.banner .c{flex-flow:row wrap;align-items:center;justify-content:center;gap:8px 20px;padding:12px;padding-inline:24px 64px}
.banner .t,.banner .n>*{display:inline;font-size:15px;margin:0;margin-inline-end:.5em}
.banner .h{width:40px;height:40px;border-radius:8px}
.banner .f,.i .f{padding-inline-end:0}
.r{display:contents}
.banner .r{display:block;max-width:72ch}
form{display:flex;flex-direction:column;gap:14px}
.w{display:grid;gap:6px;grid-template-columns:repeat(auto-fit,minmax(44px,1fr))}
.list{grid-template-columns:1fr;gap:8px}
.o{padding:8px;font-weight:600;text-align:center;cursor:pointer}
.list .o{padding:10px 16px;font-weight:500;text-align:start}
.ends{display:flex;justify-content:space-between;gap:16px;font-size:13px;margin-block-start:8px}
label{display:flex;flex-direction:column;gap:6px;font-size:14px}
textarea{display:block;width:100%;padding:10px 14px;font-size:16px;line-height:1.5;resize:none;field-sizing:content;min-height:88px;max-height:200px}
textarea::placeholder{color:inherit}
.reply{flex-direction:row;align-items:flex-end}
.reply textarea{min-height:44px}
.reply label{flex:1}
.mine{align-self:flex-end;max-width:85%;padding:8px 14px;border-radius:16px;border-end-end-radius:6px;background:var(--a,#2f56e6);color:var(--o,#fff);white-space:pre-wrap}
.e{margin:0;font-weight:600}
.e:empty{display:none}
.v{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
:focus-visible{outline:2px solid var(--t);outline-offset:2px}
[tabindex="-1"]:not(.o):focus{outline:0}
@media(max-width:480px){.corner,.bottom{--p:max(10px,env(safe-area-inset-bottom));inset-inline:10px;margin:0;width:auto;max-height:calc(100dvh - 20px)}.banner.bottom{inset-inline:0}.center{width:calc(100% - 20px)}.c{padding:20px}.banner .c{justify-content:flex-start;padding-inline:18px 60px}}
@media(max-width:340px){.c{padding:16px 12px}.corner,.bottom{inset-inline:6px}.w:not(.list){gap:3px}}
@media(prefers-color-scheme:dark){.dark{--b:#1d1f26;--t:#f3f4f7}}
@media(prefers-reduced-motion:reduce){*{animation:none!important}}
@media(forced-colors:active){.m{border:1px solid}[aria-checked=true],.p{outline:3px solid;outline-offset:-4px}}`;
