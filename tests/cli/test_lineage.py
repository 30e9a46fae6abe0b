"""`pipec lineage`: for columns and tables, up, down and between two, as text, JSON, a Mermaid diagram, OpenLineage."""
import json
import re
import unittest

from program import ROOT, Case

FIRST = str(ROOT / 'specs' / 'first')

# What reads what in specs/first, written by hand.
READS = {
    ('shop.public.customers', 'bronze.customers_log'), ('bronze.customers_log', 'bronze.customers'),
    ('shop.public.orders', 'bronze.orders_log'), ('bronze.orders_log', 'bronze.orders'),
    ('bronze.orders_log', 'bronze.orders_history'), ('bronze.orders', 'silver.orders_valid'),
    ('silver.orders_valid', 'gold.sales_daily'), ('bronze.customers', 'gold.sales_daily'),
    ('silver.orders_valid', 'gold.customer_value'), ('bronze.customers', 'gold.customer_value'),
    ('gold.customer_value', 'gold.country_ranking'), ('gold.customer_value', 'customer_value'),
}
# How the amount of an order reaches the ranking of the countries.
AMOUNT = {
    ('bronze.orders.amount', 'silver.orders_valid.amount', 'IDENTITY'),
    ('silver.orders_valid.amount', 'gold.customer_value.spent', 'AGGREGATION'),
    ('gold.customer_value.spent', 'gold.country_ranking.spent', 'AGGREGATION'),
    ('gold.customer_value.spent', 'gold.country_ranking.place', 'WINDOW'),
}


def named(side):
    return '.'.join(side[part] for part in ('node', 'column') if part in side)


class Lineage(Case):
    def edges(self, *words):
        out, _ = self.run_expecting(0, 'lineage', FIRST, *words, '--format', 'json')
        document = json.loads(out)
        return {part: [(named(e['from']), named(e['to'])) + ((e['subtype'],) if 'subtype' in e else ())
                       for e in document[part]] for part in ('upstream', 'downstream', 'between') if part in document}

    def test_tables(self):
        self.assertEqual(set(self.edges('--nodes')['upstream']), READS)
        around = self.edges('gold.customer_value', '--nodes')
        self.assertEqual(set(around['upstream']) | set(around['downstream']),
                         {e for e in READS if 'history' not in e[1] and 'daily' not in e[1]})

    def test_between(self):
        self.assertEqual(set(self.edges('bronze.orders.amount', '--to', 'gold.country_ranking')['between']), AMOUNT)
        self.assertEqual(self.edges('gold.country_ranking', '--to', 'bronze.orders')['between'], [])
        out, _ = self.run_expecting(0, 'lineage', FIRST, 'gold.country_ranking', '--to', 'bronze.orders')
        self.assertEqual(out, 'between: nothing\n')
        _, err = self.run_expecting(64, 'lineage', FIRST, 'bronze.orders', '--to', 'gold.country_rankin')
        self.assertIn('did you mean `gold.country_ranking`', err)
        self.run_expecting(64, 'lineage', FIRST, 'bronze.orders', '--to', 'gold.sales_daily', '--upstream')

    def test_up_and_down(self):
        both = self.edges('gold.customer_value.spent')
        self.assertEqual({e for e in both['upstream'] if e[0].startswith('bronze.orders.')},
                         {('bronze.orders.amount', 'silver.orders_valid.amount', 'IDENTITY')})
        self.assertEqual({e[1] for e in both['downstream']},
                         {'customer_value.spent', 'gold.country_ranking.spent', 'gold.country_ranking.place'})
        self.assertEqual(self.edges('gold.customer_value.spent', '--upstream')['downstream'], [])

    def test_mermaid(self):
        out, _ = self.run_expecting(0, 'lineage', FIRST, '--nodes', '--format', 'mermaid')
        lines = out.splitlines()
        self.assertEqual(lines[0], 'flowchart LR')
        names = dict(re.findall(r'^  (n\d+)\["([^"]+)"\]$', out, re.M))
        self.assertEqual({(names[a], names[b]) for a, b in re.findall(r'^  (n\d+) --> (n\d+)$', out, re.M)}, READS)
        self.assertEqual(len(lines), 1 + len(names) + len(READS))

    def test_hostile_names(self):
        self.fill({'a.pipe': 'model gold.`a"]; click n0 "x` {\n  full\n  as\n  select 1 as `n"#b\\`\n}\n'})
        out, _ = self.run_expecting(0, 'lineage', '--format', 'mermaid')
        self.fill({'a.pipe': 'model gold.`a"]; click n0 "x` {\n  full\n  as\n  select 1 as `n"#b\\`\n}\n'
                             'model gold.b {\n  full\n  as\n  select `n"#b\\` as c from gold.`a"]; click n0 "x`\n}\n'})
        out, _ = self.run_expecting(0, 'lineage', '--format', 'mermaid')
        for line in out.splitlines()[1:]:
            self.assertRegex(line, r'^  n\d+(\["[\w.# ;-]+"\]| -->\|\w+\| n\d+)$')
        out, _ = self.run_expecting(0, 'lineage', '--format', 'openlineage')
        self.assertEqual(json.loads(out)[0]['inputs'][0]['name'], 'gold.a"]; click n0 "x')

    def test_openlineage(self):
        out, _ = self.run_expecting(0, 'lineage', FIRST, '--format', 'openlineage', '--time', '2026-01-02T03:04:05Z')
        events = {event['job']['name']: event for event in json.loads(out)}
        ranking = events['gold.country_ranking']
        self.assertEqual(ranking['eventTime'], '2026-01-02T03:04:05Z')
        facet = ranking['outputs'][0]['facets']['columnLineage']
        self.assertEqual([(f['field'], f['transformations']) for f in facet['fields']['spent']['inputFields']],
                         [('spent', [{'type': 'DIRECT', 'subtype': 'AGGREGATION'}])])
        self.assertEqual([(f['field'], f['transformations']) for f in facet['fields']['place']['inputFields']],
                         [(name, [{'type': 'INDIRECT', 'subtype': 'WINDOW'}]) for name in ('country', 'spent')])
        self.assertIn({'type': 'INDIRECT', 'subtype': 'GROUP_BY'},
                      [t for f in facet['dataset'] for t in f['transformations']])


if __name__ == '__main__':
    unittest.main()
