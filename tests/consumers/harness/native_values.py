"""Values of every type that a PostgreSQL column may have and a captured table too: extremes, what looks like something else, what lies
outside of the row; and the values that the way to the serving database cannot carry, which it must refuse by name.

The types are those of the table of native types: one that is added there and not here fails the test.
"""
import dataclasses
import json
import re

from . import env


@dataclasses.dataclass(frozen=True)
class Values:
    """`good` arrive and are equal; `aside` are refused with their line. Each is an expression of SQL, or a literal's text."""
    good: tuple
    aside: tuple = ()
    written: str = ''  # the type with its arguments; none: the name
    declared: str = ''  # the type in the specification, where it is another
    back: str = ''  # the served value as one of the source's type; none: a cast
    said: str = ''  # the source's value, where the served one is of another type
    warned: str = ''  # the diagnostic that says so


@dataclasses.dataclass(frozen=True)
class Column:
    name: str
    native: str
    values: Values

    @property
    def declared(self):
        return self.values.declared or self.native

    @property
    def cast(self):
        return self.native.replace('serial', 'int')

    def literal(self, value):
        return value.sql if isinstance(value, Expression) else "'" + value.replace("'", "''") + f"'::{self.cast}"

    def at_source(self):
        return f"format('%s', {(self.values.said or '{}').format(self.name)})"

    def served(self):
        return f"format('%s', {(self.values.back or '{}::' + self.cast).format(self.name)})"


@dataclasses.dataclass(frozen=True)
class Expression:
    sql: str


def long(of="string_agg(md5(i::text), '')", type='text'):
    """12 kB that do not compress: they lie outside of the row."""
    return Expression(f'(SELECT {of}::{type} FROM generate_series(1, 400) AS i)')


TEXTS = ('', ' ', "it's \"x\" \\N \\", 'two\nlines\r\n\tx\x01\x7f', 'NULL', 'null', 'ünïcøde 𝄞\u2028', 'Infinity', '2026-01-01', long())
DAYS = ('1970-01-01', '0001-01-01', '9999-12-31', '1582-10-04', '1582-10-15', '0004-02-29', '1900-01-01')
CLOCKS = ('1970-01-01 00:00:00', '0001-01-01 00:00:00', '9999-12-31 23:59:59.999999', '1582-10-10 12:00:00', '1969-12-31 23:59:59.999999',
          '2026-03-29 02:30:00', '1883-11-18 12:03:57.5')
AT_NO_TIME = ('infinity', '-infinity', '0001-12-31 BC', '4713-01-01 BC', '10000-01-01')
WHOLE = ('1', '0', '-1')

VALUES = {
    'smallint': Values(('-32768', '32767', *WHOLE)),
    'integer': Values(('-2147483648', '2147483647', *WHOLE)),
    'bigint': Values(('-9223372036854775808', '9223372036854775807', '9007199254740993', *WHOLE)),
    'smallserial': Values(('1', '32767')), 'serial': Values(('1', '2147483647')), 'bigserial': Values(('1', '9223372036854775807')),
    'oid': Values(('0', '4294967295')),
    'boolean': Values(('true', 'false')),
    'real': Values(('1.1', '3.4028235e38', '-3.4028235e38', '1e-45', '-0', 'NaN', 'Infinity', '-Infinity', '16777217')),
    'double precision': Values(('1.1', '1.7976931348623157e308', '-1.7976931348623157e308', '5e-324', '-0', 'NaN', 'Infinity', '-Infinity',
                                '12345678901234.5678')),
    'numeric': Values(('9999999.99', '-9999999.99', '0.00', '0.01', '-0.01'), ('NaN',), 'numeric(9, 2)'),
    'decimal': Values(('9' * 28 + '.' + '9' * 10, '-' + '9' * 28 + '.' + '9' * 10, '0.0000000001'), ('NaN',), 'decimal(38, 10)'),
    'money': Values(('1.00', '-1.50', '0', '92233720368547758.07', '-92233720368547758.08')),
    'text': Values(TEXTS, ('__debezium_unavailable_value',)), 'citext': Values(('AbC', *TEXTS), ('__debezium_unavailable_value',)),
    'varchar': Values(TEXTS, ('__debezium_unavailable_value',)),
    'character varying': Values(('abcde', '', '  '), (), 'character varying(5)'),
    'char': Values(('ab', '', 'abc', '𝄞'), (), 'char(3)', back='{}'), 'character': Values(('a', ''), (), 'character', back='{}'),
    'bpchar': Values(('ab', '', 'ab  ')),
    'uuid': Values(('00000000-0000-0000-0000-000000000000', 'ffffffff-ffff-ffff-ffff-ffffffffffff', 'A0EEBC99-9C0B-4EF8-BB6D-6BB9BD380A11')),
    'json': Values(('{"b": 1, "a":  [1.50, null, "\\u0000"], "b": 2}', 'null', '"x"', '1e400', '{}', ' [ ]',
                    long("to_json(array_agg(md5(i::text)))", 'json'))),
    'jsonb': Values(('{"b": 1, "a": [1.50, null, "é\\n"]}', 'null', '"x"', '12345678901234567890.123456789012345678901234567890', '{}', '[]',
                     long("to_jsonb(array_agg(md5(i::text)))", 'jsonb'))),
    'xml': Values(('<a b="1">&lt;é</a>', '<?xml version="1.0"?><a/>', 'only text', long("xmlelement(name x, string_agg(md5(i::text), ''))", 'xml'))),
    'bytea': Values(('', '\\x00ff7f0a0d5c', long("decode(string_agg(md5(i::text), ''), 'hex')", 'bytea'))),
    'date': Values(DAYS, (*AT_NO_TIME, '5874897-12-31')),
    'time': Values(('00:00:00', '23:59:59.999999', '12:34:56.5', '24:00:00'), (), said='(extract(epoch FROM {}) * 1000000)::bigint',
                   back='{}', warned='PIPE0602'),
    'timestamp': Values(CLOCKS, (*AT_NO_TIME, '294276-12-31 23:59:59.999999'), back="({} AT TIME ZONE 'UTC')"),
    'timestamptz': Values(tuple(clock + '+00' for clock in CLOCKS) + ('2026-01-01 00:00+05:45',),
                          ('infinity', '-infinity', '0001-12-31 00:00+00 BC', '10000-01-01 00:00+00', '294276-12-31 23:59:59.999999+00')),
    'interval': Values(('0', '1 year 2 mons 3 days 04:05:06.789', '-1 year 2 days -00:00:00.000001', '178000000 years', '-178000000 years',
                        '2147483647 days', '2147483647:00:00.000001', '-2147483647:59:59'), declared='`interval`',
                       warned='PIPE0602'),  # more hours stop the connector
    'ltree': Values(('', 'a.b_c.D9')),
    'inet': Values(('10.0.0.1', '10.0.0.1/8', '0.0.0.0/0', '::', '::1/64', '::ffff:1.2.3.4')),
    'cidr': Values(('10.0.0.0/8', '10.1.2.3/32', '0.0.0.0/0', '2001:db8::/32')),
    'macaddr': Values(('00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff')), 'macaddr8': Values(('08:00:2b:01:02:03:04:05',)),
    'tsvector': Values(('', "'a':1A,16383 'b''c':2 'd\\\\e'")),
    'int4range': Values(('empty', '(,)', '[-2147483648,2147483647)', '[1,)')),
    'int8range': Values(('empty', '(,)', '[-9223372036854775808,9223372036854775807)')),
    'numrange': Values(('empty', '(,)', '[1.50,2.5]', '(-123456789012345678901234567890.5,)')),
    'tsrange': Values(('empty', '(,)', '[-infinity,infinity]',
                       '["2026-01-01 00:00:00.000001","9999-12-31 00:00:00")', '["0044-03-15 00:00:00 BC",)')),
    'tstzrange': Values(('empty', '(,)', '[-infinity,infinity]', '["2026-01-01 00:00:00.000001+05:45",)')),
    'daterange': Values(('empty', '(,)', '[2026-01-01,infinity)', '["0044-03-15 BC",9999-12-31)')),
    # As the text of a JSON object.
    'hstore': Values(('', 'a=>1, b=>NULL, "c d"=>"x\\"y"', '""=>""'),
                     back="(SELECT coalesce(hstore(array_agg(key), array_agg(value)), '') FROM jsonb_each_text({}::jsonb))", warned='PIPE0602'),
}
# Other words for the same.
ALIASES = {'int2': 'smallint', 'int': 'integer', 'int4': 'integer', 'int8': 'bigint', 'bool': 'boolean', 'float4': 'real',
           'float8': 'double precision', 'time without time zone': 'time', 'timestamp without time zone': 'timestamp',
           'timestamp with time zone': 'timestamptz'}
# What the list of types has no name for: arguments, and types that a schema makes.
OTHERS = {
    'numeric_all_digits': Values(('9' * 38, '-' + '9' * 38), (), 'numeric(38, 0)'),
    'numeric_all_fraction': Values(('0.' + '0' * 37 + '1', '-0.' + '9' * 38), (), 'numeric(38, 38)'),
    'time_3': dataclasses.replace(VALUES['time'], written='time(3)'),
    'timestamp_3': dataclasses.replace(VALUES['timestamp'], good=('9999-12-31 23:59:59.999', '1582-10-10 00:00'), aside=(), written='timestamp(3)'),
    'timestamp_0': dataclasses.replace(VALUES['timestamp'], good=('9999-12-31 23:59:59', '1969-12-31 23:59:59'), aside=(), written='timestamp(0)'),
    'timestamptz_0': Values(('9999-12-31 23:59:59+00', '0001-01-01 00:00:00+00'), (), 'timestamptz(0)'),
    'a_day_that_never_was': Values(('1582-10-10',), (), 'date'),
    'an_enum': Values(('sad', "it's \"ok\", {so}"), (), 'mood', 'text'),
    'a_domain_of_int': Values(('1', '2147483647'), (), 'positive', 'int'),
    'a_domain_of_numeric': Values(('9999999.99', '0.01'), ('NaN',), 'price', 'numeric(9, 2)'),
    'a_domain_of_text': Values(('x@y', long("string_agg(md5(i::text), '@')")), (), 'email', 'text'),
}
# Types that no column can be declared as.
REFUSED = ('numeric', 'decimal', 'numeric(39, 0)', 'numeric(45, 5)', 'numeric(5, -2)', 'numeric(2, 4)', 'int[][]', 'numeric(9, 2)[]', 'date[]',
           'time[]', 'timestamp[]', 'timestamptz[]', 'bytea[]', 'money[]')
# What is served of a value that is not equal and that nobody can tell, by the way that it came.
KNOWN = {'c_a_day_that_never_was': {'snapshot': '1582-10-20'}}  # the driver reads the snapshot's dates by Java's old calendar
SCHEMA = '''
CREATE EXTENSION citext; CREATE EXTENSION ltree; CREATE EXTENSION hstore;
CREATE TYPE mood AS ENUM ('sad', 'it''s "ok", {so}');
CREATE DOMAIN positive AS int CHECK (value > 0); CREATE DOMAIN price AS numeric(9, 2); CREATE DOMAIN email AS text CHECK (value LIKE '%@%');
'''


def rules(part='native'):
    data = json.loads((env.ROOT / 'compiler/platform/data/types.json').read_text())
    return [rule for rule in data[part] if rule['source'] == 'postgres']


def elements():
    """Of which there are arrays that are carried: their values land as they are, and the connector takes them."""
    refused = {name for rule in rules('refused_arrays') for name in rule['names']}
    taken = {word(name) for rule in rules() if rule['decode'] == 'same' for name in rule['names'] if name not in refused}
    return [column for column in columns() if column.name in taken]


def refused():
    """Types as an author would write them, that have to be refused."""
    yield from REFUSED
    yield from (name for rule in rules('refused') for name in rule['names'])
    yield from (name + '[]' for rule in rules('refused_arrays') for name in rule['names'])


def word(name):
    return 'c_' + re.sub('[^a-z0-9]', '_', name)


def columns():
    """One for each name of the list, and for each of the others."""
    known = [name for rule in rules() for name in rule['names']]
    values = {name: VALUES[ALIASES.get(name, name)] for name in known} | OTHERS
    return [Column(word(name), each.written or name, each) for name, each in values.items()]
