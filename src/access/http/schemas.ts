import { z } from 'zod';
import { Id, Instant, Name, Zone } from '../../contract/common.js';
import { ROLES } from '../../platform/http/access.js';
import { PageQuery } from '../../platform/http/paging.js';
import { KEY_ROLES } from '../domain/roles.js';

export const Email = z.email('must be an e-mail address').max(254);
/** Only its presence: what a new password must be like is said by `passwordFault`. */
const Password = z.string().min(1, 'is required').max(4000);
const Code = z.string().min(1, 'is required').max(60);
const Token = z.string().min(1, 'is required').max(200);

export const Language = z.string().max(35).refine((tag) => {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}, 'must be a language tag such as ko or en-GB').meta({ description: 'BCP 47 language tag' });

const OriginValue = z.string().max(300).transform((text) => text.trim().replace(/\/$/, '').toLowerCase())
  .refine((text) => URL.canParse(text) && /^https?:$/.test(new URL(text).protocol) && new URL(text).origin === text, 'must be an origin such as https://shop.example');

export const UserView = z.object({
  id: Id, email: z.string(), name: z.string(), role: z.enum(ROLES), state: z.enum(['invited', 'active', 'disabled']),
  language: z.enum(['en', 'ko']).nullable().meta({ description: 'What they read the dashboard in; null until they chose' }), secondFactor: z.boolean().meta({ description: 'Signing in asks for a code' }), createdAt: Instant,
}).meta({ id: 'User' });

export const UserList = z.object({ items: z.array(UserView), next: z.string().nullable() }).meta({ id: 'UserList' });
export const InviteRequest = z.strictObject({ email: Email, name: Name, role: z.enum(ROLES) }).meta({ id: 'InviteRequest' });
export const InvitationView = z.object({ user: UserView, inviteUrl: z.string() }).meta({ id: 'Invitation' });
export const UserPatch = z.strictObject({ name: Name.optional(), role: z.enum(ROLES).optional(), disabled: z.boolean().optional() }).meta({ id: 'UserPatch' });
export const AcceptInvite = z.strictObject({ token: Token, password: Password }).meta({ id: 'AcceptInvite' });

export const SignIn = z.strictObject({ email: z.string().min(1, 'is required').max(254), password: Password, code: Code.optional().meta({ description: 'Of the app, or a recovery code; needed when the answer is access.code-needed' }) }).meta({ id: 'SignIn' });
export const FactorView = z.object({ on: z.boolean(), since: Instant.nullable(), recoveryCodesLeft: z.number().int(), required: z.boolean().meta({ description: 'Your role may not do without' }) }).meta({ id: 'SecondFactor' });
export const FactorStart = z.object({ secret: z.string().meta({ description: 'Base32, to type into an app' }), uri: z.string().meta({ description: 'otpauth:// address, to show as a QR code' }) }).meta({ id: 'SecondFactorStart' });
export const FactorConfirm = z.strictObject({ code: Code }).meta({ id: 'SecondFactorConfirm' });
export const FactorProof = z.strictObject({ password: Password, code: Code }).meta({ id: 'SecondFactorProof' });
export const RecoveryCodes = z.object({ recoveryCodes: z.array(z.string()) }).meta({ id: 'RecoveryCodes' });
export const FactorRule = z.strictObject({ roles: z.array(z.enum(ROLES)).max(3).transform((roles) => ROLES.filter((role) => roles.includes(role))) }).meta({ id: 'SecondFactorRule' });
export const SessionView = z.object({ user: UserView }).meta({ id: 'Session' });
export const PasswordChange = z.strictObject({ currentPassword: Password, newPassword: Password }).meta({ id: 'PasswordChange' });
export const MeView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('user'), user: UserView }),
  z.object({ kind: z.literal('server_key'), id: Id, role: z.enum(ROLES) }),
]).meta({ id: 'Me' });

export const OwnChange = z.strictObject({ name: Name.optional(), language: z.enum(['en', 'ko']).nullable().optional() }).meta({ id: 'OwnChange' });
export const OwnerList = z.object({ items: z.array(z.object({ name: z.string(), email: z.string() })) }).meta({ id: 'OwnerList' });

export const KeyView = z.object({
  id: Id, kind: z.enum(['server', 'write']), name: z.string(), role: z.enum(KEY_ROLES),
  value: z.string().nullable().meta({ description: 'The public value of a write key; null for server keys, whose secret is shown once.' }),
  allowedOrigins: z.array(z.string()), createdBy: z.string(), createdAt: Instant, lastUsedAt: Instant.nullable(), revokedAt: Instant.nullable(),
}).meta({ id: 'ApiKey' });
export const KeyList = z.object({ items: z.array(KeyView), next: z.string().nullable() }).meta({ id: 'ApiKeyList' });
export const KeyCreated = z.object({ key: KeyView, secret: z.string().meta({ description: 'The key itself. A server key is shown only in this answer.' }) }).meta({ id: 'ApiKeyCreated' });
const Origins = z.array(OriginValue).max(100).transform((origins) => [...new Set(origins)]).meta({ description: 'Origins whose pages may use a write key, such as https://shop.example; empty: every page' });
export const KeyRequestSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('server'), name: Name, role: z.enum(KEY_ROLES) }),
  z.strictObject({ kind: z.literal('write'), name: Name, allowedOrigins: Origins.optional() }),
]).meta({ id: 'ApiKeyRequest' });
export const KeyChange = z.strictObject({ allowedOrigins: Origins }).meta({ id: 'ApiKeyChange' });

const SenderContact = z.string().trim().max(500);
export const WorkspaceSettingsSchema = z.strictObject({ senderContact: SenderContact.optional() });
export const WorkspaceView = z.object({ name: z.string(), timeZone: z.string(), language: z.string(), settings: z.object({ senderContact: z.string().optional() }) }).meta({ id: 'Workspace' });
export const WorkspacePatch = z.strictObject({ name: Name.optional(), timeZone: Zone.optional(), language: Language.optional(), settings: WorkspaceSettingsSchema.optional() }).meta({ id: 'WorkspacePatch' });

export const SetupRequestSchema = z.strictObject({
  token: Token, email: Email, name: Name, password: Password, workspace: z.strictObject({ name: Name, timeZone: Zone, language: Language, senderContact: SenderContact.optional().meta({ description: 'How to reach the sender, at the end of advertising; the e-mail of the owner when absent' }) }),
  sampleData: z.boolean().optional().meta({ description: 'Begin with 200 sample people; they are removed with one request' }),
}).meta({ id: 'SetupRequest' });
export const SetupView = z.object({ serverKey: z.string(), writeKey: z.string(), user: UserView }).meta({ id: 'SetupResult' });

export const AuditView = z.object({
  id: z.string(), at: Instant,
  actor: z.string(), actorName: z.string().nullable().meta({ description: 'The user or key as it is called now; null: gone, or Danbi itself' }),
  action: z.string(), subject: z.string(), subjectName: z.string().nullable().meta({ description: 'As it is called now, where it has a name and is still there' }),
  detail: z.record(z.string(), z.unknown()),
}).meta({ id: 'AuditEntry' });
export const AuditList = z.object({ items: z.array(AuditView), next: z.string().nullable() }).meta({ id: 'AuditList' });
export const AuditQuery = PageQuery.extend({
  actor: z.string().regex(/^(system|setup|(user|server_key):[0-9a-f-]{36})$/, 'must be system, setup, user:ID or server_key:ID').optional(),
  kind: z.string().max(60).regex(/^[a-z_-]+$/, 'must be the first part of an action, such as campaign').optional().meta({ description: 'The first part of the action: campaign, segment, user …' }),
  subject: z.string().min(1).max(300).optional().meta({ description: 'What it was done to, as the list says it: campaign:ID' }),
  from: Instant.optional(), to: Instant.optional().meta({ description: 'Entries before this moment' }),
});
