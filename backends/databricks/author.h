// The author's SQL as the warehouse gets it: relations by their names there, every `*` written out, the user's
// functions expanded.
#pragma once

#include <deque>
#include <map>

#include "databricks/names.h"
#include "pipeline/changes.h"
#include "print/rewrites.h"

namespace pipec::backend::databricks {

/// Keeps what the parts that it hands out refer to.
class Author {
 public:
  Author(pipeline::Lookup& lookup, const Names& names) : lookup_(lookup), names_(names), sql_(types_) {}

  print::Subtree query(const pipeline::QueryBody& body);
  /// The query with each table read as a stream of the rows that are added to it.
  print::Subtree stream(const pipeline::QueryBody& body);
  print::Subtree expression(const pipeline::ExpressionBody& body);
  /// A call of a user's function in a generated tree.
  void expand(const ast::Tree& tree, ast::NodeId call, Symbol function, print::Rewrites& into);

 private:
  print::Rewrites& rewrites_of(const ast::Tree& tree, const sql::SideTables& tables);
  print::TypeRef type(sql::Type type);

  pipeline::Lookup& lookup_;
  const Names& names_;
  ast::Tree types_;
  ast::SqlBuilder sql_;
  std::deque<print::Rewrites> rewrites_;
  std::map<Symbol, print::Subtree, ByText> bodies_;  // of functions, worked out once however often they are called
};

}  // namespace pipec::backend::databricks
