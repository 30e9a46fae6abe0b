// Names resolved, types decided: a syntax tree becomes side tables by node id and a nameless relational IR
// (sql/ir.h). Nothing else decides a type.
#pragma once

#include <unordered_map>
#include <vector>

#include "ast/tree.h"
#include "diagnostics/diagnostic.h"
#include "sql/catalog.h"
#include "sql/ir.h"

namespace pipec::sql {

/// What printing needs to know of the author's tree.
struct SideTables {
  std::unordered_map<uint32_t, Symbol> relations;  // TableRef, TableQuery node -> folded qualified name in the catalog
  struct StarColumn {
    Symbol qualifier;  // alias, or last word of a table's name; empty where none is needed
    Symbol table;      // folded qualified name, where it has no alias
    Symbol name;
  };
  std::unordered_map<uint32_t, std::vector<StarColumn>> stars;  // Star node -> the columns, in order
  /// Of a set operation BY NAME: what each side is read as; empty where it is that already.
  struct Aligned {
    struct Column {
      Symbol name;
      Type missing;  // Error: the side has the column
    };
    std::vector<Column> left, right;
  };
  std::unordered_map<uint32_t, Aligned> aligned;    // SetOp node
  std::unordered_map<uint32_t, Symbol> user_calls;  // Call node -> folded name of the user's function
  struct CteColumn {
    Symbol name;
    Type type;
  };
  std::unordered_map<uint32_t, std::vector<CteColumn>> ctes;  // Cte node, unless it is broken
  std::vector<ast::NodeId> window_bounds;                     // ColumnRef nodes: window.start, window.end
  std::vector<ExprId> expressions;                            // by expression node; see expression()

  ExprId expression(ast::NodeId node) const {
    return node.value < expressions.size() ? expressions[node.value] : ExprId{};
  }
};

struct BoundQuery {
  Ir ir;
  RelId root;  // none if nothing could be bound
  SideTables tables;
  struct Output {
    Symbol name;
    Type type;
    bool nullable = true;
    ColumnId column;
    Span span;  // of the item's words
  };
  std::vector<Output> outputs;
  bool ok = true;  // no error was reported
};

struct BindContext {
  const Catalog& catalog;
  Sink& sink;
  Symbol declaration;     // for places; empty: places are in the file "" (conformance tool)
  bool windowed = false;  // the query is run for a window of time: window.start, window.end
};

BoundQuery bind_query(const ast::Tree& tree, ast::NodeId query, const BindContext& context);

/// An expression over given columns (a check on a table, a function's body over its parameters). The IR has one Scan
/// with those columns, and `value` is the expression over it.
struct BoundExpression {
  Ir ir;
  RelId input;
  ExprId value;
  Type type;
  bool nullable = true;
  SideTables tables;
  bool ok = true;
};
BoundExpression bind_expression(const ast::Tree& tree, ast::NodeId expression, const TableInterface& columns,
                                const BindContext& context);

/// The type that a DataType node spells; reports and gives Error for one that does not exist.
Type type_of_node(const ast::Tree& tree, ast::NodeId node, const BindContext& context);

}  // namespace pipec::sql
