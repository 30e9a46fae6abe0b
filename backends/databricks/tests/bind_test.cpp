// Every query that is written, read again: the text of each artifact is parsed and bound by pipec's own binder, over the
// tables that the migrations make, and gives the types of the table that it is written to.
#include <catch2/catch.hpp>
#include <map>
#include <regex>

#include "project.h"
#include "sql/binder.h"
#include "syntax/parse.h"

using namespace pipec;

namespace {

class Tables : public sql::Catalog {
 public:
  const sql::TableInterface* table(Symbol folded) const override {
    auto found = tables_.find(std::string(folded.text()));
    return found == tables_.end() ? nullptr : &found->second;
  }
  const sql::FunctionInterface* function(Symbol) const override { return nullptr; }
  std::vector<std::string_view> table_names() const override { return {}; }
  std::vector<std::string_view> function_names() const override { return {}; }

  void add(const std::string& name, std::vector<sql::InterfaceColumn> columns) {
    sql::TableInterface& table = tables_[std::string(Symbol::of(name).folded().text())];
    table.name = Symbol::of(name);
    table.columns = std::move(columns);
  }

 private:
  std::map<std::string, sql::TableInterface> tables_;
};

/// "`lake house`.me_gold.x" as the catalog has it: without quotes.
std::string bare(std::string name) {
  std::string out;
  for (char c : name) {
    if (c != '`') out += c;
  }
  return out;
}

std::string rendered(const std::vector<Diagnostic>& diagnostics) {
  std::string out;
  for (const Diagnostic& diagnostic : diagnostics)
    out += std::string(diagnostic.kind->code) + ": " + diagnostic.message + "\n";
  return out;
}

sql::BoundQuery bind_text(const Tables& tables, const std::string& query) {
  syntax::ParsedQuery parsed = syntax::parse_query(query);
  INFO(query);
  for (const auto& error : parsed.errors) FAIL_CHECK(error.message);
  Sink sink;
  sql::BoundQuery bound = sql::bind_query(parsed.tree, parsed.tree.root, {tables, sink, {}});
  CHECK(rendered(sink.diagnostics()) == "");
  return bound;
}

/// The columns of a CREATE TABLE, as it is printed: one a line.
std::vector<sql::InterfaceColumn> columns_of(const Tables& tables, const std::string& text) {
  static const std::regex kColumn(
      R"(\n  (`(?:[^`]|``)+`|\w+) ((?:[^'])+?)( not null)?( comment '(?:[^'\\]|\\.)*')?(?=,?\n))");
  std::vector<sql::InterfaceColumn> columns;
  std::string list = text.substr(0, text.find("\n)\nusing delta"));
  list += "\n";
  for (std::sregex_iterator it(list.begin(), list.end(), kColumn), end; it != end; ++it) {
    sql::BoundQuery bound = bind_text(tables, "select cast(null as " + (*it)[2].str() + ") as c");
    columns.push_back({Symbol::of(bare((*it)[1])), bound.outputs[0].type, !(*it)[3].matched});
  }
  return columns;
}

struct Written {
  std::string query;
  std::string into;  // empty: nowhere
};

/// The query inside of a statement; nothing where there is none.
Written query_of(const std::string& statement) {
  static const std::string kTable = R"(((?:`[^`]+`|\w+)(?:\.(?:`[^`]+`|\w+))*))";
  static const std::regex kInsert("^insert (?:into|overwrite) " + kTable +
                                  R"((?: \([^)]*\)| by name)?\s+(?:replace where [^\n]*\n)?([\s\S]*)$)");
  static const std::regex kView("^create or replace view " + kTable + R"([\s\S]*?\nas\n([\s\S]*)$)");
  static const std::regex kMerge("^merge into " + kTable + R"( as t\nusing \(([\s\S]*?)\n\) as s\n)");
  std::smatch match;
  if (std::regex_search(statement, match, kInsert)) return {match[2], bare(match[1])};
  if (std::regex_search(statement, match, kView)) return {match[2], bare(match[1])};
  if (std::regex_search(statement, match, kMerge)) return {match[2], ""};
  if (statement.starts_with("select") || statement.starts_with("with")) return {statement, ""};
  return {};
}

/// Tables that only the platform has, under names that the catalog has too.
std::string without_functions(std::string text) {
  text = std::regex_replace(text, std::regex(R"(table_changes\(\s*'([^']*)',\s*:\w+,\s*:\w+\s*\))"), "`$1 changes`");
  text = std::regex_replace(text, std::regex(R"(`([^\n]*) changes`)"), "\x01$1 changes\x01");
  std::string out;
  bool inside = false;
  for (char c : text) {
    if (c == '\x01') {
      inside = !inside;
      out += '`';
    } else if (!inside || c != '`') {
      out += c;
    }
  }
  return std::regex_replace(out, std::regex(R"(read_files\('[^']*', format => '(\w+)'\))"), "$1_files");
}

void add_files(Tables& tables) {
  using sql::Type;
  using sql::TypeKind;
  Type metadata = Type::structure({{Symbol::of("file_path"), TypeKind::String, false},
                                   {Symbol::of("file_size"), TypeKind::BigInt, false},
                                   {Symbol::of("file_modification_time"), TypeKind::Timestamp, false}});
  tables.add("text_files", {{Symbol::of("value"), TypeKind::String}, {Symbol::of("_metadata"), metadata}});
  tables.add("binaryfile_files", {{Symbol::of("length"), TypeKind::BigInt},
                                  {Symbol::of("modificationTime"), TypeKind::Timestamp},
                                  {Symbol::of("_metadata"), metadata}});
}

}  // namespace

TEST_CASE("written queries bind to the types of their tables") {
  test::Built built = test::build("specs/first");
  INFO(built.diagnostics);
  REQUIRE_FALSE(built.files.empty());
  Tables tables;
  add_files(tables);
  std::map<std::string, std::string> views;
  static const std::regex kTable(R"(^create (?:or replace table|table if not exists) ([^\n]*) \(\n)");
  static const std::regex kView(R"(^create or replace view ((?:`[^`]+`|\w|\.)+))");
  std::map<std::string, std::string> statements;
  for (const auto& [path, text] : built.files) statements[path] = text.substr(text.find('\n') + 1);
  for (const auto& [path, statement] : statements) {
    std::smatch match;
    if (std::regex_search(statement, match, kView)) views[path] = bare(match[1]);
    if (!std::regex_search(statement, match, kTable)) continue;
    INFO(path);
    std::vector<sql::InterfaceColumn> columns = columns_of(tables, statement);
    REQUIRE_FALSE(columns.empty());
    tables.add(bare(match[1]), columns);
    columns.push_back({Symbol::of("_change_type"), sql::TypeKind::String});
    columns.push_back({Symbol::of("_commit_version"), sql::TypeKind::BigInt});
    columns.push_back({Symbol::of("_commit_timestamp"), sql::TypeKind::Timestamp});
    tables.add(bare(match[1]) + " changes", columns);
  }
  // The views by the columns that their nodes have, so that what is read from them is what the manifest says.
  for (const pipeline::Node& node : built.pipeline.nodes) {
    for (const auto& [path, name] : views) {
      std::string wanted(built.pipeline.target.catalog + "." + built.pipeline.target.schema_prefix);
      if (name != wanted + std::string(node.head.name.text())) continue;
      std::vector<sql::InterfaceColumn> columns;
      for (const auto& column : node.columns) columns.push_back({column.name, column.type, column.nullable});
      tables.add(name, columns);
    }
  }
  for (const char* view : {"__lines", "__listing"}) {
    for (const auto& [path, name] : views) {
      if (!name.ends_with(view)) continue;
      std::vector<sql::InterfaceColumn> columns;
      for (const auto& output : bind_text(tables, without_functions(query_of(statements[path]).query)).outputs) {
        columns.push_back({output.name, output.type, output.nullable});
      }
      tables.add(name, columns);
    }
  }

  size_t bound_queries = 0;
  for (const auto& [path, statement] : statements) {
    Written written = query_of(statement);
    if (written.query.empty() || statement.find("\nvalues") != std::string::npos) continue;
    INFO(path);
    sql::BoundQuery bound = bind_text(tables, without_functions(written.query));
    ++bound_queries;
    if (written.into.empty()) continue;
    const sql::TableInterface* into = tables.table(Symbol::of(written.into).folded());
    REQUIRE(into);
    REQUIRE(bound.outputs.size() == into->columns.size());
    for (size_t i = 0; i < bound.outputs.size(); ++i) {
      INFO(into->columns[i].name.text());
      if (!bound.outputs[i].type.is_error()) CHECK(bound.outputs[i].type.text() == into->columns[i].type.text());
    }
  }
  CHECK(bound_queries > 50);
}
