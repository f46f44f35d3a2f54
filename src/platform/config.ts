import 'reflect-metadata';
import { plainToInstance, Transform, Type } from 'class-transformer';
import { IsEmail, IsIn, IsInt, IsNumber, IsOptional, IsString, IsUrl, Matches, Max, Min, validateSync } from 'class-validator';
import { resolve } from 'node:path';
import { AppError } from '../kernel/errors.js';

const emptyAsAbsent = Transform(({ value }) => (value === '' ? undefined : value));

/** Everything the environment decides, read once at start. README has the table with meanings and defaults. */
export class Config {
  @IsInt() @Min(0) @Max(65535) @Type(() => Number) PORT: number = 3000;
  @IsString() HOST: string = '127.0.0.1';
  @IsOptional() @emptyAsAbsent @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true }) PUBLIC_URL?: string;
  @IsString() DATA_DIR: string = './data';
  @IsOptional() @emptyAsAbsent @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_URL must start with postgres:// or postgresql://' }) DATABASE_URL?: string;
  /** The owner of the tables, when DATABASE_URL is a login that may not change the schema: used at the start, to migrate. */
  @IsOptional() @emptyAsAbsent @Matches(/^postgres(ql)?:\/\//, { message: 'DATABASE_OWNER_URL must start with postgres:// or postgresql://' }) DATABASE_OWNER_URL?: string;
  @IsOptional() @emptyAsAbsent @Matches(/^smtps?:\/\//, { message: 'SMTP_URL must start with smtp:// or smtps://' }) SMTP_URL?: string;
  /** The key that seals secrets in the database: 32 random bytes in base64 or hex, old ones after commas. Without it, the file `secret.key` in DATA_DIR. */
  @IsOptional() @emptyAsAbsent @IsString() DANBI_SECRET_KEY?: string;
  @IsIn(['all', 'api', 'worker']) ROLE: 'all' | 'api' | 'worker' = 'all';
  @IsIn(['silent', 'error', 'warn', 'info', 'debug']) LOG_LEVEL: 'silent' | 'error' | 'warn' | 'info' | 'debug' = 'info';
  /** PostgreSQL connections this process may hold, besides one for LISTEN and two for Agenda. */
  @IsInt() @Min(2) @Max(200) @Type(() => Number) DATABASE_POOL: number = 12;
  /** Shown as the sender; the workspace's name when not given. */
  @IsOptional() @emptyAsAbsent @IsString() MAIL_FROM_NAME?: string;
  @IsEmail({ require_tld: false }) MAIL_FROM: string = 'danbi@localhost.localdomain';
  /** DNS servers asked about sending domains, `address` or `address:port` with commas between; the system's when not given. */
  @IsOptional() @emptyAsAbsent @Matches(/^\s*(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\])(:\d{1,5})?(\s*,\s*(\d{1,3}(\.\d{1,3}){3}|\[[0-9a-fA-F:]+\])(:\d{1,5})?)*\s*$/, { message: 'DNS_SERVERS must be IP addresses with commas between, such as 1.1.1.1,192.0.2.1:5353' }) DNS_SERVERS?: string;
  /** Concurrent SMTP connections to the relay. */
  @IsInt() @Min(1) @Max(100) @Type(() => Number) SMTP_CONNECTIONS: number = 10;

  /** Networks of one's own that webhooks may reach, such as `10.1.0.0/16,127.0.0.1`; none by default. */
  @Matches(/^[0-9a-fA-F:.,/ ]*$/, { message: 'WEBHOOK_ALLOWED_NETWORKS must be networks such as 10.1.0.0/16, separated by commas' }) WEBHOOK_ALLOWED_NETWORKS: string = '';

  /** Where bounces and complaints come in over SMTP or LMTP; without a port nothing listens. 0 takes a free port. */
  @IsOptional() @IsInt() @Min(0) @Max(65535) @Type(() => Number) INBOUND_PORT?: number;
  @IsString() INBOUND_HOST: string = '127.0.0.1';
  @IsIn(['smtp', 'lmtp']) INBOUND_PROTOCOL: 'smtp' | 'lmtp' = 'smtp';
  /** Domains whose every address is ours to answer for, such as `bounce.example.com,fbl.example.com`. Signed return paths are taken in any domain. */
  @Matches(/^[A-Za-z0-9., -]*$/, { message: 'INBOUND_DOMAINS must be names of domains separated by commas' }) INBOUND_DOMAINS: string = '';

  /** A mailbox that bounces and complaints are collected from: `imaps://user:password@host/Folder`. Filed mails are deleted there, or with KEEP marked. */
  @IsOptional() @emptyAsAbsent @Matches(/^imaps?:\/\/[^\s@]+@[^\s@]+$/, { message: 'INBOUND_IMAP_URL must be like imaps://user:password@host/Folder' }) INBOUND_IMAP_URL?: string;
  @IsIn(['yes', 'no']) INBOUND_IMAP_KEEP: 'yes' | 'no' = 'no';

  /** Largest file an import takes, in bytes after unpacking. */
  @IsInt() @Min(1024) @Max(1024 ** 4) @Type(() => Number) IMPORT_MAX_BYTES: number = 1024 ** 3;

  /** Open pages of visitors this process keeps a stream for, 12 KB each. More are told to come back. */
  @IsInt() @Min(0) @Max(100_000) @Type(() => Number) STREAM_CONNECTIONS: number = 10_000;
  /**
   * Requests a minute that one address may make with one public key, for each of boot, claim, ack and inbox. An office or a
   * mobile network is one address, and so is a proxy that TRUSTED_PROXIES does not name. 0: no limit.
   */
  @IsInt() @Min(0) @Max(1_000_000) @Type(() => Number) VISITOR_REQUESTS_PER_MINUTE: number = 6_000;
  /** The same for events: a request is one event or a batch. Server keys have no limit. */
  @IsInt() @Min(0) @Max(10_000_000) @Type(() => Number) INGEST_REQUESTS_PER_MINUTE: number = 30_000;
  /** Requests a minute of one address to pages without sign-in: links of messages, invitations, the page to sign in. Unsubscribing by one click is not counted. */
  @IsInt() @Min(0) @Max(1_000_000) @Type(() => Number) PAGE_REQUESTS_PER_MINUTE: number = 3_000;
  /** Opens and clicks a minute of one message from one address; a provider's proxy is one address, but a message is to one person. */
  @IsInt() @Min(0) @Max(1_000_000) @Type(() => Number) LINK_REQUESTS_PER_MINUTE: number = 600;
  /** Exports a minute of one server key or person. */
  @IsInt() @Min(0) @Max(1_000_000) @Type(() => Number) EXPORT_REQUESTS_PER_MINUTE: number = 60;
  /** Requests a minute of one server key or person, events left out: more than a process answers, so that it stops only what runs wild. */
  @IsInt() @Min(0) @Max(10_000_000) @Type(() => Number) API_REQUESTS_PER_MINUTE: number = 60_000;

  /** Reverse proxies whose `X-Forwarded-For` is believed: addresses and networks, separated by commas. None by default. */
  @Matches(/^([0-9a-f.:]+(\/\d{1,3})?(\s*,\s*(?=\S)|$))*$/i, { message: 'TRUSTED_PROXIES must be addresses or networks (CIDR) separated by commas' }) TRUSTED_PROXIES: string = '';

  /** Where OpenTelemetry spans go over OTLP/HTTP (JSON), such as `http://collector:4318`; without it nothing is traced. */
  @IsOptional() @emptyAsAbsent @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true }) OTEL_EXPORTER_OTLP_ENDPOINT?: string;
  /** The same, with the whole path. */
  @IsOptional() @emptyAsAbsent @IsUrl({ require_tld: false, protocols: ['http', 'https'], require_protocol: true }) OTEL_EXPORTER_OTLP_TRACES_ENDPOINT?: string;
  @IsString() OTEL_SERVICE_NAME: string = 'danbi';
  @IsIn(['true', 'false']) OTEL_SDK_DISABLED: 'true' | 'false' = 'false';
  /** Nobody's trace is gone on with, so what they call `parentbased_` means the same as without it. */
  @IsIn(['always_on', 'always_off', 'traceidratio', 'parentbased_always_on', 'parentbased_always_off', 'parentbased_traceidratio']) OTEL_TRACES_SAMPLER: string = 'always_on';
  /** Which share of traces is kept, with `traceidratio`. */
  @IsNumber() @Min(0) @Max(1) @Type(() => Number) OTEL_TRACES_SAMPLER_ARG: number = 1;

  get dnsServers(): string[] {
    return (this.DNS_SERVERS ?? '').split(',').map((server) => server.trim()).filter((server) => server !== '');
  }

  /** Absolute folder for the embedded database, the send journals and import files. */
  get dataDir(): string {
    return resolve(this.DATA_DIR);
  }
}

/** Reads and checks the environment; a wrong value is one sentence naming the variable. */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const known = Object.fromEntries(
    ['PORT', 'HOST', 'PUBLIC_URL', 'DATA_DIR', 'DATABASE_URL', 'DATABASE_OWNER_URL', 'DANBI_SECRET_KEY', 'SMTP_URL', 'ROLE', 'LOG_LEVEL', 'DATABASE_POOL', 'MAIL_FROM_NAME', 'MAIL_FROM', 'DNS_SERVERS', 'SMTP_CONNECTIONS', 'WEBHOOK_ALLOWED_NETWORKS', 'IMPORT_MAX_BYTES', 'TRUSTED_PROXIES', 'STREAM_CONNECTIONS', 'VISITOR_REQUESTS_PER_MINUTE', 'INGEST_REQUESTS_PER_MINUTE', 'PAGE_REQUESTS_PER_MINUTE', 'LINK_REQUESTS_PER_MINUTE', 'EXPORT_REQUESTS_PER_MINUTE', 'API_REQUESTS_PER_MINUTE', 'INBOUND_PORT', 'INBOUND_HOST', 'INBOUND_PROTOCOL', 'INBOUND_DOMAINS', 'INBOUND_IMAP_URL', 'INBOUND_IMAP_KEEP',
      'OTEL_EXPORTER_OTLP_ENDPOINT', 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', 'OTEL_SERVICE_NAME', 'OTEL_SDK_DISABLED', 'OTEL_TRACES_SAMPLER', 'OTEL_TRACES_SAMPLER_ARG']
      .filter((name) => env[name] !== undefined && env[name] !== '')
      .map((name) => [name, env[name]]),
  );
  const config = plainToInstance(Config, known, { exposeDefaultValues: true });
  const problems = validateSync(config).map((error) => ({ path: error.property, code: 'config.invalid', message: Object.values(error.constraints ?? {}).join('; ') }));
  if (problems.length > 0) throw new AppError('config.invalid', `The environment is not right: ${problems.map((p) => p.message).join('; ')}.`, 'invalid', problems);
  return config;
}
