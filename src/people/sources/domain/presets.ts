import { Mapping } from './mapping.js';
import type { SourceKind } from './proof.js';

const from = (expression: string, as?: string, currency?: string) => ({ from: expression, ...(as ? { as } : {}), ...(currency ? { currency } : {}) });

/** Traits of a customer of Shopify, which stand at different places of a body. */
const customer = (at: string) => ({
  firstName: from(`${at}.first_name`), lastName: from(`${at}.last_name`), email: from(`${at}.email`, 'lower'), phone: from(`${at}.phone`), language: from(`body.customer_locale || ${at}.locale`),
});
const shopper = { userId: from('body.customer.id', 'text'), prefix: 'shopify:', email: from('body.customer.email || body.email', 'lower') };
const order = {
  order_id: from('body.id', 'text'), order_number: from('body.name'), total: from('body.total_price', 'number'), currency: from('body.currency'), status_url: from('body.order_status_url'),
  products: from('body.line_items[:100].title'), product_ids: from('body.line_items[:100].product_id'), discount_codes: from('body.discount_codes[].code'),
};
const orderEvent = (name: string, topic: string, at: string, properties: object = order) =>
  ({ name, when: `topic == '${topic}'`, person: shopper, traits: customer('body.customer'), traitsAt: from('body.updated_at'), event: { name, at: from(at), id: 'body.id', properties } });

/** Shopify's topics of orders, fulfilments and customers (shopify.dev, "Webhooks"), as events that marketers know. */
const SHOPIFY = {
  rules: [
    orderEvent('Order Completed', 'orders/paid', 'body.processed_at'),
    orderEvent('Order Placed', 'orders/create', 'body.created_at'),
    orderEvent('Order Cancelled', 'orders/cancelled', 'body.cancelled_at', { ...order, reason: from('body.cancel_reason') }),
    // A refund itself (`refunds/create`) names the colleague who made it and no customer; the order it belongs to names the customer.
    { name: 'Order Refunded', when: `topic == 'orders/updated' && body.refunds`, each: 'body.refunds', person: shopper, event: { name: 'Order Refunded', at: from('item.created_at'), id: 'item.id', properties: { order_id: from('body.id', 'text'), order_number: from('body.name'), currency: from('body.currency') } } },
    orderEvent('Order Shipped', 'orders/fulfilled', 'body.updated_at', { ...order, tracking_url: from('body.fulfillments[-1].tracking_url'), tracking_company: from('body.fulfillments[-1].tracking_company') }),
    {
      name: 'Order Shipped (fulfilment)', when: `topic == 'fulfillments/create'`, person: { email: from('body.email', 'lower') },
      event: { name: 'Order Shipped', at: from('body.created_at'), id: 'body.order_id', properties: { order_id: from('body.order_id', 'text'), order_number: from('body.name'), tracking_url: from('body.tracking_url'), tracking_company: from('body.tracking_company'), products: from('body.line_items[:100].title') } },
    },
    { name: 'Customer', when: `topic == 'customers/create' || topic == 'customers/update'`, person: { userId: from('body.id', 'text'), prefix: 'shopify:', email: from('body.email', 'lower') }, traits: { ...customer('body'), shopify_orders: from('body.orders_count', 'number') }, traitsAt: from('body.updated_at') },
  ],
};

// A customer is an id, or the whole of it where it was asked to be expanded.
const payer = { userId: from('body.data.object.customer.id || body.data.object.customer', 'text'), prefix: 'stripe:', email: from('body.data.object.customer_email || body.data.object.customer_details.email || body.data.object.receipt_email', 'lower') };
const money = (amount: string) => ({ amount: from(amount, 'minor_units', 'body.data.object.currency'), currency: from('body.data.object.currency') });
const stripeEvent = (name: string, type: string, properties: object, traits: object = {}) =>
  ({ name, when: `topic == '${type}'`, person: payer, traits, traitsAt: from('body.created', 'seconds'), event: { name, at: from('body.created', 'seconds'), properties } });
const plan = { subscription_id: from('body.data.object.id'), status: from('body.data.object.status'), plan: from('body.data.object.items.data[0].price.nickname || body.data.object.items.data[0].price.id'), trial_end: from('body.data.object.trial_end', 'seconds'), cancel_at: from('body.data.object.cancel_at', 'seconds') };
const subscription = { stripe_status: from('body.data.object.status'), trial_ends_at: from('body.data.object.trial_end', 'seconds'), stripe_plan: plan.plan };

/** Stripe's events of checkouts, invoices, subscriptions and customers (docs.stripe.com/api/events/types). */
const STRIPE = {
  rules: [
    stripeEvent('Checkout Completed', 'checkout.session.completed', { ...money('body.data.object.amount_total'), session_id: from('body.data.object.id') }, { email: from('body.data.object.customer_details.email', 'lower') }),
    stripeEvent('Invoice Paid', 'invoice.paid', { ...money('body.data.object.amount_paid'), invoice_id: from('body.data.object.id'), url: from('body.data.object.hosted_invoice_url') }),
    stripeEvent('Payment Failed', 'invoice.payment_failed', { ...money('body.data.object.amount_due'), invoice_id: from('body.data.object.id'), url: from('body.data.object.hosted_invoice_url') }),
    stripeEvent('Trial Ending', 'customer.subscription.trial_will_end', plan, subscription),
    stripeEvent('Subscription Started', 'customer.subscription.created', plan, subscription),
    stripeEvent('Subscription Changed', 'customer.subscription.updated', plan, subscription),
    stripeEvent('Subscription Ended', 'customer.subscription.deleted', plan, subscription),
    { name: 'Customer', when: `topic == 'customer.created' || topic == 'customer.updated'`, person: { userId: from('body.data.object.id', 'text'), prefix: 'stripe:', email: from('body.data.object.email', 'lower') }, traits: { email: from('body.data.object.email', 'lower'), name: from('body.data.object.name'), phone: from('body.data.object.phone') }, traitsAt: from('body.created', 'seconds') },
  ],
};

const JSON_START = { rules: [{ name: 'Event', person: { userId: from('body.userId', 'text'), email: from('body.email', 'lower') }, traits: { email: from('body.email', 'lower') }, event: { name: 'Something happened', properties: {} } }] };

/** What a new source begins with; it may be changed. */
export const PRESETS: Record<SourceKind, Mapping> = { shopify: Mapping.parse(SHOPIFY), stripe: Mapping.parse(STRIPE), json: Mapping.parse(JSON_START) };
