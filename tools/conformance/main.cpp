// pipec-conformance: reads {id, query, rels} lines, answers {id, status, error_code, span, columns} lines with what
// the compiler's own binder says; with --print also the query as an artifact would have it. A construct that is not supported yet is no rejection: its types are "unknown".
#include <iostream>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <set>
#include <string>

#include "classes.h"
#include "databricks/reads.h"
#include "databricks/types.h"
#include "lineage/lineage.h"
#include "print/sql_printer.h"
#include "sql/binder.h"
#include "sql/diagnostics.h"
#include "syntax/parse.h"

namespace {

using nlohmann::json;
using namespace pipec;

sql::Type type_from_text(const std::string& text);

class RelsCatalog : public sql::Catalog {
 public:
  explicit RelsCatalog(const json& rels) {
    for (auto at = rels.begin(); at != rels.end(); ++at) {
      auto table = std::make_unique<sql::TableInterface>();
      table->name = Symbol::of(at.key());
      for (const json& column : at.value()) {
        table->columns.push_back({Symbol::of(column[0].get<std::string>()),
                                  type_from_text(column[1].get<std::string>()), column[2].get<bool>()});
      }
      names_.insert(at.key());
      tables_[table->name.folded().value] = std::move(table);
    }
  }
  const sql::TableInterface* table(Symbol folded) const override {
    auto at = tables_.find(folded.value);
    return at == tables_.end() ? nullptr : at->second.get();
  }
  const sql::FunctionInterface* function(Symbol) const override { return nullptr; }
  std::vector<std::string_view> table_names() const override { return {names_.begin(), names_.end()}; }
  std::vector<std::string_view> function_names() const override { return {}; }

 private:
  std::map<uint32_t, std::unique_ptr<sql::TableInterface>> tables_;
  std::set<std::string> names_;
};

/// By way of a cast, since the type's spelling is the language's own.
sql::Type type_from_text(const std::string& text) {
  static std::map<std::string, sql::Type> known;
  auto [at, fresh] = known.emplace(text, sql::Type());
  if (!fresh) return at->second;
  syntax::ParsedQuery parsed = syntax::parse_expression("cast(null as " + text + ")");
  if (!parsed.errors.empty() || !parsed.tree.is<ast::Cast>(parsed.tree.root)) return {};
  RelsCatalog none{json::object()};
  Sink sink;
  at->second = sql::type_of_node(parsed.tree, parsed.tree.get<ast::Cast>(parsed.tree.root).type, {none, sink, {}});
  return at->second;
}

size_t characters(std::string_view text) {
  size_t count = 0;
  for (char c : text) count += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return count;
}

/// The query as an artifact has it; null if the printer cannot say it.
json printed(const syntax::ParsedQuery& parsed, const sql::BoundQuery& bound) {
  ast::Tree types;
  ast::SqlBuilder builder(types);
  auto path_of = [](Symbol name) { return std::vector<Symbol>{name}; };
  auto type_of = [&](sql::Type type) {
    return type.is_error() ? print::TypeRef{} : print::TypeRef{&types, backend::databricks::type_node(builder, type)};
  };
  print::Rewrites rewrites;
  backend::databricks::rewrite_reads(parsed.tree, bound.tables, path_of, type_of, rewrites);
  print::PrintResult result = print::print_sql(parsed.tree, parsed.tree.root, {}, &rewrites);
  return result.ok() ? json(result.sql) : json();
}

json answer(const json& request, bool print, std::map<std::string, size_t>& unsupported) {
  json result;
  result["id"] = request.at("id");
  std::string query = request.at("query").get<std::string>();
  Sink sink;
  RelsCatalog catalog(request.value("rels", json::object()));
  syntax::ParsedQuery parsed = syntax::parse_query(query);
  for (const syntax::SyntaxError& error : parsed.errors) {
    syntax::report(error, sink, [](Span span) { return Place::in_file({}, span); });
  }
  sql::BoundQuery bound;
  bool readable = parsed.errors.empty() && parsed.tree.root && parsed.tree.is<ast::Query>(parsed.tree.root);
  if (readable) bound = sql::bind_query(parsed.tree, parsed.tree.root, {catalog, sink, {}});

  const Diagnostic* first = nullptr;
  for (const Diagnostic& diagnostic : sink.diagnostics()) {
    if (diagnostic.kind->severity != Severity::Error) continue;
    if (diagnostic.kind->code == sql::diag::NotSupported.code) {
      ++unsupported[diagnostic.message];
      continue;
    }
    if (!first) first = &diagnostic;
  }
  if (first) {
    result["status"] = "reject";
    result["code"] = first->kind->code;
    result["message"] = first->message;
    if (std::string name = conformance::spark_error_class(*first); !name.empty()) result["error_code"] = name;
    Span span = first->place.span;
    if (span.end <= query.size() && span.begin < span.end) {
      size_t begin = characters(std::string_view(query).substr(0, span.begin));
      size_t length = characters(std::string_view(query).substr(span.begin, span.end - span.begin));
      result["span"] = {begin, begin + length - 1};
    }
    return result;
  }
  result["status"] = "ok";
  lineage::QueryLineage lineage = lineage::lineage_of(bound);
  json columns = json::array();
  for (size_t i = 0; i < bound.outputs.size(); ++i) {
    const sql::BoundQuery::Output& output = bound.outputs[i];
    std::set<std::string> sources;
    for (const auto& edge : lineage.columns[i].direct) {
      sources.insert(std::string(edge.source.table.text()) + "." + std::string(edge.source.column.text()));
    }
    for (const auto& edge : lineage.columns[i].conditional) {
      sources.insert(std::string(edge.source.table.text()) + "." + std::string(edge.source.column.text()));
    }
    json column;
    column["name"] = output.name.text();
    column["type"] = output.type.text();
    column["nullable"] = output.nullable;
    column["sources"] = sources;
    columns.push_back(std::move(column));
  }
  result["columns"] = std::move(columns);
  if (print && bound.ok) result["printed"] = printed(parsed, bound);
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  bool print = argc > 1 && std::string(argv[1]) == "--print";
  std::ios::sync_with_stdio(false);
  std::map<std::string, size_t> unsupported;
  std::string line;
  while (std::getline(std::cin, line)) {
    if (line.empty()) continue;
    json request = json::parse(line, nullptr, false);
    if (request.is_discarded() || !request.contains("id") || !request.contains("query")) {
      std::cerr << "pipec-conformance: a line that is no request\n";
      return 64;
    }
    std::cout << answer(request, print, unsupported).dump(-1, ' ', false, json::error_handler_t::replace) << std::endl;
  }
  for (const auto& [what, count] : unsupported) std::cerr << count << "\t" << what << "\n";
  return 0;
}
