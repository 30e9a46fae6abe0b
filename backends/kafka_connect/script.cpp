#include "kafka_connect/script.h"

#include <fmt/format.h>

#include <algorithm>

#include "print/sql_printer.h"

namespace pipec::backend::kafka_connect {

void ScriptBase::open(std::string_view what) {
  // A path may hold anything; a comment ends with its line.
  std::string file(capture_.source->head.file.text());
  for (char& c : file) {
    if (static_cast<unsigned char>(c) < ' ' || c == '$') c = '?';
  }
  out_ = fmt::format("-- source {} ({})\n-- {}\n", capture_.source->head.name.text(), file, what);
}

std::string ScriptBase::print(NodeId root, bool terminator) {
  print::SqlStyle style;
  style.dialect = &dialect_;
  style.terminator = terminator;
  return print::print_sql(tree_, root, style).sql;
}

std::vector<Symbol> ScriptBase::schemas() const {
  std::vector<Symbol> schemas;
  for (const CapturedTable& table : capture_.tables) {
    Symbol schema = table.table->schema;
    if (std::find(schemas.begin(), schemas.end(), schema) == schemas.end()) schemas.push_back(schema);
  }
  return schemas;
}

ast::NodeId ScriptBase::listed(const std::vector<NodeId>& items, bool a_line) {
  NodeId list = items.back();
  for (size_t i = items.size() - 1; i-- > 0;) {
    list = a_line ? sql_.ddl("{},\n  {}", items[i], list) : sql_.ddl("{}, {}", items[i], list);
  }
  return list;
}

}  // namespace pipec::backend::kafka_connect
