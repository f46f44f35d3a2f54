import i18next from 'i18next';
import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './api-types.d.ts';
import { send } from './reach.ts';

/** A shape of the API by its name in the OpenAPI document. */
export type Api<Name extends keyof components['schemas']> = components['schemas'][Name];

/** One place at fault, said in English and, where there is a text for it, in Korean. */
export interface Fault { path: string; message: string; messageKo?: string }

/** Who changed something meanwhile, and when; `by` is null where no name is known. */
export interface Changed { by: string | null; at: string }

/** What the API said when it refused, with the places at fault. */
export class ApiProblem extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly problems: Fault[], readonly requestId: string | null, /** Who was quicker, where that is why. */ readonly changed: Changed | null = null) {
    super(message);
  }
}

interface ErrorBody { code?: string; message?: string; messageKo?: string; problems?: Fault[]; changed?: Changed }

/** In the language of the page, as far as the server has it. */
const saidHere = <F extends { message: string; messageKo?: string | undefined }>(fault: F): F => (i18next.language === 'ko' && fault.messageKo !== undefined ? { ...fault, message: fault.messageKo } : fault);

const refusals: Middleware = {
  onError: ({ error }) => (error instanceof TypeError ? new ApiProblem(0, 'unanswered', i18next.t('state.unanswered'), [], null) : undefined),
  async onResponse({ response }) {
    if (response.ok) return undefined;
    const body = await response.clone().json().catch(() => ({})) as ErrorBody;
    const { code = 'unknown', message = response.statusText, messageKo, problems = [], changed = null } = body;
    // An owner asked for it since this page was opened; the page behind the address says what to do.
    if (code === 'access.second-factor-required') location.assign('/second-factor');
    throw new ApiProblem(response.status, code, saidHere({ message, messageKo }).message, problems.map(saidHere), response.headers.get('x-request-id'), changed);
  },
};

/** The public API with the session of this browser ({@link send}). Answers other than 2xx are thrown as {@link ApiProblem}. */
export const api = createClient<paths>({ fetch: send, baseUrl: '/', credentials: 'same-origin', headers: { 'x-danbi-csrf': '1' } });
api.use(refusals);

/** The body of an answer that was not refused. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}
