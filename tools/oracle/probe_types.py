#!/usr/bin/env python3
"""Asks real Spark for the type and nullability of expressions: probe_types.py QUESTIONS > ANSWERS

One expression a line; empty lines and lines that open with # are copied. A column is a type in backticks: `int` may
be NULL, `int!` may not; `array<int!>` holds no NULL, `struct<a:int!>` has a field that is never NULL. The answer is
the line, a tab, and the type in the same notation ("decimal(10,2)!"), or "ERROR" and Spark's error class. A file of
answers is a file of questions too.
Run it with the Python of the consumer tests' environment (scripts/consumers-dir), where pyspark is pinned.
"""
import re
import sys

from pyspark.sql import SparkSession
from pyspark.sql import types as T

YEAR_MONTH = ["year", "month"]
DAY_TIME = ["day", "hour", "minute", "second"]


class Parser:
    """Types in Spark's catalog notation with a trailing ! for what is never NULL."""

    def __init__(self, text):
        self.text, self.at = text, 0

    def take(self, pattern):
        found = re.compile(pattern).match(self.text, self.at)
        if found:
            self.at = found.end()
        return found

    def expect(self, pattern):
        found = self.take(pattern)
        if not found:
            raise ValueError(f"{self.text}: expected {pattern} at {self.at}")
        return found

    def marked(self):
        kind = self.type()
        return kind, not self.take("!")

    def type(self):
        if self.take("array<"):
            element, nullable = self.marked()
            self.expect(">")
            return T.ArrayType(element, nullable)
        if self.take("map<"):
            key = self.type()
            self.expect(",")
            value, nullable = self.marked()
            self.expect(">")
            return T.MapType(key, value, nullable)
        if self.take("struct<"):
            fields = []
            while not self.take(">"):
                name = self.expect(r"([^:<>,]+):").group(1)
                kind, nullable = self.marked()
                fields.append(T.StructField(name, kind, nullable))
                self.take(",")
            return T.StructType(fields)
        found = self.take(r"interval (\w+)(?: to (\w+))?")
        if found:
            first, last = found.group(1), found.group(2) or found.group(1)
            if first in YEAR_MONTH:
                return T.YearMonthIntervalType(YEAR_MONTH.index(first), YEAR_MONTH.index(last))
            return T.DayTimeIntervalType(DAY_TIME.index(first), DAY_TIME.index(last))
        word = self.expect(r"[a-z_]+(\([\d,]+\))?").group(0)
        if word == "interval":
            return T.CalendarIntervalType()
        if word == "void":
            return T.NullType()
        return T._parse_datatype_string(word)


def notation(kind, nullable):
    if isinstance(kind, T.ArrayType):
        text = f"array<{notation(kind.elementType, kind.containsNull)}>"
    elif isinstance(kind, T.MapType):
        text = f"map<{notation(kind.keyType, True)},{notation(kind.valueType, kind.valueContainsNull)}>"
    elif isinstance(kind, T.StructType):
        text = "struct<" + ",".join(f"{f.name}:{notation(f.dataType, f.nullable)}" for f in kind.fields) + ">"
    else:
        text = kind.simpleString()
    return text if nullable else text + "!"


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        lines = [line.rstrip("\n").split("\t")[0] for line in file]
    spark = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.driver.memory", "1g")
        .config("spark.sql.session.timeZone", "UTC")
        .config("spark.sql.timeType.enabled", "true")
        .getOrCreate()
    )
    spark.sparkContext.setLogLevel("OFF")
    assert spark.conf.get("spark.sql.ansi.enabled") == "true"
    columns = sorted({c for line in lines if not line.startswith("#") for c in re.findall("`([^`]+)`", line)})
    schema = T.StructType()
    for column in columns:
        parser = Parser(column)
        kind, nullable = parser.marked()
        assert parser.at == len(column), column
        schema.add(T.StructField(f"c{len(schema)}", kind, nullable))
    tables = ""
    names = {column: f"c{number}" for number, column in enumerate(columns)}  # types may differ by case alone
    if columns:
        spark.createDataFrame([], schema).createOrReplaceTempView("t")
        tables = " FROM t"
    session = spark._jsparkSession
    for line in lines:
        if not line or line.startswith("#"):
            print(line)
            continue
        try:
            query = re.sub("`([^`]+)`", lambda found: names[found.group(1)], line)
            struct = session.sql(f"SELECT {query}{tables}").schema()
            fields = T._parse_datatype_json_string(struct.json()).fields
            answer = "; ".join(notation(f.dataType, f.nullable) for f in fields)
        except Exception as error:  # py4j wraps everything that Spark throws
            words = str(error)
            condition = re.match(r"\[([A-Z0-9_.]+)\]", words)
            answer = "ERROR " + (condition.group(1) if condition else words.splitlines()[0])
        print(f"{line}\t{answer}")
    spark.stop()


if __name__ == "__main__":
    main()
