// A query with the views that it reads, as relations and conditions that hold between their rows: what is left when
// groups, order and outer joins are taken away. Inside of pipeline/changes.h.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

#include "pipeline/changes.h"

namespace pipec::pipeline {

/// One query of those that are flattened into each other: the model's, or a view's in one of its uses.
struct Scope {
  const QueryBody* body = nullptr;
  std::unordered_map<uint32_t, size_t> tables;                 // Scan -> relation
  std::unordered_map<uint32_t, std::unique_ptr<Scope>> views;  // Scan -> the view's own query
  const sql::Ir& ir() const { return body->bound->ir; }
};

/// A use of a node that holds rows.
struct Relation {
  Symbol node;
  std::vector<Symbol> through;      // views on the way
  std::set<Symbol, ByText> usable;  // folded columns that a changed row has as the reader sees them; empty: all
  std::vector<Symbol> relevant;     // columns that can decide anything about the model, in the order of the table
  ast::NodeId place;                // in the model's tree: where it, or the view that leads to it, is named
  bool optional = false;            // an outer join may fill it with NULL
  std::string blocked;              // why its changes cannot be followed; empty: they can
};

/// A column of a relation, or an expression, or something that no single row says.
struct Origin {
  enum class Kind { Column, Expression, Opaque } kind = Kind::Opaque;
  size_t relation = 0;
  Symbol column;
  const Scope* scope = nullptr;
  sql::ExprId expr;
};

struct Condition {
  const Scope* scope = nullptr;
  sql::ExprId expr;
  std::set<size_t> relations;
};

struct WindowUse {
  size_t first = 0, last = 0;  // relations below it
  const Scope* scope = nullptr;
  std::vector<sql::ExprId> partition;
};

struct FlatQuery {
  std::unique_ptr<Scope> root;
  std::vector<Relation> relations;
  std::vector<Condition> conditions;
  std::vector<WindowUse> windows;
  struct Volatile {
    ast::NodeId place;
    std::string_view function;
  };
  std::vector<Volatile> volatiles;  // calls whose value depends on when or how often they run

  Origin origin(const Scope& scope, sql::ColumnId column) const;
  /// The column that an expression is, through casts that change nothing and columns of columns.
  Origin plain(const Scope& scope, sql::ExprId expr) const;
  /// Adds the relations whose columns it reads; false if it also reads what no single row says.
  bool relations_of(const Scope& scope, sql::ExprId expr, std::set<size_t>& into) const;

  /// What the root reads for each column that says the grain or the key.
  struct Value {
    const Scope* scope = nullptr;
    sql::ExprId expr;  // or, if none:
    sql::ColumnId column;
  };
  std::vector<Value> values;
};

FlatQuery flatten(Lookup& lookup, const Model& model);
/// Fills Relation::relevant.
void find_relevant_columns(FlatQuery& flat);

}  // namespace pipec::pipeline
