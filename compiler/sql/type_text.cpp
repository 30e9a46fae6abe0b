// Types in string literals: the schemas of from_json, from_csv, from_xml and variant_get. Source: Spark 4.2
// DataTypeParser, DataType.fromDDL.
#include <cctype>

#include "sql/functions_table.h"

namespace pipec::sql {
namespace {

struct Parser {
  std::string_view text;
  size_t at = 0;
  int depth = 0;

  void blanks() {
    while (at < text.size() && std::isspace(static_cast<unsigned char>(text[at]))) ++at;
  }
  bool done() {
    blanks();
    return at == text.size();
  }
  bool take(char c) {
    blanks();
    if (at == text.size() || text[at] != c) return false;
    ++at;
    return true;
  }
  std::string word() {
    blanks();
    std::string result;
    while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_')) {
      result += static_cast<char>(std::tolower(static_cast<unsigned char>(text[at++])));
    }
    return result;
  }
  bool take_word(std::string_view wanted) {
    size_t before = at;
    if (word() == wanted) return true;
    at = before;
    return false;
  }
  std::optional<Symbol> name() {
    blanks();
    std::string result;
    if (take('`')) {
      for (; at < text.size(); ++at) {
        if (text[at] == '`' && (at + 1 == text.size() || text[at + 1] != '`')) break;
        if (text[at] == '`') ++at;
        result += text[at];
      }
      if (!take('`')) return std::nullopt;
    } else {
      while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_')) {
        result += text[at++];
      }
    }
    if (result.empty()) return std::nullopt;
    return Symbol::of(result);
  }
  std::optional<int> number() {
    blanks();
    size_t start = at;
    int value = 0;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])) && value < 1000000) {
      value = value * 10 + (text[at++] - '0');
    }
    return at == start ? std::nullopt : std::optional(value);
  }

  // COMMENT '...' and NOT NULL say nothing about what a parser of text gives.
  bool field_end() {
    if (take_word("not") && !take_word("null")) return false;
    if (!take_word("comment")) return true;
    if (!take('\'')) return false;
    while (at < text.size() && text[at] != '\'') ++at;
    return take('\'');
  }

  std::optional<Type> fields(bool in_struct) {
    std::vector<StructFieldType> result;
    if (in_struct && take('>')) return Type::structure({});
    do {
      auto field = name();
      if (!field) return std::nullopt;
      take(':');
      auto type = parse();
      if (!type || !field_end()) return std::nullopt;
      result.push_back({*field, *type, true});
    } while (take(','));
    if (in_struct ? !take('>') : !done()) return std::nullopt;
    return Type::structure(std::move(result));
  }

  std::optional<Type> interval() {
    static constexpr std::string_view kFields[] = {"year", "month", "day", "hour", "minute", "second"};
    auto field = [&]() -> std::optional<IntervalField> {
      for (int i = 0; i < 6; ++i) {
        if (take_word(kFields[i])) return static_cast<IntervalField>(i);
      }
      return std::nullopt;
    };
    auto first = field();
    if (!first) return Type(TypeKind::CalendarInterval);
    auto last = first;
    if (take_word("to")) last = field();
    if (!last || *last < *first || (*first <= IntervalField::Month) != (*last <= IntervalField::Month)) {
      return std::nullopt;
    }
    return Type::interval(*first, *last);
  }

  std::optional<Type> parse() {
    constexpr int kDeepest = 100;
    if (++depth > kDeepest) return std::nullopt;
    auto type = parse_inner();
    --depth;
    return type;
  }

  std::optional<Type> parse_inner() {
    std::string kind = word();
    if (kind == "array") {
      if (!take('<')) return std::nullopt;
      auto element = parse();
      if (!element || !take('>')) return std::nullopt;
      return Type::array(*element, true);
    }
    if (kind == "map") {
      if (!take('<')) return std::nullopt;
      auto key = parse();
      if (!key || !take(',')) return std::nullopt;
      auto value = parse();
      if (!value || !take('>')) return std::nullopt;
      return Type::map(*key, *value, true);
    }
    if (kind == "struct") return take('<') ? fields(true) : std::nullopt;
    if (kind == "interval") return interval();
    if (kind == "decimal" || kind == "dec" || kind == "numeric") {
      if (!take('(')) return Type::decimal(10, 0);
      auto precision = number();
      auto scale = take(',') ? number() : std::optional(0);
      if (!take(')') || !precision || !scale || *precision < 1 || *precision > 38 || *scale > *precision) {
        return std::nullopt;
      }
      return Type::decimal(*precision, *scale);
    }
    if (kind == "char" || kind == "character" || kind == "varchar") {
      if (!take('(') || !number() || !take(')')) return std::nullopt;
      return Type(TypeKind::String);
    }
    if (kind == "time") {
      if (!take('(')) return Type::time(6);
      auto precision = number();
      if (!precision || *precision > 6 || !take(')')) return std::nullopt;
      return Type::time(*precision);
    }
    struct Name {
      std::string_view name;
      TypeKind kind;
    };
    static constexpr Name kNames[] = {{"boolean", TypeKind::Boolean},
                                      {"tinyint", TypeKind::TinyInt},
                                      {"byte", TypeKind::TinyInt},
                                      {"smallint", TypeKind::SmallInt},
                                      {"short", TypeKind::SmallInt},
                                      {"int", TypeKind::Int},
                                      {"integer", TypeKind::Int},
                                      {"bigint", TypeKind::BigInt},
                                      {"long", TypeKind::BigInt},
                                      {"float", TypeKind::Float},
                                      {"real", TypeKind::Float},
                                      {"double", TypeKind::Double},
                                      {"string", TypeKind::String},
                                      {"binary", TypeKind::Binary},
                                      {"date", TypeKind::Date},
                                      {"timestamp", TypeKind::Timestamp},
                                      {"timestamp_ltz", TypeKind::Timestamp},
                                      {"timestamp_ntz", TypeKind::TimestampNtz},
                                      {"variant", TypeKind::Variant},
                                      {"void", TypeKind::Void}};
    for (const Name& known : kNames) {
      if (known.name == kind) return Type(known.kind);
    }
    return std::nullopt;
  }
};

}  // namespace

std::optional<Type> parse_type_text(std::string_view text, bool allow_columns) {
  Parser whole{text};
  if (auto type = whole.parse(); type && whole.done()) return type;
  if (!allow_columns) return std::nullopt;
  return Parser{text}.fields(false);
}

}  // namespace pipec::sql
