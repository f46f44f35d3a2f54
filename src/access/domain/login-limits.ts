/** Failures that are counted together, in minutes. */
export const LOGIN_WINDOW_MINUTES = 15;
/** Wrong tries for one e-mail from one address before it must wait. */
export const TRIES_PER_EMAIL = 5;
/** Wrong tries from one address whatever the e-mail; an office shares one address. */
export const TRIES_PER_ADDRESS = 50;
