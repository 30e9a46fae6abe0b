// A script for a source's database, statement by statement. Names and strings are quoted by the printer of its dialect.
#pragma once

#include <string>
#include <vector>

#include "ast/build.h"
#include "kafka_connect/capture.h"
#include "print/dialect.h"

namespace pipec::backend::kafka_connect {

class ScriptBase {
 protected:
  using NodeId = ast::NodeId;

  ScriptBase(const Capture& capture, const print::Dialect& dialect)
      : capture_(capture), dialect_(dialect), sql_(tree_) {}

  /// The first lines: of which source, who runs it.
  void open(std::string_view what);
  std::string print(NodeId root, bool terminator);
  void add(NodeId statement) { out_ += "\n" + print(statement, true) + "\n"; }
  NodeId table(const CapturedTable& table) { return sql_.qname({table.table->schema, table.table->name}); }
  NodeId signal_table() { return sql_.qname({capture_.signal_table[0], capture_.signal_table[1]}); }
  bool has_signals() const { return !capture_.signal_table.empty(); }
  /// Schemas of the captured tables, each once.
  std::vector<Symbol> schemas() const;
  /// "a, b", or one a line.
  NodeId listed(const std::vector<NodeId>& items, bool a_line = false);

  const Capture& capture_;
  const print::Dialect& dialect_;
  ast::Tree tree_;
  ast::SqlBuilder sql_;
  std::string out_;
};

}  // namespace pipec::backend::kafka_connect
