import { expect } from '@jest/globals';
import type { Frame, Page } from 'playwright-core';

/** Counts every press of a pointer that a person makes, also over pages that are loaded anew. Before the first page is opened. */
export async function countPresses(page: Page): Promise<(work: () => Promise<unknown>) => Promise<number>> {
  let presses = 0;
  await page.exposeFunction('pressed', () => { presses += 1; });
  await page.addInitScript(`addEventListener('pointerdown', ({ isTrusted }) => { if (isTrusted) window.pressed(); }, true)`);
  return async (work) => {
    // What was pressed before has been told by the time the page answers, and so has the last press of the work.
    await page.evaluate('0');
    const before = presses;
    await work();
    await page.evaluate('0');
    return presses - before;
  };
}

/** What an input method does: a syllable is put together letter by letter, then it stands. */
export async function compose(page: Page, text: string): Promise<void> {
  const input = await page.context().newCDPSession(page);
  for (const syllable of text) {
    const parts = [...syllable.normalize('NFD')].map((_, index, all) => all.slice(0, index + 1).join('').normalize('NFC'));
    if (/[가-힣]/.test(syllable)) for (const part of parts) await input.send('Input.imeSetComposition', { text: part, selectionStart: part.length, selectionEnd: part.length });
    await input.send('Input.insertText', { text: syllable });
  }
  await input.detach();
}

/** Everything that is shown or read aloud: texts, what stands in and over fields, names and hints of what has no text. */
const TEXTS = `(() => {
  const seen = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const said = [document.title];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const { parentElement } = node;
    if (parentElement && !parentElement.closest('script, style, noscript, code, pre, [translate=no]') && seen(parentElement)) said.push(node.data);
  }
  for (const it of document.querySelectorAll('[aria-label], [placeholder], [title], [alt], [aria-description], input, textarea')) {
    if (!seen(it) || it.closest('[translate=no]')) continue;
    for (const name of ['aria-label', 'placeholder', 'title', 'alt', 'aria-description']) said.push(it.getAttribute(name) ?? '');
    if ('value' in it && !/^(checkbox|radio|hidden|password|submit|button)$/.test(it.type)) said.push(it.value);
  }
  return said.map((text) => text.trim()).filter(Boolean);
})()`;

/** Addresses, fields, ids of steps, the title of a chapter that is English, and the sentence that Korean law wants in both languages. */
const NO_WORDS = /[\w.+-]+@[\w.-]+|https?:\/\/\S+|\{\{[^}]*\}\}|^ID [a-z]+-\d+$|“Keys and roles”|If you do not want to receive this e-mail, please click|^unsubscribe$|^\. It is free of charge\.$/g;

/** Words in Latin letters that somebody sees on the page or in a frame of it, except addresses and those that may be there. */
export async function latinWords(page: Page | Frame, allowed: ReadonlySet<string>): Promise<string[]> {
  const frames = 'frames' in page ? page.frames() : [page];
  const found = new Set<string>();
  for (const frame of frames) {
    const texts = (await frame.evaluate(TEXTS)) as string[];
    for (const text of texts) {
      const words = text.replaceAll(NO_WORDS, ' ').match(/[A-Za-z][A-Za-z'-]+/g) ?? [];
      if (words.some((word) => !allowed.has(word))) found.add(text.slice(0, 120));
    }
  }
  return [...found];
}

/** Somebody without a mouse: everything is reached by Tab and opened by Enter or Space. */
export class Keys {
  constructor(private readonly page: Page) {}

  /** What the element with the focus is called. */
  private named(): Promise<string> {
    return this.page.evaluate(`(() => { let it = document.activeElement; const by = it.getAttribute('aria-labelledby'); return (it.getAttribute('aria-label') ?? (by && by.split(' ').map((id) => document.getElementById(id)?.textContent ?? '').join(' ')) ?? (it.labels?.[0]?.innerText || it.innerText || it.placeholder || '')).trim(); })()`) as Promise<string>;
  }

  /** Presses Tab until what has the focus is called so. @param back Shift+Tab instead */
  async to(name: RegExp, { back = false, most = 90 } = {}): Promise<void> {
    const passed: string[] = [];
    for (let presses = 0; presses < most; presses += 1) {
      await this.page.keyboard.press(back ? 'Shift+Tab' : 'Tab');
      const label = await this.named();
      if (name.test(label)) return;
      passed.push(label.slice(0, 40));
    }
    throw new Error(`${String(name)} is not reached by Tab, only: ${passed.join(' | ')}`);
  }

  async open(name: RegExp, options?: { back?: boolean }): Promise<void> {
    await this.to(name, options);
    await this.press('Enter');
  }

  async press(...keys: string[]): Promise<void> {
    for (const key of keys) await this.page.keyboard.press(key);
  }

  async type(text: string): Promise<void> {
    await this.page.keyboard.insertText(text);
  }

  /** Goes down a list that has just opened to the line that is called so, and takes it. */
  async pick(name: RegExp, role: 'option' | 'menuitem' = 'option'): Promise<void> {
    await this.page.getByRole(role, { name }).first().waitFor();
    const at = `(() => { const it = document.querySelector('[role=option][data-combobox-selected]') ?? document.activeElement; return (it.getAttribute('aria-label') ?? it.innerText).trim(); })()`;
    for (let presses = 0; presses < 30; presses += 1) {
      if (name.test(String(await this.page.evaluate(at)))) return this.press('Enter');
      await this.press('ArrowDown');
    }
    throw new Error(`no ${String(name)} in the list`);
  }

  /** As a person sees after a move where they are. */
  async stands(name: RegExp): Promise<void> {
    await expect(this.named()).resolves.toMatch(name);
  }
}
