/** How a column holds its sealed text: as it is, as a string of JSON, or as bytes. */
export type SealedForm = 'text' | 'jsonb' | 'bytea';

/** Every column whose values are secrets. The row's `id` and the column's name are bound into each value. */
export const SEALED_PLACES = {
  'relay.password': 'text',
  'dkim_key.private_key': 'text',
  'webhook_endpoint.url': 'text',
  'webhook_endpoint.headers': 'jsonb',
  'webhook_secret.secret': 'text',
  'provider_secret.value': 'text',
  'identity_secret.value': 'text',
  'source_secret.value': 'text',
  'source_pull.address': 'text',
  'signing_key.secret': 'bytea',
  'second_factor.secret': 'text',
  'secret_key.proof': 'text',
} as const satisfies Record<string, SealedForm>;

export type SealedPlace = keyof typeof SEALED_PLACES;
