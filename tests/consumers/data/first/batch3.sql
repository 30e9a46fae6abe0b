-- Far behind every window: a late row, a correction, a delete; a changed key; a row that comes back.
INSERT INTO public.orders VALUES
  (12, 5, 40.0000, 4.0000, 'paid', NULL, '2026-01-03 06:00:00+00', '2026-03-03 06:00:00+00');
UPDATE public.orders SET amount = 80.0000, updated_at = '2026-03-03 06:10:00+00' WHERE order_id = 1;
-- The only order of its country on that day.
DELETE FROM public.orders WHERE order_id = 4;
-- A moved time: the order leaves one day for another.
UPDATE public.orders SET placed_at = '2026-02-11 11:00:00+00', updated_at = '2026-03-03 06:20:00+00' WHERE order_id = 6;

UPDATE public.orders SET order_id = 200 WHERE order_id = 2;

-- Comes back, and valid this time.
DELETE FROM public.orders WHERE order_id = 5;
INSERT INTO public.orders VALUES
  (5, 2, 75.2500, 5.2500, 'paid', NULL, '2026-02-10 09:30:00+00', '2026-03-03 06:30:00+00');

-- A customer and all that they bought.
BEGIN;
DELETE FROM public.orders WHERE order_id = 9;
DELETE FROM public.customers WHERE customer_id = 6;
COMMIT;

-- Bought before the account was opened: what the check order_after_account reports.
INSERT INTO public.orders VALUES
  (13, 4, 1.0000, NULL, 'new', NULL, '2026-01-01 12:00:00+00', '2026-03-03 06:40:00+00');
