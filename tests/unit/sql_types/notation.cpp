#include "notation.h"

#include <cctype>
#include <fstream>
#include <stdexcept>

namespace pipec::sql::test {
namespace {

struct TypeParser {
  std::string_view text;
  size_t at = 0;

  bool take(std::string_view word) {
    if (!text.substr(at).starts_with(word)) return false;
    at += word.size();
    return true;
  }
  void expect(std::string_view word) {
    if (!take(word)) throw std::runtime_error(std::string(text) + ": expected " + std::string(word));
  }
  std::string_view word() {
    size_t start = at;
    while (at < text.size() && (std::isalnum(static_cast<unsigned char>(text[at])) || text[at] == '_')) ++at;
    return text.substr(start, at - start);
  }
  int number() {
    int value = 0;
    while (at < text.size() && std::isdigit(static_cast<unsigned char>(text[at])))
      value = value * 10 + text[at++] - '0';
    return value;
  }
  Marked marked() {
    Type type = parse();
    return {type, !take("!")};
  }
  static IntervalField field(std::string_view name) {
    constexpr std::string_view kNames[] = {"year", "month", "day", "hour", "minute", "second"};
    for (int i = 0; i < 6; ++i) {
      if (kNames[i] == name) return static_cast<IntervalField>(i);
    }
    throw std::runtime_error("no interval field: " + std::string(name));
  }
  Type parse() {
    if (take("array<")) {
      Marked element = marked();
      expect(">");
      return Type::array(element.type, element.nullable);
    }
    if (take("map<")) {
      Type key = parse();
      expect(",");
      Marked value = marked();
      expect(">");
      return Type::map(key, value.type, value.nullable);
    }
    if (take("struct<")) {
      std::vector<StructFieldType> fields;
      while (!take(">")) {
        size_t colon = text.find(':', at);
        std::string_view name = text.substr(at, colon - at);
        at = colon + 1;
        Marked type = marked();
        fields.push_back({Symbol::of(name), type.type, type.nullable});
        take(",");
      }
      return Type::structure(std::move(fields));
    }
    if (take("interval ")) {
      IntervalField first = field(word()), last = first;
      if (take(" to ")) last = field(word());
      return Type::interval(first, last);
    }
    std::string_view name = word();
    if (name == "decimal" || name == "char" || name == "varchar" || name == "time") {
      expect("(");
      int first = number();
      int second = take(",") ? number() : 0;
      expect(")");
      if (name == "decimal") return Type::decimal(first, second);
      if (name == "time") return Type::time(first);
      return Type::character(name == "char" ? TypeKind::Char : TypeKind::Varchar, first);
    }
    for (int kind = 1; kind < static_cast<int>(TypeKind::Array); ++kind) {
      Type type = static_cast<TypeKind>(kind);
      if (type.is(TypeKind::Decimal) || type.is(TypeKind::Char) || type.is(TypeKind::Varchar) ||
          type.is(TypeKind::IntervalYearMonth) || type.is(TypeKind::IntervalDayTime) || type.is(TypeKind::Time)) {
        continue;
      }
      if (type.text() == name) return type;
    }
    throw std::runtime_error("no type: " + std::string(text));
  }
};

}  // namespace

Marked parse_marked(std::string_view text) {
  TypeParser parser{text};
  Marked result = parser.marked();
  if (parser.at != text.size()) throw std::runtime_error("after the type: " + std::string(text));
  return result;
}

std::string notation(Type type, bool nullable) {
  std::string text;
  switch (type.kind()) {
    case TypeKind::Array:
      text = "array<" + notation(type.element(), type.contains_null()) + ">";
      break;
    case TypeKind::Map:
      text = "map<" + notation(type.key(), true) + "," + notation(type.value(), type.contains_null()) + ">";
      break;
    case TypeKind::Struct:
      text = "struct<";
      for (const StructFieldType& field : type.fields()) {
        if (text.back() != '<') text += ',';
        text += std::string(field.name.text()) + ":" + notation(field.type, field.nullable);
      }
      text += '>';
      break;
    default:
      text = type.text();
  }
  return nullable ? text : text + "!";
}

std::vector<Case> cases(std::string_view name) {
  std::ifstream file(std::string(PIPEC_SOURCE_DIR "/tests/unit/sql_types/data/") + std::string(name));
  if (!file) throw std::runtime_error("no file: " + std::string(name));
  std::vector<Case> result;
  std::string line;
  while (std::getline(file, line)) {
    size_t tab = line.find('\t');
    if (line.empty() || line[0] == '#' || tab == std::string::npos) continue;
    result.push_back({line.substr(0, tab), line.substr(tab + 1)});
  }
  return result;
}

}  // namespace pipec::sql::test
