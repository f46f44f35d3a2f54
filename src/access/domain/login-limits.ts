/** Failures that are counted together, in minutes. */
export const LOGIN_WINDOW_MINUTES = 15;
/** Wrong tries for one e-mail from one address before it must wait. */
export const TRIES_PER_EMAIL = 5;
/** Wrong tries from one address whatever the e-mail; an office shares one address. */
export const TRIES_PER_ADDRESS = 50;
/** Wrong codes of a second factor for one person, from wherever. */
export const TRIES_PER_CODE = 10;
/** Wrong tries at one's own password while signed in, for one person. */
export const TRIES_PER_PASSWORD = 10;
/** How long a sign-in waits for its code, in minutes. */
export const LOGIN_STEP_MINUTES = 5;
