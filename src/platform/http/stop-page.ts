import { createHash } from 'node:crypto';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { acceptedLanguages } from '../../kernel/language.js';

const STYLE = ':root{color-scheme:light dark}body{font:16px/1.6 system-ui,sans-serif;max-width:30rem;margin:10vh auto;padding:0 1rem}button{font:inherit;padding:.5rem 1rem}';
const CSP = `default-src 'none'; style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`;

export interface StopWords { title: string; ask: string; button: string; done: string }

function page(reply: FastifyReply, language: 'en' | 'ko', title: string, body: string): void {
  void reply.headers({ 'content-type': 'text/html; charset=utf-8', 'content-security-policy': CSP, 'cache-control': 'no-store', 'referrer-policy': 'no-referrer' })
    .send(`<!doctype html><html lang="${language}"><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${title}</title><style>${STYLE}</style><h1>${title}</h1>${body}</html>`);
}

const languageOf = (request: FastifyRequest): 'en' | 'ko' => (acceptedLanguages(request.headers['accept-language'])[0]?.startsWith('ko') ? 'ko' : 'en');

/** What a person sees who opens pages too often; `Retry-After` and the status are the caller's. @param seconds until it can be opened again */
export function sendWaitPage(reply: FastifyReply, request: FastifyRequest, seconds: number): void {
  const words: Record<'en' | 'ko', [title: string, body: string]> = {
    en: ['Please wait a moment', `<p>This page was opened too often from your network. Open it again in ${seconds} ${seconds === 1 ? 'second' : 'seconds'}.</p>`],
    ko: ['잠시만 기다려 주세요', `<p>사용하시는 네트워크에서 이 페이지를 너무 자주 열었어요. ${seconds}초 뒤에 다시 열어 주세요.</p>`],
  };
  const language = languageOf(request);
  page(reply, language, ...words[language]);
}

/**
 * The page behind a link that ends mails of Danbi to its users, in the language of the browser. Opening it changes nothing, since programs that look
 * through mail open links too; its button posts to `action`. Nothing of the request stands in the page.
 * @param action null when it is ended already
 */
export function sendStopPage(reply: FastifyReply, request: FastifyRequest, words: Record<'en' | 'ko', StopWords>, action: string | null): void {
  const language = languageOf(request);
  const { title, ask, button, done } = words[language];
  const body = action === null ? `<p>${done}</p>` : `<p>${ask}</p><form method="post" action="${action}"><button>${button}</button></form>`;
  page(reply, language, title, body);
}
