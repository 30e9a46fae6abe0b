-- A day of business: inserts and updates near the end of the data.
BEGIN;
INSERT INTO public.customers VALUES
  (6, '66666666-7777-8888-9999-aaaaaaaaaaaa', 'Fay', NULL, 'US', NULL, NULL, '2026-03-02 07:00:00', '2026-03-02 07:00:00+00');
INSERT INTO public.orders VALUES
  (9, 6, 10.0000, NULL, 'new', NULL, '2026-03-02 08:00:00+00', '2026-03-02 08:00:00+00'),
  (10, 1, 5.0000, 1.0000, 'new', NULL, '2026-03-02 09:00:00+00', '2026-03-02 09:00:00+00');
COMMIT;

-- Two updates of one row, and a row that comes and goes, in one transaction.
BEGIN;
UPDATE public.orders SET amount = 6.0000, updated_at = '2026-03-02 09:01:00+00' WHERE order_id = 10;
UPDATE public.orders SET amount = 7.0000, status = 'paid', updated_at = '2026-03-02 09:02:00+00' WHERE order_id = 10;
INSERT INTO public.orders VALUES
  (11, 4, 1000.0000, NULL, 'new', NULL, '2026-03-02 09:30:00+00', '2026-03-02 09:30:00+00');
DELETE FROM public.orders WHERE order_id = 11;
COMMIT;

-- Taken back: nobody must see it.
BEGIN;
UPDATE public.orders SET amount = 0, status = 'cancelled';
ROLLBACK;

UPDATE public.orders SET status = 'paid', discount = 2.5000, updated_at = '2026-03-02 10:00:00+00' WHERE order_id = 3;
-- Leaves the valid orders.
UPDATE public.orders SET status = 'cancelled', updated_at = '2026-03-02 10:01:00+00' WHERE order_id = 8;
-- Moves all that a customer ever bought to another country.
UPDATE public.customers SET country = 'AT', updated_at = '2026-03-02 10:02:00+00' WHERE customer_id = 2;
-- A value becomes NULL although its column has a default; labels change within the array.
UPDATE public.customers SET email = NULL, labels = '{vip,NULL}', updated_at = '2026-03-02 10:03:00+00'
  WHERE customer_id = 1;
-- Changes nothing, and is an event all the same.
UPDATE public.orders SET status = status WHERE order_id = 6;
