/** What a browser must show before it is believed who its user is: nothing, nothing but it is written down, or a proof. */
export type IdentityMode = 'off' | 'warn' | 'enforce';
