-- The web shop of specs/first as its database has it. The defaults are there to see that a NULL stays one on the way.
CREATE TABLE public.customers (
  customer_id bigint PRIMARY KEY,
  external_id uuid NOT NULL,
  full_name text NOT NULL,
  email text DEFAULT 'nobody@shop.example',
  country text NOT NULL,
  labels text[],
  preferences jsonb DEFAULT '{}',
  created_at timestamp(6) NOT NULL,
  updated_at timestamptz NOT NULL);

CREATE TABLE public.orders (
  order_id bigint PRIMARY KEY,
  customer_id bigint NOT NULL REFERENCES public.customers (customer_id),
  amount numeric(18, 4) NOT NULL,
  discount numeric(18, 4) DEFAULT 1,
  status text NOT NULL DEFAULT 'new',
  details jsonb,
  placed_at timestamptz NOT NULL,
  updated_at timestamptz NOT NULL);

-- Not in the specification: must not land.
CREATE TABLE public.passwords (customer_id bigint PRIMARY KEY, hash text NOT NULL);
