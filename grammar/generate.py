#!/usr/bin/env python3
"""generate.py TOKENS OUT_DIR GRAMMAR...: makes PipeTokens.tokens, PipeWords.g4 and syntax/token_types.h from the token
list, and fails if a grammar uses a word or a sign that is not listed, or the list has a word that no grammar uses.
generate.py rules OUT PARSER_HEADER: the numbers of the grammar's rules, from the header that ANTLR wrote."""
import os
import re
import sys

# These words lead special forms in an expression, with rules of their own.
SPECIAL_FORMS = """cast try_cast exists extract trim substring substr position overlay left right
    date timestamp timestamp_ntz timestamp_ltz time""".split()
# These begin a type of another form, or stand where a type does.
TYPE_FORMS = ["array", "map", "struct", "column", "columns"]
# After AS, and in a list of names, these cannot be meant otherwise. Words that begin a clause are left out: a missing
# alias is better blamed than taken from the next line.
ALIAS_WORDS = """all and between case distinct else false ilike in interval is like not null or regexp rlike table then
    true values when""".split()
TABLE_BITS = 10


class Words:
    def __init__(self):
        self.punctuation, self.kinds, self.words = [], [], {}

    def read(self, path):
        section = None
        for number, line in enumerate(open(path, encoding="utf-8"), 1):
            line = line.rstrip("\n")
            if not line or line.startswith("# ") or line == "#":
                continue
            if line.startswith("["):
                section = line.strip("[]")
                continue
            parts = line.split(" ")
            if section == "punctuation":
                self.punctuation.append((parts[0], parts[1]))
            elif section == "kinds":
                self.kinds.append(parts[0])
            else:
                kind, _, excluded = parts[1].partition(":")
                if parts[0] in self.words or kind not in ("reserved", "open", "soft"):
                    sys.exit(f"{path}:{number}: bad or repeated word {parts[0]}")
                self.words[parts[0]] = (kind, set(excluded.split(",")) - {""})
        return self

    def numbered(self):
        names = [name for name, _ in self.punctuation] + self.kinds + ["K_" + w.upper() for w in sorted(self.words)]
        return {name: number for number, name in enumerate(names, 1)}

    def soft(self, *excluding):
        return [w for w in sorted(self.words) if self.words[w][0] == "soft" and not self.words[w][1] & set(excluding)]


def tokens_file(words):
    ids = words.numbered()
    lines = [f"{name}={number}" for name, number in ids.items()]
    lines += [f"'{text}'={ids[name]}" for name, text in words.punctuation]
    lines += [f"'{w}'={ids['K_' + w.upper()]}" for w in sorted(words.words)]
    return "\n".join(lines) + "\n"


def words_grammar(words):
    open_words = [w for w in sorted(words.words) if words.words[w][0] == "open"]

    def rule(name, alternatives, base="IDENT | BACKTICK | "):
        return f"{name}: {base}" + " | ".join(f"'{w}'" for w in alternatives) + ";"

    return "\n".join([
        "// Generated from tokens.txt.",
        "parser grammar PipeWords;",
        "options { tokenVocab=PipeTokens; }",
        rule("ident", words.soft()),
        rule("columnName", [w for w in words.soft("column") if w not in SPECIAL_FORMS] + open_words),
        rule("aliasName", words.soft() + open_words + ALIAS_WORDS),
        rule("relationAlias", words.soft("alias")),
        rule("declaredName", words.soft("declared")),
        rule("typeName", [w for w in words.soft() if w not in TYPE_FORMS]),
        rule("plainWord", words.soft("item"), "IDENT | "),
    ]) + "\n"


def keyword_hash(word):
    """The same function as in lexer.cpp."""
    n = len(word)
    h = (ord(word[0]) * 31 + ord(word[n - 1]) * 131 + ord(word[n // 2]) * 17 + ord(word[1]) * 7 + n * 73) & 0xFFFFFFFF
    return ((h * 2654435761) & 0xFFFFFFFF) >> (32 - TABLE_BITS)


def types_header(words):
    ids = words.numbered()
    slots = [None] * (1 << TABLE_BITS)
    for word in sorted(words.words):
        at = keyword_hash(word)
        while slots[at]:
            at = (at + 1) % len(slots)
        slots[at] = word
    entries = ",\n    ".join(
        "{%d, %s, \"%s\"}" % (len(w), "K_" + w.upper(), w) if w else "{0, END, \"\"}" for w in slots)
    klass = {"reserved": "kReserved", "open": "kOpen", "soft": "kSoft"}
    texts = ['""'] + ['"%s"' % t for _, t in words.punctuation] + ['""'] * len(words.kinds)
    texts += ['"%s"' % w for w in sorted(words.words)]
    return "\n".join([
        "// Generated from grammar/tokens.txt.",
        "#pragma once",
        "#include <cstdint>",
        "namespace pipec::syntax {",
        "enum TokenType : uint16_t {",
        "  END = 0,",
        *[f"  {name} = {number}," for name, number in ids.items()],
        "};",
        f"inline constexpr uint16_t kTokenTypes = {len(ids) + 1};",
        f"inline constexpr uint16_t kFirstWord = {ids['K_' + sorted(words.words)[0].upper()]};",
        "enum WordClass : uint8_t { kReserved, kOpen, kSoft };",
        "/// By type minus kFirstWord.",
        "inline constexpr WordClass kWordClasses[] = {"
        + ", ".join(klass[words.words[w][0]] for w in sorted(words.words)) + "};",
        "/// By type; empty where the text varies.",
        "inline constexpr const char* kTokenTexts[] = {" + ", ".join(texts) + "};",
        "struct KeywordSlot { uint8_t size; uint16_t type; char text[16]; };",
        f"inline constexpr uint32_t kKeywordTableBits = {TABLE_BITS};",
        f"inline constexpr uint32_t kLongestKeyword = {max(map(len, words.words))};",
        "inline constexpr KeywordSlot kKeywords[] = {",
        "    " + entries + "};",
        "}  // namespace pipec::syntax",
    ]) + "\n"


def check(words, grammars):
    used, signs = set(), set()
    for path in grammars:
        text = re.sub(r"//.*", "", open(path, encoding="utf-8").read())
        used |= set(re.findall(r"'([a-z_]+)'", text))
        signs |= set(re.findall(r"'([^a-z' ]+)'", text))
    unknown = sorted(used - set(words.words)) + sorted(signs - {t for _, t in words.punctuation})
    if unknown:
        sys.exit("not in the token list: " + " ".join(unknown))
    unused = sorted(set(words.words) - used)
    if unused:
        sys.exit("in the token list, but in no grammar: " + " ".join(unused))


def write(path, text):
    if os.path.exists(path) and open(path, encoding="utf-8").read() == text:
        return
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def rules_header(parser_header):
    """The rule numbers, so that only the driver includes ANTLR's headers."""
    text = open(parser_header, encoding="utf-8").read()
    rules = re.findall(r"Rule(\w+) = (\d+)", text)
    return "\n".join(["// Generated from PipeParser.h.", "#pragma once", "#include <cstdint>",
                      "namespace pipec::syntax {", "enum class GrammarRule : uint16_t {",
                      *[f"  {name} = {number}," for name, number in rules], "};", "}  // namespace pipec::syntax"]) + "\n"


def main():
    if sys.argv[1] == "rules":
        return write(sys.argv[2], rules_header(sys.argv[3]))
    words = Words().read(sys.argv[1])
    out = sys.argv[2]
    check(words, sys.argv[3:])
    write(out + "/PipeTokens.tokens", tokens_file(words))
    write(out + "/PipeWords.g4", words_grammar(words))
    write(out + "/syntax/token_types.h", types_header(words))


if __name__ == "__main__":
    main()
