import createClient, { type Middleware } from 'openapi-fetch';
import type { components, paths } from './api-types.d.ts';

/** A shape of the API by its name in the OpenAPI document. */
export type Api<Name extends keyof components['schemas']> = components['schemas'][Name];

/** What the API said when it refused, with the places at fault. */
export class ApiProblem extends Error {
  constructor(readonly status: number, readonly code: string, message: string, readonly problems: { path: string; message: string }[], readonly requestId: string | null) {
    super(message);
  }
}

interface ErrorBody { code?: string; message?: string; problems?: { path: string; message: string }[] }

const refusals: Middleware = {
  async onResponse({ response }) {
    if (response.ok) return undefined;
    if (response.status === 401) {
      // The session has ended: sign in and come back to this very place.
      location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    }
    const body = await response.clone().json().catch(() => ({})) as ErrorBody;
    const { code = 'unknown', message = response.statusText, problems = [] } = body;
    throw new ApiProblem(response.status, code, message, problems, response.headers.get('x-request-id'));
  },
};

/** The public API with the session of this browser. Answers other than 2xx are thrown as {@link ApiProblem}. */
export const api = createClient<paths>({ baseUrl: '/', credentials: 'same-origin', headers: { 'x-danbi-csrf': '1' } });
api.use(refusals);

/** The body of an answer that was not refused. */
export async function answer<T>(call: Promise<{ data?: T }>): Promise<T> {
  return (await call).data as T;
}
