#include <fmt/format.h>

#include <algorithm>

#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

void SqlWriter::string_constant(NodeId id, std::string_view value) {
  std::string out;
  std::string_view wrong = dialect_.string(out, value);
  if (!wrong.empty()) return error(id, std::string(wrong));
  quoted_text(out);
}

void SqlWriter::literal(NodeId id) {
  switch (tree().op<LiteralKind>(id)) {
    case LiteralKind::Null:
      return put("null");
    case LiteralKind::True:
      return put("true");
    case LiteralKind::False:
      return put("false");
    case LiteralKind::String:
      return string_constant(id, node(id).name.text());
    case LiteralKind::Binary: {
      std::string out;
      dialect_.binary(out, node(id).name.text());
      return put(out);
    }
    default:
      return number(id);
  }
}

/// As written; where the engine knows no suffixes, a cast says what they say.
void SqlWriter::number(NodeId id) {
  std::string_view text = node(id).name.text();
  LiteralKind kind = tree().op<LiteralKind>(id);
  if (dialect_.has(Feature::NumberSuffix) || kind == LiteralKind::Integer) return put(text);
  static constexpr std::string_view kTypes[] = {"", "", "", "", "bigint", "smallint", "tinyint", "", "double", "float"};
  while (!text.empty() && ((text.back() >= 'A' && text.back() <= 'Z') || (text.back() >= 'a' && text.back() <= 'z'))) {
    text.remove_suffix(1);
  }
  if (kind == LiteralKind::Decimal) return put(text);
  for (const TypeName& type : dialect_.types) {
    if (type.name == kTypes[static_cast<size_t>(kind)]) return put(fmt::format("cast({} as {})", text, type.printed));
  }
  put(text);
}

void SqlWriter::interval(NodeId id) {
  static constexpr std::string_view kUnits[] = {"",           "year",   "month",  "week",        "day",
                                                "hour",       "minute", "second", "millisecond", "microsecond",
                                                "nanosecond", "quarter"};
  NodeId list = tree().get<IntervalLiteral>(id).parts;
  std::string_view to = kUnits[node(id).op];
  Commented around(*this, list);
  put("interval");
  if (dialect_.has(Feature::IntervalUnits)) {
    for (NodeId part : tree().list(list)) {
      Commented around_part(*this, part);
      put(node(part).has(kNegated) ? " -" : " ");
      if (node(part).has(kQuoted)) {
        string_constant(part, node(part).name.text());
      } else {
        put(node(part).name.text());
      }
      if (node(part).op == 0) continue;
      put(" ");
      put(kUnits[node(part).op]);
    }
    if (to.empty()) return;
    put(" to ");
    return put(to);
  }
  std::string said;
  for (NodeId part : tree().list(list)) {
    if (!said.empty()) said += ' ';
    if (node(part).has(kNegated)) said += '-';
    said += node(part).name.text();
    if (node(part).op != 0 && to.empty()) said.append(" ").append(kUnits[node(part).op]);
  }
  put(" ");
  string_constant(id, said);
  if (to.empty()) return;
  put(" ");
  put(kUnits[node(tree().list(list)[0]).op]);
  put(" to ");
  put(to);
}

void SqlWriter::param(NodeId id) {
  Symbol name = node(id).name;
  bool percent = style_.parameters == ParameterStyle::Percent;
  if (name.empty()) return layout_.text(percent ? "%s" : "?");
  for (char c : name.text()) {
    bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    if (!plain) return error(id, fmt::format("`{}` cannot be the name of a parameter", name.text()));
  }
  if (std::find(result_.parameters.begin(), result_.parameters.end(), name) == result_.parameters.end()) {
    result_.parameters.push_back(name);
  }
  layout_.text(percent ? fmt::format("%({})s", name.text()) : fmt::format(":{}", name.text()));
}

}  // namespace pipec::print
