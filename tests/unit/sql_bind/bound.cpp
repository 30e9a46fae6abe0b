#include "bound.h"

#include <algorithm>
#include <map>
#include <memory>

#include "facts/facts.h"
#include "lineage/lineage.h"
#include "sql/binder.h"
#include "syntax/parse.h"

namespace pipec::test {

namespace {

using namespace sql;

Symbol name(std::string_view text) {
  return Symbol::of(text);
}

class TestCatalog : public Catalog {
 public:
  TestCatalog() {
    Type structure = Type::structure({{name("x"), TypeKind::Int, true}, {name("y"), TypeKind::String, true}});
    add("t", {{name("a"), TypeKind::Int, false},
              {name("b"), TypeKind::String, true},
              {name("c"), Type::decimal(10, 2), true},
              {name("d"), TypeKind::Date, true},
              {name("ts"), TypeKind::Timestamp, true},
              {name("arr"), Type::array(TypeKind::Int, true), true},
              {name("s"), structure, true},
              {name("m"), Type::map(TypeKind::String, TypeKind::Int, true), true}});
    add("u",
        {{name("a"), TypeKind::Int, false}, {name("k"), TypeKind::String, false}, {name("v"), TypeKind::Double, true}});
    add("gold.orders", {{name("id"), TypeKind::BigInt, false}, {name("amount"), Type::decimal(18, 2), true}});
    add("broken", {});
    tables_["broken"].broken = true;
    for (InterfaceColumn* column : {&tables_["t"].columns[0], &tables_["u"].columns[0], &tables_["u"].columns[1]})
      column->never_null = Basis::Enforced;
    tables_["t"].keys.push_back({{0}, Basis::Enforced});
    tables_["u"].keys.push_back({{1}, Basis::Enforced});
    FunctionInterface& ratio = functions_["ratio"];
    ratio.name = name("ratio");
    ratio.parameters = {{name("part"), TypeKind::Double, false}, {name("whole"), TypeKind::Double, false}};
    ratio.returns = TypeKind::Double;
    FunctionInterface& tag = functions_["tag"];
    tag.name = name("tag");
    tag.parameters = {{name("x"), TypeKind::String, false}, {name("n"), TypeKind::Int, true}};
    tag.returns = TypeKind::String;
    tag.nullable = false;
  }
  const TableInterface* table(Symbol folded) const override {
    auto at = tables_.find(folded.text());
    return at == tables_.end() ? nullptr : &at->second;
  }
  const FunctionInterface* function(Symbol folded) const override {
    auto at = functions_.find(folded.text());
    return at == functions_.end() ? nullptr : &at->second;
  }
  std::vector<std::string_view> table_names() const override { return keys(tables_); }
  std::vector<std::string_view> function_names() const override { return keys(functions_); }

  const TableInterface& get(std::string_view key) const { return tables_.find(key)->second; }

 private:
  template <typename Map>
  static std::vector<std::string_view> keys(const Map& map) {
    std::vector<std::string_view> result;
    for (const auto& [key, value] : map) result.push_back(key);
    return result;
  }
  void add(std::string_view key, std::vector<InterfaceColumn> columns) {
    TableInterface& table = tables_[std::string(key)];
    table.name = name(key);
    table.declaration = name("table:" + std::string(key));
    table.columns = std::move(columns);
  }
  std::map<std::string, TableInterface, std::less<>> tables_;
  std::map<std::string, FunctionInterface, std::less<>> functions_;
};

const TestCatalog& catalog() {
  static const TestCatalog made;
  return made;
}

void append(std::string& text, std::string_view separator, std::string_view more) {
  if (!text.empty()) text += separator;
  text += more;
}

std::string reported(const Sink& sink, const std::string& sql, Severity severity) {
  std::string result;
  for (const Diagnostic& diagnostic : sink.diagnostics()) {
    if (diagnostic.kind->severity != severity) continue;
    Span span = diagnostic.place.span;
    append(result, " ", std::string(diagnostic.kind->code) + "(" + sql.substr(span.begin, span.end - span.begin) + ")");
  }
  return result;
}

std::string described(Symbol column, Type type, bool nullable) {
  std::string text(column.text());
  append(text, " ", type.text());
  return nullable ? text : text + "!";
}

struct Result {
  syntax::ParsedQuery parsed;
  Sink sink;
  BoundQuery query;
};

std::unique_ptr<Result> bind(const std::string& sql) {
  auto result = std::make_unique<Result>();
  result->parsed = syntax::parse_query(sql);
  for (const auto& error : result->parsed.errors) {
    syntax::report(error, result->sink, [](Span span) { return Place::in_file({}, span); });
  }
  if (result->parsed.errors.empty()) {
    result->query = bind_query(result->parsed.tree, result->parsed.tree.root, {catalog(), result->sink, {}});
  }
  return result;
}

std::string with_warnings(std::string text, const Sink& sink, const std::string& sql) {
  std::string warnings = reported(sink, sql, Severity::Warning);
  return warnings.empty() ? text : text + " [" + warnings + "]";
}

}  // namespace

std::string bound(const std::string& sql) {
  auto result = bind(sql);
  if (std::string errors = reported(result->sink, sql, Severity::Error); !errors.empty()) return errors;
  std::string text;
  for (const auto& output : result->query.outputs) {
    append(text, ", ", described(output.name, output.type, output.nullable));
  }
  return with_warnings(std::move(text), result->sink, sql);
}

std::string bound(const ast::Tree& tree, ast::NodeId root, bool is_query) {
  Sink sink;
  std::string text;
  if (is_query) {
    BoundQuery query = bind_query(tree, root, {catalog(), sink, {}});
    lineage::lineage_of(query);
    for (const auto& output : query.outputs) append(text, ", ", described(output.name, output.type, output.nullable));
  } else {
    BoundExpression value = bind_expression(tree, root, catalog().get("t"), {catalog(), sink, {}});
    lineage::lineage_of(value);
    text = described({}, value.type, value.nullable);
  }
  std::string errors = reported(sink, std::string(), Severity::Error);
  return errors.empty() ? text : errors;
}

std::string bound_expression(const std::string& sql) {
  syntax::ParsedQuery parsed = syntax::parse_expression(sql);
  Sink sink;
  for (const auto& error : parsed.errors) {
    syntax::report(error, sink, [](Span span) { return Place::in_file({}, span); });
  }
  std::string text;
  if (parsed.errors.empty()) {
    BoundExpression bound = bind_expression(parsed.tree, parsed.tree.root, catalog().get("t"), {catalog(), sink, {}});
    text = described({}, bound.type, bound.nullable);
  }
  if (std::string errors = reported(sink, sql, Severity::Error); !errors.empty()) return errors;
  return with_warnings(std::move(text), sink, sql);
}

std::string messages(const std::string& sql) {
  auto result = bind(sql);
  std::string text;
  for (const Diagnostic& diagnostic : result->sink.diagnostics()) {
    append(text, "; ", diagnostic.message);
    if (!diagnostic.help.empty()) append(text, " | ", diagnostic.help);
  }
  return text;
}

std::string facts(const std::string& sql) {
  auto result = bind(sql);
  if (std::string errors = reported(result->sink, sql, Severity::Error); !errors.empty()) return errors;
  const auto& outputs = result->query.outputs;
  const facts::TableFacts found = facts::facts_of({result->parsed.tree, result->query, catalog(), {}, nullptr, {}});
  std::vector<std::string> sets;
  for (const auto& unique : found.unique) {
    std::string names;
    for (uint32_t at : unique.columns) append(names, ",", outputs[at].name.text());
    sets.push_back("unique " + names);
  }
  std::sort(sets.begin(), sets.end());
  std::string text;
  for (const std::string& set : sets) append(text, "; ", set);
  append(text, "; ", "never null");
  for (const auto& fact : found.never_null) append(text, " ", outputs[fact.column].name.text());
  return text;
}

std::string lineage(const std::string& sql) {
  static constexpr std::string_view kDirect[] = {"identity", "transformation", "aggregation"};
  static constexpr std::string_view kIndirect[] = {"join", "group", "filter", "sort", "window", "conditional"};
  auto result = bind(sql);
  if (std::string errors = reported(result->sink, sql, Severity::Error); !errors.empty()) return errors;
  lineage::QueryLineage lineage = lineage::lineage_of(result->query);
  auto source = [](const lineage::Source& from) {
    return std::string(from.table.text()) + "." + std::string(from.column.text());
  };
  std::string text;
  for (size_t i = 0; i < lineage.columns.size(); ++i) {
    std::string column(result->query.outputs[i].name.text());
    column += ":";
    for (const auto& edge : lineage.columns[i].direct) {
      append(column, " ", source(edge.source) + "=" + std::string(kDirect[static_cast<size_t>(edge.kind)]));
    }
    for (const auto& edge : lineage.columns[i].conditional) {
      append(column, " ", source(edge.source) + "?" + std::string(kIndirect[static_cast<size_t>(edge.kind)]));
    }
    append(text, "; ", column);
  }
  std::string indirect;
  for (const auto& edge : lineage.indirect) {
    append(indirect, " ", source(edge.source) + "=" + std::string(kIndirect[static_cast<size_t>(edge.kind)]));
  }
  return indirect.empty() ? text : text + " | " + indirect;
}

}  // namespace pipec::test
