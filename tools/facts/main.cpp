// pipec-facts < LINES: what is proved of queries over given tables. `table NAME COLUMN:TYPE[!] ... [key A,B] ...` declares
// one (! for not null), any other line is a query. Of each query a line of output: "unique A,B; unique ; never_null A C",
// or "error".
#include <fmt/format.h>

#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <string>

#include "facts/facts.h"
#include "syntax/parse.h"

namespace {

using namespace pipec;

class Tables : public sql::Catalog {
 public:
  void add(std::istringstream& words) {
    std::string name, word;
    words >> name;
    sql::TableInterface& table = tables_[name];
    table.name = Symbol::of(name);
    table.declaration = table.name;
    while (words >> word) {
      if (word == "key") {
        words >> word;
        add_key(table, word);
      } else {
        add_column(table, word);
      }
    }
  }
  const sql::TableInterface* table(Symbol folded) const override {
    auto at = tables_.find(folded.text());
    return at == tables_.end() ? nullptr : &at->second;
  }
  const sql::FunctionInterface* function(Symbol) const override { return nullptr; }
  std::vector<std::string_view> table_names() const override { return {}; }
  std::vector<std::string_view> function_names() const override { return {}; }

 private:
  static void add_column(sql::TableInterface& table, std::string word) {
    bool not_null = word.back() == '!';
    if (not_null) word.pop_back();
    size_t colon = word.find(':');
    sql::Type type = word.substr(colon + 1) == "int" ? sql::TypeKind::Int : sql::TypeKind::String;
    sql::InterfaceColumn column{Symbol::of(word.substr(0, colon)), type, !not_null, {}};
    if (not_null) column.never_null = sql::Basis::Enforced;
    table.columns.push_back(column);
  }
  static void add_key(sql::TableInterface& table, const std::string& names) {
    sql::InterfaceKey key;
    key.basis = sql::Basis::Enforced;
    std::istringstream parts(names);
    for (std::string name; std::getline(parts, name, ',');) {
      for (uint32_t i = 0; i < table.columns.size(); ++i) {
        if (table.columns[i].name.text() == name) key.columns.push_back(i);
      }
    }
    table.keys.push_back(key);
  }
  std::map<std::string, sql::TableInterface, std::less<>> tables_;
};

std::string answer(const std::string& text, const Tables& tables) {
  syntax::ParsedQuery parsed = syntax::parse_query(text);
  if (!parsed.errors.empty()) return "error";
  Sink sink;
  sql::BoundQuery query = sql::bind_query(parsed.tree, parsed.tree.root, {tables, sink, {}});
  if (!query.ok) {
    std::string why = "error";
    for (const Diagnostic& diagnostic : sink.diagnostics()) why += " " + diagnostic.message;
    return why;
  }
  facts::TableFacts facts = facts::facts_of({parsed.tree, query, tables, {}, nullptr, {}});
  std::string line;
  for (const auto& fact : facts.unique) {
    std::string names;
    for (uint32_t at : fact.columns) {
      names += names.empty() ? "" : ",";
      names += query.outputs[at].name.text();
    }
    line += fmt::format("unique {}; ", names);
  }
  line += "never_null";
  for (const auto& fact : facts.never_null) line += fmt::format(" {}", query.outputs[fact.column].name.text());
  return line;
}

}  // namespace

int main() {
  Tables tables;
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string first;
    words >> first;
    if (first == "table") {
      tables.add(words);
    } else {
      std::puts(answer(line, tables).c_str());
    }
  }
  return 0;
}
