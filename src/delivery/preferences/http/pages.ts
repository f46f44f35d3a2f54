import { choiceKey, type ChoicesOf } from '../preference-centre.service.js';
import { buttonForm, page } from './page-frame.js';
import { escaped, pageLanguage, TEXTS, topicName, type PageLanguage } from './page-texts.js';

const toChoices = (language: PageLanguage, href: string) => `<p class="soft" style="margin:24px 0 0"><a href="${escaped(href)}">${escaped(TEXTS[language].allChoices)}</a></p>`;

/** Asks; changes nothing by being shown. */
export function unsubscribePage(language: PageLanguage, topic: string, choicesHref: string): string {
  const texts = TEXTS[language];
  return page(language, texts.unsubscribeTitle, `<p>${escaped(texts.unsubscribeAsk(topic))}</p>${buttonForm(language, 'unsubscribe', texts.unsubscribeButton)}${toChoices(language, choicesHref)}`);
}

export function unsubscribedPage(language: PageLanguage, topic: string, choicesHref: string): string {
  const texts = TEXTS[language];
  return page(language, texts.doneTitle, `<div role="status"><p>${escaped(texts.doneText(topic))}</p></div><p class="soft" style="margin:24px 0 8px">${escaped(texts.mistake)}</p>${buttonForm(language, 'subscribe', texts.againButton, { plain: true })}${toChoices(language, choicesHref)}`);
}

export function subscribedPage(language: PageLanguage, topic: string, choicesHref: string): string {
  const texts = TEXTS[language];
  return page(language, texts.backTitle, `<div role="status" style="margin-bottom:20px"><p>${escaped(texts.backText(topic))}</p></div>${buttonForm(language, 'unsubscribe', texts.unsubscribeButton, { plain: true })}${toChoices(language, choicesHref)}`);
}

/** What a page says happened, and how it is taken back. */
export interface Told { text: 'saved' | 'unchanged' | 'left' | 'restored'; undo?: ChoicesOf }

/** Topics × channels, how often, in which language, and the way out. `told` says what the last request did. */
export function preferencesPage(language: PageLanguage, now: ChoicesOf, told?: Told): string {
  const texts = TEXTS[language];
  const topics = [...new Map(now.choices.map((choice) => [choice.topic.key, choice.topic])).values()];
  const shown = now.choices.map((choice) => `<input type="hidden" name="shown" value="${escaped(choiceKey(choice))}">`).join('');
  const rows = topics.map((topic) => {
    const picks = now.choices.filter((choice) => choice.topic.key === topic.key)
      .map((choice) => `<label class="pick"><input type="checkbox" name="choice" value="${escaped(choiceKey(choice))}"${choice.subscribed ? ' checked' : ''}>${texts[choice.channel]}</label>`).join('');
    return `<fieldset class="topic"><legend>${escaped(topicName(topic, language))}</legend><div>${picks}</div></fieldset>`;
  }).join('');
  const often = (['all', 'weekly', 'monthly'] as const).map((each) => `<label class="pick"><input type="radio" name="frequency" value="${each}"${now.frequency === each ? ' checked' : ''}>${texts[each]}</label>`).join('');
  const status = told ? statusOf(language, told) : '';
  if (topics.length === 0) return page(language, texts.preferencesTitle, `${status}<p>${escaped(texts.none)}</p>`);
  const form = `<form method="post" action="?lang=${language}"><input type="hidden" name="action" value="save">${shown}
<div role="group" aria-labelledby="topics" style="margin-bottom:28px"><h2 id="topics">${texts.preferencesAsk}</h2>${rows}</div>
<fieldset><legend>${texts.frequency}</legend>${often}</fieldset>
<div style="margin-bottom:28px"><label class="legend" for="language">${texts.language}</label><select id="language" name="language">${languages(language, now.language)}</select></div>
<button>${texts.saveButton}</button></form>`;
  const leave = `<section aria-labelledby="leave"><h2 id="leave">${texts.leaveTitle}</h2><p class="soft">${texts.leaveText}</p>${buttonForm(language, 'leave', texts.leaveButton, { plain: true, fields: now.choices.map((choice) => ['shown', choiceKey(choice)]) })}</section>`;
  return page(language, texts.preferencesTitle, `${status}${form}${leave}`);
}

/** The person's own language stays on offer when it is neither of ours. */
function languages(language: PageLanguage, chosen: string): string {
  const known = (['en', 'ko'] as const).map((code) => [code, TEXTS[code].ownName] as const);
  const own = known.some(([code]) => pageLanguage(chosen) === code && new RegExp(`^${code}\\b`, 'i').test(chosen)) ? [] : [['', `${TEXTS[language].otherLanguage} (${chosen})`] as const];
  return [...own, ...known].map(([code, name]) => `<option value="${code}"${code === '' ? ' selected' : ` lang="${code}"${own.length === 0 && pageLanguage(chosen) === code ? ' selected' : ''}`}>${escaped(name)}</option>`).join('');
}

function statusOf(language: PageLanguage, { text, undo }: Told): string {
  const texts = TEXTS[language];
  const fields: [string, string][] = undo ? [...undo.choices.map((choice): [string, string] => ['shown', choiceKey(choice)]), ...undo.choices.filter(({ subscribed }) => subscribed).map((choice): [string, string] => ['choice', choiceKey(choice)])] : [];
  return `<div role="status" style="margin-bottom:24px"><p>${texts[text]}</p>${undo ? buttonForm(language, 'restore', texts.undoButton, { plain: true, fields }) : ''}</div>`;
}

export function gonePage(language: PageLanguage): string {
  const texts = TEXTS[language];
  return page(language, texts.goneTitle, `<p style="margin:0">${escaped(texts.goneText)}</p>`, { switchable: false });
}

/** Asks; changes nothing by being shown. */
export function confirmPage(language: PageLanguage, topics: readonly string[]): string {
  const texts = TEXTS[language];
  return page(language, texts.confirmTitle, `<p>${texts.confirmAsk}</p><ul>${topics.map((topic) => `<li>${escaped(topic)}</li>`).join('')}</ul>${buttonForm(language, 'confirm', texts.confirmButton)}`);
}

export function confirmedPage(language: PageLanguage): string {
  const texts = TEXTS[language];
  return page(language, texts.confirmedTitle, `<div role="status"><p>${texts.confirmedText}</p></div>`);
}

export function confirmOverPage(language: PageLanguage): string {
  const texts = TEXTS[language];
  return page(language, texts.overTitle, `<p>${texts.overText}</p>`);
}
