-- What is there when the connector starts: it lands as rows of a snapshot.
INSERT INTO public.customers VALUES
  (1, '3e4666bf-d5e5-4aa7-b8ce-cefe41c7568a', 'Ada Lovelace', 'ada@shop.example', 'GB', '{vip,"b2b,eu",NULL}',
   '{"theme": "dark", "sizes": [1.50, null]}', '2025-12-01 09:00:00.000001', '2025-12-01 09:00:00+00'),
  (2, '00000000-0000-0000-0000-000000000000', 'Bruno Groß', NULL, 'DE', '{}', 'null', '2025-12-24 23:59:59.999999',
   '2025-12-25 00:59:59.999999+01'),
  (3, '9b2f3c1e-0b9a-4d3f-8c4e-2f6a1b7c8d9e', 'Chloé d''Arc "La"', 'chloe@shop.example', 'FR', NULL, NULL,
   '2026-01-01 00:00:00', '2026-01-01 00:00:00+00'),
  (4, '11111111-2222-3333-4444-555555555555', E'Two\nlines', 'four@shop.example', 'GB', '{x}', '{}',
   '2026-01-02 12:00:00', '2026-01-02 12:00:00+00'),
  (5, '22222222-3333-4444-5555-666666666666', 'Emil', 'emil@shop.example', 'DE', NULL, NULL,
   '2026-01-02 13:00:00', '2026-01-02 13:00:00+00');

INSERT INTO public.orders VALUES
  (1, 1, 100.0000, 10.0000, 'paid', '{"channel": "web"}', '2026-01-03 10:00:00+00', '2026-01-03 10:05:00+00'),
  -- The last microsecond of a day, and the first of the next one.
  (2, 2, 50.5000, NULL, 'paid', NULL, '2026-01-03 23:59:59.999999+00', '2026-01-04 00:00:10+00'),
  (3, 1, 20.0000, 0.0000, 'new', 'null', '2026-01-04 00:00:00+00', '2026-01-04 00:00:00+00'),
  -- Nothing to pay: a share of it is unknown.
  (4, 3, 0.0000, NULL, 'shipped', NULL, '2026-01-04 12:00:00+00', '2026-01-04 12:00:00+00'),
  (5, 2, 75.2500, 5.2500, 'cancelled', NULL, '2026-02-10 09:30:00+00', '2026-02-10 10:00:00+00'),
  -- All the digits that the column can hold.
  (6, 4, 99999999999999.9999, NULL, 'paid', NULL, '2026-02-10 11:00:00+00', '2026-02-10 11:00:00+00'),
  (7, 1, 12.3456, 1.2345, 'new', '[1, 2]', '2026-03-01 08:15:00+02', '2026-03-01 06:15:00+00'),
  (8, 3, 30.0000, NULL, 'new', NULL, '2026-03-01 09:00:00+00', '2026-03-01 09:00:00+00');

INSERT INTO public.passwords VALUES (1, 'unseen');
