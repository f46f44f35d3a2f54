// The product site's own script: what any site would do with the SDK, and a panel that shows what the SDK says.
const places = (name) => [...document.querySelectorAll(`[data-show="${name}"]`)];
const say = (name, text) => places(name).forEach((place) => { place.textContent = text; });
const korean = document.documentElement.lang === 'ko';

/** Everything the SDK is asked goes through here: the pages also work before it is set up, and while it loads. */
const ready = new Promise((resolve) => {
  if (!document.querySelector('script[data-key]')) return;
  const look = () => (window.danbi?.on ? resolve(window.danbi) : setTimeout(look, 50));
  look();
});

const log = (text) => places('log').forEach((list) => {
  const line = document.createElement('li');
  line.textContent = `${new Date().toLocaleTimeString(korean ? 'ko' : 'en')}  ${text}`;
  list.prepend(line);
  while (list.children.length > 50) list.lastChild.remove();
});

const user = {
  get() { try { return localStorage.getItem('sprout.user'); } catch { return null; } },
  set(id) { try { if (id) localStorage.setItem('sprout.user', id); else localStorage.removeItem('sprout.user'); } catch { /* private mode: nobody stays signed in */ } },
};
const sayWho = () => say('person', user.get() ?? (korean ? '모르는 방문자' : 'an unknown visitor'));

async function act(what) {
  const danbi = await ready;
  if (what === 'event') danbi.track('Button pressed', { where: document.body.dataset.page });
  if (what === 'board') danbi.track('Board created', { name: korean ? '첫 보드' : 'First board' });
  if (what === 'deny') danbi.consent({ analytics: 'denied', messages: 'denied' });
  if (what === 'grant') danbi.consent({ analytics: 'granted', messages: 'granted' });
  if (what === 'reset') { danbi.reset(); user.set(null); sayWho(); }
  log(`→ ${what}`);
}

document.addEventListener('click', (event) => {
  const button = event.target.closest?.('[data-do]');
  if (button) void act(button.dataset.do);
  const link = event.target.closest?.('[data-view]');
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey) return;
  event.preventDefault();
  history.pushState(null, '', link.href);
  view();
});
addEventListener('popstate', view);

/** The app is one page: its address says which part is shown. */
function view() {
  const links = [...document.querySelectorAll('[data-view]')];
  if (links.length === 0) return;
  const wanted = location.pathname.split('/').pop();
  const shown = links.some((link) => link.dataset.view === wanted) ? wanted : 'board';
  for (const link of links) {
    if (link.dataset.view === shown) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
  }
  for (const panel of document.querySelectorAll('[data-panel]')) panel.hidden = panel.dataset.panel !== shown;
  if (shown === 'inbox') void inbox();
}

/** The body of a message as plain words: nodes are texts, or [tag, attributes, ...children]. */
const wordsOf = (nodes) => nodes.map((node) => (typeof node === 'string' ? node : wordsOf(node.slice(2)))).join(' ');

async function inbox() {
  const danbi = await ready;
  const { m: messages } = await danbi.inbox().list().catch(() => ({ m: [] }));
  for (const list of places('inbox')) {
    list.replaceChildren(...messages.map(({ s: seen, m: message }) => {
      const line = document.createElement('li');
      line.className = seen ? '' : 'unread';
      const title = document.createElement('strong');
      title.textContent = message.title ?? '';
      line.append(title, document.createElement('br'), wordsOf(message.n));
      return line;
    }));
  }
  places('inbox-empty').forEach((place) => { place.hidden = messages.length > 0; });
}

document.querySelector('[data-form="sign-up"]')?.addEventListener('submit', async (event) => {
  event.preventDefault();
  const form = event.target;
  const { name, email, plan } = Object.fromEntries(new FormData(form));
  const id = `demo-${email.toLowerCase()}`;
  user.set(id);
  sayWho();
  form.hidden = true;
  places('welcome').forEach((place) => { place.hidden = false; });
  const danbi = await ready;
  danbi.identify(id, { name, email, plan, language: korean ? 'ko' : 'en' });
  danbi.track('Signed up', { plan });
});

const plan = new URLSearchParams(location.search).get('plan');
const choice = document.querySelector('select[name="plan"]');
if (plan && choice && [...choice.options].some(({ value }) => value === plan)) choice.value = plan;

view();
sayWho();

ready.then((danbi) => {
  if (user.get()) danbi.identify(user.get());
  for (const name of ['ready', 'rule', 'message', 'impression', 'click', 'reply', 'dismiss']) danbi.on(name, (detail) => log(`${name} ${JSON.stringify(detail)}`));
  danbi.on('unread', (count) => {
    say('unread', String(count));
    places('badge').forEach((badge) => { badge.textContent = String(count); badge.hidden = count === 0; });
    if (location.pathname.endsWith('/inbox')) void inbox();
  });
});
