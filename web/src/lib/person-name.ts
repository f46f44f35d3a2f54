import type { Api } from './api.ts';

/** How a person is called in lists: by name, else by address, else by the id their site gave them. */
export function personName({ attributes, email, externalId, anonymousIds, id }: Api<'Person'>): string {
  const part = (key: string) => (typeof attributes[key] === 'string' ? attributes[key] : '');
  const name = part('name') || [part('firstName'), part('lastName')].filter(Boolean).join(' ');
  return name || email || externalId || anonymousIds[0] || id;
}
