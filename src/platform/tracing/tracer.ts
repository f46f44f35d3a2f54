import { randomUUID } from 'node:crypto';
import type { Attributes, SpanContext } from '@opentelemetry/api';
import type { Config } from '../config.js';
import type { RoundListener } from '../metrics.js';
import { VERSION } from '../version.js';

/** A span that is over. */
export interface PastSpan {
  name: string;
  kind?: 'internal' | 'server' | 'client' | 'consumer';
  /** Milliseconds since 1970. */
  from: number;
  until: number;
  /** Ids, names of kinds and counts; never addresses, texts or ids of people: what leaves here is out of the reach of an erasure. */
  attributes?: Attributes;
  failed?: boolean;
  /** Where it belongs, when that is not left to chance. */
  place?: { traceId: string; spanId?: string; parentId?: string };
}

/** Sends spans to an OTLP collector. */
export interface Tracer extends RoundListener {
  /** Whether spans of this trace are kept; the same in every process. */
  keeps(traceId: string): boolean;
  record(span: PastSpan): void;
  /** Sends what waits, and sends no more. Never fails: a collector that is away loses spans and nothing else. */
  close(): Promise<void>;
}

const CLOSE_MS = 3_000;

/**
 * Starts tracing when the standard variables name a collector, else answers null and loads nothing. Spans are sent in batches, off the path of
 * whatever they are about; a collector that does not answer costs spans.
 */
export async function startTracer(config: Config): Promise<Tracer | null> {
  const endpoint = config.OTEL_EXPORTER_OTLP_TRACES_ENDPOINT ?? (config.OTEL_EXPORTER_OTLP_ENDPOINT && `${config.OTEL_EXPORTER_OTLP_ENDPOINT.replace(/\/$/, '')}/v1/traces`);
  if (!endpoint || config.OTEL_SDK_DISABLED === 'true' || config.OTEL_TRACES_SAMPLER.endsWith('always_off')) return null;
  const [api, sdk, { OTLPTraceExporter }, resources] = await Promise.all([import('@opentelemetry/api'), import('@opentelemetry/sdk-trace'), import('@opentelemetry/exporter-trace-otlp-http'), import('@opentelemetry/resources')]);
  const random = new sdk.RandomIdGenerator();
  const next: { traceId?: string | undefined; spanId?: string | undefined } = {};
  const sampler = config.OTEL_TRACES_SAMPLER.endsWith('traceidratio') ? new sdk.TraceIdRatioBasedSampler(config.OTEL_TRACES_SAMPLER_ARG) : new sdk.AlwaysOnSampler();
  const provider = new sdk.TracerProvider({
    sampler: new sdk.AlwaysOnSampler(),
    resource: resources.resourceFromAttributes({ 'service.name': config.OTEL_SERVICE_NAME, 'service.version': VERSION, 'service.instance.id': randomUUID(), 'danbi.role': config.ROLE }).merge(resources.detectResources({ detectors: [resources.envDetector] })),
    idGenerator: { generateTraceId: () => next.traceId ?? random.generateTraceId(), generateSpanId: () => next.spanId ?? random.generateSpanId() },
    spanProcessors: [new sdk.BatchSpanProcessor({ exporter: new OTLPTraceExporter({ url: endpoint }), maxQueueSize: 8_192 })],
  });
  const tracer = provider.getTracer('danbi', VERSION);
  const kinds = { internal: api.SpanKind.INTERNAL, server: api.SpanKind.SERVER, client: api.SpanKind.CLIENT, consumer: api.SpanKind.CONSUMER };
  const keeps = (traceId: string) => sampler.shouldSample(api.ROOT_CONTEXT, traceId).decision === sdk.SamplingDecision.RECORD_AND_SAMPLED;

  const record = ({ name, kind = 'internal', from, until, attributes, failed, place }: PastSpan): void => {
    const traceId = place?.traceId ?? random.generateTraceId();
    if (!keeps(traceId)) return;
    const parent: SpanContext | null = place?.parentId ? { traceId, spanId: place.parentId, traceFlags: api.TraceFlags.SAMPLED, isRemote: true } : null;
    Object.assign(next, { traceId, spanId: place?.spanId });
    const span = tracer.startSpan(name, { kind: kinds[kind], startTime: from, ...(attributes && { attributes }) }, parent ? api.trace.setSpanContext(api.ROOT_CONTEXT, parent) : api.ROOT_CONTEXT);
    Object.assign(next, { traceId: undefined, spanId: undefined });
    if (failed) span.setStatus({ code: api.SpanStatusCode.ERROR });
    span.end(Math.max(from, until));
  };
  const round = (worker: string, ms: number, done: number, failed = false) => {
    const now = Date.now();
    record({ name: `round ${worker}`, kind: 'consumer', from: now - ms, until: now, attributes: { 'danbi.worker': worker, 'danbi.rows': done }, failed });
  };
  return {
    keeps, record,
    ended: (worker, ms, done) => { if (done > 0) round(worker, ms, done); },
    failed: (worker) => round(worker, 0, 0, true),
    close: async () => {
      const late = new AbortController();
      await Promise.race([provider.shutdown().catch(() => undefined), new Promise<void>((done) => { const timer = setTimeout(done, CLOSE_MS); late.signal.addEventListener('abort', () => clearTimeout(timer)); })]);
      late.abort();
    },
  };
}

/** Tells both. */
export const bothHear = (one: RoundListener, other: RoundListener | null): RoundListener => (other === null ? one : {
  ended: (...round) => { one.ended(...round); other.ended(...round); },
  failed: (worker) => { one.failed(worker); other.failed(worker); },
});
