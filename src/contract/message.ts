import { z } from 'zod';

/**
 * An e-mail as its author writes it. Every text is a strict Handlebars template over
 * `{person: {…attributes, id, externalId, email, timeZone, language}, event: {…entry event properties}, workspace}`;
 * a missing value without `{{default …}}` stops that message with RENDER_MISSING_VAR.
 */
export const EmailContent = z
  .strictObject({
    subject: z.string().min(1).max(500),
    preheader: z.string().max(300).default(''),
    /** File name under `templates/layouts` without ending. */
    layout: z.string().regex(/^[a-z0-9-]{1,60}$/).default('plain'),
    /** MJML body (a sequence of `mj-section`) placed in the layout. */
    body: z.string().min(1).max(262_144),
    /** Plain-text part; derived from the body when absent. */
    text: z.string().max(131_072).optional(),
    fromName: z.string().max(100).optional(),
    replyTo: z.email().optional(),
  })
  .meta({ id: 'EmailContent' });
export type EmailContent = z.infer<typeof EmailContent>;

/** An in-app message as its author writes it; same templates and context as e-mail. */
export const InAppContent = z
  .strictObject({
    format: z.enum(['chat', 'banner', 'modal']).default('chat'),
    title: z.string().max(200).default(''),
    body: z.string().min(1).max(10_000),
    buttons: z.array(z.strictObject({ label: z.string().min(1).max(100), url: z.string().max(2_000) })).max(3).default([]),
    /** Hours after which it is no longer shown. */
    expiresAfterHours: z.number().int().min(1).max(8_760).optional(),
  })
  .meta({ id: 'InAppContent' });
export type InAppContent = z.infer<typeof InAppContent>;

export type Channel = 'email' | 'in_app';
