#!/usr/bin/env python3
"""functions.txt and spark_functions.txt -> the constexpr tables behind sql/functions.h.

generate_functions.py FUNCTIONS SPARK_FUNCTIONS OUTPUT
"""
import re
import sys

KINDS = {"scalar": "Scalar", "aggregate": "Aggregate", "window": "Window", "generator": "Generator", "table": "Table"}
DETERMINISM = {"pure": "Deterministic", "random": "Nondeterministic", "time": "Time"}
CLASSES = {
    "any": "Any", "boolean": "Boolean", "tinyint": "TinyInt", "smallint": "SmallInt", "int": "Int", "bigint": "BigInt",
    "float": "Float", "double": "Double", "decimal": "Decimal", "decimal(10,0)": "Decimal10_0",
    "decimal(16,6)": "Decimal16_6", "decimal(18,6)": "Decimal18_6", "string": "String", "binary": "Binary",
    "date": "Date", "time": "Time", "timestamp": "Timestamp", "timestamp_ntz": "TimestampNtz",
    "interval": "CalendarInterval", "interval_ym": "IntervalYearMonth", "interval_dt": "IntervalDayTime",
    "variant": "Variant", "void": "Void", "numeric": "Numeric", "integral": "Integral", "array": "Array",
    "array<string>": "ArrayString", "array<double>": "ArrayDouble", "array<float>": "ArrayFloat",
    "array<int>": "ArrayInt", "array<bigint>": "ArrayBigInt", "map": "Map", "map<string,string>": "MapStringString",
    "struct": "Struct",
}
LAMBDAS = {"compare": "Compare", "accumulate": "Accumulate", "finish": "Finish", "element": "Element",
           "element_index": "ElementIndex", "key_value": "KeyValue", "zip": "Zip", "map_zip": "MapZip"}
SCALARS = {"void": "Void", "boolean": "Boolean", "tinyint": "TinyInt", "smallint": "SmallInt", "int": "Int",
           "bigint": "BigInt", "float": "Float", "double": "Double", "string": "String", "binary": "Binary",
           "date": "Date", "timestamp": "Timestamp", "timestamp_ntz": "TimestampNtz", "interval": "CalendarInterval",
           "variant": "Variant"}
SLOTS = 2048


def split(text, mark):
    """At the marks outside brackets of any kind."""
    parts, depth, start = [], 0, 0
    for at, char in enumerate(text):
        depth += (char in "(<[") - (char in ")>]" and text[at - 1:at + 1] != "->")
        if char == mark and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    parts.append(text[start:])
    return [part.strip() for part in parts if part.strip()]


def type_code(text):
    """A type in the probe's notation -> C++, and whether it may be NULL inside another one."""
    nullable = not text.endswith("!")
    text = text.rstrip("!")
    if text in SCALARS:
        return f"Type(TypeKind::{SCALARS[text]})", nullable
    flag = lambda value: "true" if value else "false"
    inner = text[text.find("<") + 1:-1]
    if text.startswith("array<"):
        element, null = type_code(inner)
        return f"Type::array({element}, {flag(null)})", nullable
    if text.startswith("map<"):
        key, value = split(inner, ",")
        code, null = type_code(value)
        return f"Type::map({type_code(key)[0]}, {code}, {flag(null)})", nullable
    if text.startswith("struct<"):
        fields = []
        for field in split(inner, ","):
            name, kind = field.split(":", 1)
            code, null = type_code(kind)
            fields.append(f'{{Symbol::of("{name}"), {code}, {flag(null)}}}')
        return "Type::structure({" + ", ".join(fields) + "})", nullable
    found = re.fullmatch(r"decimal\((\d+),(\d+)\)", text)
    if found:
        return f"Type::decimal({found.group(1)}, {found.group(2)})", nullable
    if text == "time":
        return "Type::time(6)", nullable
    found = re.fullmatch(r"interval (\w+) to (\w+)", text)
    if found:
        first, last = (word.capitalize() for word in found.groups())
        return f"Type::interval(IntervalField::{first}, IntervalField::{last})", nullable
    raise ValueError(f"no type: {text}")


class Tables:
    def __init__(self):
        self.classes, self.arguments, self.signatures, self.results, self.rules = [], [], [], [], []

    def argument(self, text, optional):
        name, mode, flags = "", "Implicit", []
        found = re.match(r"([A-Za-z]+):", text)
        if found:
            name, text = found.group(1), text[found.end():]
        found = re.fullmatch(r"lambda\((\w+)\)", text)
        lambda_shape = LAMBDAS[found.group(1)] if found else "None"
        if found:
            text = "any"
        if text.startswith("within "):
            text = text[len("within "):]
            flags.append("within")
        if text[0] in "=~":
            mode, text = {"=": "Exact", "~": "Cast"}[text[0]], text[1:]
        repeat = text[-1] if text[-1] in "*+" else ""
        text = text.rstrip("*+")
        if text.endswith("#"):
            flags.append("constant")
            text = text[:-1]
        classes = [CLASSES[word] for word in text.split("|")]
        first = len(self.classes)
        self.classes += classes
        self.arguments.append(
            f'{{"{name}", {first}, {len(classes)}, ArgumentMode::{mode}, LambdaShape::{lambda_shape}, '
            f'{"true" if "constant" in flags else "false"}, {"true" if "within" in flags else "false"}}}')
        return not optional and repeat != "*" and "within" not in flags, bool(repeat), "within" in flags

    def signature(self, text):
        found = re.fullmatch(r"\((.*)\) -> (.*?)(?: (never|maybe|if [\d ]+|if all))?", text)
        if not found:
            raise ValueError(f"no signature: {text}")
        parameters, result, nulls = found.groups()
        first, required, repeated, within = len(self.arguments), 0, False, 0
        optional = False
        for part in split(parameters, ","):
            if part.startswith("["):
                optional = True
                inner = split(part[1:-1], ",")
            else:
                inner = [part]
            for one in inner:
                is_required, repeats, is_within = self.argument(one, optional)
                required += is_required
                repeated = repeated or repeats
                within += is_within
        rule, type_index, same_as = "nullptr", 0, 0
        if result.startswith("@"):
            rule = "&rules::" + result[1:]
            if result[1:] not in self.rules:
                self.rules.append(result[1:])
        elif result.startswith("$"):
            same_as = int(result[1:])
        else:
            if result not in self.results:
                self.results.append(result)
            type_index = self.results.index(result) + 1
        mask, kind = 0, "AnyArgument"
        if nulls in ("never", "maybe"):
            kind = nulls.capitalize()
        elif nulls == "if all":
            kind = "AllArguments"
        elif nulls:
            kind = "Selected"
            for number in nulls.split()[1:]:
                mask |= 1 << (int(number) - 1)
        count = len(self.arguments) - first
        self.signatures.append(
            f'{{{first}, {count - within}, {required}, {"true" if repeated else "false"}, {within}, {same_as}, '
            f"{type_index}, {mask}, NullRule::{kind}, {rule}}}")


def fold_hash(name):
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


def main():
    functions, tables = {}, Tables()
    with open(sys.argv[1], encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            if line.startswith("#") or not line.strip():
                continue
            try:
                names, kind, determinism, signatures = (part.strip() for part in line.split(" | ", 3))
                first = len(tables.signatures)
                for signature in split(signatures, ";"):
                    tables.signature(signature)
                count = len(tables.signatures) - first
                for name in split(names, ","):
                    if name in functions:
                        raise ValueError(f"{name} twice")
                    functions[name] = (f'{{"{name}", FunctionKind::{KINDS[kind]}, '
                                       f"Determinism::{DETERMINISM[determinism]}, {first}, {count}}}")
            except (ValueError, KeyError) as error:
                sys.exit(f"{sys.argv[1]}:{number}: {error}")
    with open(sys.argv[2], encoding="utf-8") as file:
        spark = sorted(line.strip() for line in file if line.strip() and not line.startswith("#"))
    names = sorted(functions)
    slots = [0] * SLOTS
    for number, name in enumerate(names):
        at = fold_hash(name) % SLOTS
        while slots[at]:
            at = (at + 1) % SLOTS
        slots[at] = number + 1

    def table(declaration, rows):
        return f"{declaration} = {{\n" + "".join(f"    {row},\n" for row in rows) + "};\n"

    out = ["// Made from compiler/sql/functions.txt by generate_functions.py.\n"]
    out.append("namespace rules {\n" + "".join(f"void {rule}(CallState&);\n" for rule in tables.rules) + "}\n")
    out.append(table("constexpr ArgumentClass kClasses[]", [f"ArgumentClass::{c}" for c in tables.classes]))
    out.append(table("constexpr ArgumentSpec kArguments[]", tables.arguments))
    out.append(table("constexpr Signature kSignatures[]", tables.signatures))
    out.append(table("constexpr FunctionInfo kFunctions[]", [functions[name] for name in names]))
    out.append(f"constexpr uint32_t kSlotCount = {SLOTS};\n")
    out.append(table("constexpr uint16_t kSlots[kSlotCount]", [", ".join(map(str, slots[i:i + 32]))
                                                              for i in range(0, SLOTS, 32)]))
    out.append(table("constexpr std::string_view kSparkNames[]", [f'"{name}"' for name in spark]))
    results = "".join(f"    {type_code(result)[0]},\n" for result in tables.results)
    out.append("static const Type& result_type(uint32_t index) {\n  static const Type types[] = {\n" + results +
               "  };\n  return types[index - 1];\n}\n")
    with open(sys.argv[3], "w", encoding="utf-8") as file:
        file.write("\n".join(out))


if __name__ == "__main__":
    main()
