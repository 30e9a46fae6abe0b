"""Joins below an aggregate: those that multiply what is added up, and those that do not."""
import program

SHOP = """source shop {
  kind postgres
  connection shop_db
  database shop
  table public.orders (order_id bigint primary key, country text not null, amount numeric(18, 2) not null,
                       placed_at timestamptz not null, paid_at timestamptz)
  table public.order_lines (order_id bigint not null, line int not null, qty int not null, primary key (order_id, line))
  table public.payments (payment_id bigint primary key, order_id bigint not null, amount numeric(18, 2) not null)
  table public.days (day date primary key)
}
cdc bronze.orders from shop.public.orders { history bronze.orders_history  deletes hard }
cdc bronze.* from shop.public.* { deletes hard }
"""
ORDERS, LINES, PAYMENTS = 'bronze.orders as o', 'bronze.order_lines as l', 'bronze.payments as p'
HISTORY = f'select sum(p.amount) as a from {PAYMENTS} join bronze.orders_history as h on h.order_id = p.order_id'
RIGHT = {
    'lines': f'select o.country, sum(l.qty) as q from {ORDERS} join {LINES} on l.order_id = o.order_id group by o.country',
    'comma': f'select sum(l.qty) as q from {LINES}, {ORDERS} where l.order_id = o.order_id',
    'version': f'select sum(p.amount) as a from {PAYMENTS} join {ORDERS} on o.order_id = p.order_id '
               'left join bronze.orders_history as h on h.order_id = p.order_id and o.placed_at >= h.valid_from '
               "and o.placed_at < coalesce(h.valid_to, timestamp '9999-01-01')",
    'current': f'{HISTORY} where h.is_current',
    'calendar': f'select d.day, count(o.order_id) as n from bronze.days as d join {ORDERS} on '
                'cast(o.placed_at as date) <= d.day and cast(o.paid_at as date) > d.day group by d.day',
    'first': f'select sum(o.amount) as a from {ORDERS} join (select * from bronze.payments qualify row_number() over '
             '(partition by order_id order by payment_id) = 1) as p on p.order_id = o.order_id',
    'both': f'select sum(o.amount * l.qty) as a from {ORDERS} join {LINES} on l.order_id = o.order_id',
    'largest': f'select max(o.amount) as a, count(*) as n from {ORDERS} join {LINES} on l.order_id = o.order_id',
}
WRONG = {
    'history': (HISTORY, '`h`'),
    'chasm': (f'select sum(l.qty) as q, sum(p.amount) as a from {ORDERS} join {LINES} on l.order_id = o.order_id '
              f'join {PAYMENTS} on p.order_id = o.order_id', '`p`'),
    'left': (f'select sum(o.amount) as a from {LINES} join {ORDERS} on l.order_id = o.order_id', '`l`'),
    'cross': (f'select sum(o.amount) as a from {ORDERS} cross join bronze.days', '`days`'),
}


class FanOut(program.Case):
    def check(self, code, model):
        self.fill({'pipec.yaml': program.SHOP_CONFIG, 'a.pipe': SHOP + model})
        return self.run_expecting(code, 'check')[1]

    def test_many_to_one(self):
        self.check(0, ''.join(f'model gold.{name} {{ view as {query} }}\n' for name, query in RIGHT.items()))

    def test_multiplied(self):
        for name, (query, blamed) in WRONG.items():
            with self.subTest(name):
                text = self.check(1, f'model gold.{name} {{ view as {query} }}\n')
                self.assertEqual(text.count('PIPE0611'), 1, text)
                self.assertIn(f'each row of {blamed}', text)

    def test_assumed(self):
        query, _ = WRONG['left']
        self.check(0, f'model gold.x {{ view assume many to one (l) as {query} }}\n')
