/** A body of each kind of source, to try a mapping with before the first one has come. */
export const EXAMPLES = {
  shopify: {
    topic: 'orders/paid',
    body: {
      id: 450789469, name: '#1001', total_price: '59000', currency: 'KRW', processed_at: '2026-03-02T17:30:00+09:00', order_status_url: 'https://tea.example/orders/1', customer_locale: 'ko',
      line_items: [{ title: '우전 녹차', product_id: 1 }, { title: '다관', product_id: 2 }], discount_codes: [{ code: 'SPRING' }],
      customer: { id: 207119551, email: 'mina@example.org', first_name: '미나', last_name: '김' },
    },
  },
  stripe: {
    topic: 'customer.subscription.trial_will_end',
    body: {
      id: 'evt_1', type: 'customer.subscription.trial_will_end', created: 1772440200,
      data: { object: { id: 'sub_1', customer: 'cus_9', status: 'trialing', trial_end: 1772699400, currency: 'krw', items: { data: [{ price: { id: 'price_1', nickname: 'Pro' } }] } } },
    },
  },
  json: { topic: '', body: { type: 'signed_up', userId: 'u-1001', email: 'mina@example.org', plan: 'pro', at: '2026-03-02T09:00:00Z' } },
} as const;
