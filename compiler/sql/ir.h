// The relational IR of one body: nameless, typed, with `*`, USING, lateral aliases and CTEs gone. Lineage, keys, facts,
// fan-out and fingerprints read this and nothing else. Everything lies in vectors; ids are indices.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "ast/nodes.h"
#include "base/ids.h"
#include "sql/functions.h"
#include "sql/type.h"

namespace pipec::sql {

using RelId = Id<struct RelTag>;
using ExprId = Id<struct ExprTag>;
using ColumnId = Id<struct ColumnTag>;  // a column produced by one relation of the body; unique in the body

enum class RelKind : uint8_t {
  Scan,     // a catalog table: outputs are its columns
  OneRow,   // SELECT without FROM
  Values,   // inline rows: exprs row by row
  Project,  // exprs -> outputs, one for one; a plain column keeps its id, unless it is given a new name
  Filter,   // exprs[0]
  Join,  // exprs[0]: condition, or none. outputs: the left's, then the right's (semi and anti: the left's alone), the
  // same ids, but new ones for the side that an outer join fills with NULL
  Aggregate,  // first `group_count` exprs: grouping keys, the rest aggregates -> outputs. Grouping sets: grouping_sets
  Window,     // exprs: window calls -> the last outputs; the first outputs are the input's
  SetOp,      // inputs 2: outputs new columns; output i of each input feeds output i
  Distinct,   // Filter, Distinct, Sort, Limit, Sample: the outputs are the input's
  Sort,       // exprs: keys
  Limit,      // exprs: limit, offset (may be none)
  Generate,   // exprs[0]: generator call (explode and so on), op 1: OUTER; outputs: the input's, then the generated
  TableFunction,  // range(...): exprs are the arguments
  Pivot,          // exprs: `group_count` keys and one aggregate for each further output, then the columns pivoted by
  Unpivot,  // exprs: `group_count` kept columns, then row by row the values; outputs: kept, label, values. all: NULLs too
  RecursiveCte,  // inputs: anchor, step; SelfReference inside the step, its input is the anchor
  SelfReference,
  Sample,
};

enum class SortOrder : uint8_t { Ascending, Descending };

struct Column {
  Symbol name;
  Type type;
  bool nullable = true;
  RelId relation;      // that produces it
  uint32_t index = 0;  // among that relation's outputs
};

struct Rel {
  RelKind kind = RelKind::OneRow;
  uint8_t op = 0;    // ast::JoinKind, ast::SetOpKind
  bool all = false;  // SetOp ALL
  bool lateral = false;
  std::vector<RelId> inputs;
  std::vector<ExprId> exprs;
  std::vector<ColumnId> outputs;
  uint32_t group_count = 0;
  std::vector<std::vector<uint32_t>> grouping_sets;  // of Aggregate: indices of keys
  Symbol table;                                      // Scan: folded qualified name
  ast::NodeId node;                                  // where it was written
};

enum class ExprKind : uint8_t {
  Column,
  OuterColumn,  // a column of this query, of an enclosing one
  Literal,
  Parameter,
  LambdaParameter,
  Unary,
  Binary,
  Between,
  In,
  InQuery,
  Like,
  Is,
  IsDistinct,
  Case,
  Cast,
  Call,
  Lambda,
  Exists,
  ScalarQuery,
  Subscript,
  Field,
  PathStep,
  Struct,
  Window,
  Error,
};

struct Expr {
  ExprKind kind = ExprKind::Error;
  uint8_t op = 0;
  bool negated = false;
  bool distinct = false;  // Call: an aggregate over DISTINCT
  bool implicit = false;  // Cast: not written, made by coercion
  bool foldable = false;
  bool nullable = true;
  bool has_filter = false;
  Type type;
  ColumnId column;                         // Column, OuterColumn
  const FunctionInfo* function = nullptr;  // Call of a built-in
  Symbol name;  // Literal: text; Field: name; Call of a user function: folded name; LambdaParameter
  /// The children are `ir.children(id)`.
  /// Case: [operand?] when, then, when, then, ..., [else] with `op` 1: operand present, 2: else present.
  /// Call: `argument_count` arguments, then the filter if `has_filter`, then WITHIN GROUP keys.
  /// Window: the call, then `partition_count` partition keys, then order keys.
  /// Lambda: the body; its parameters are LambdaParameter leaves. Struct: the fields in order.
  /// Exists, ScalarQuery, InQuery: [operand of InQuery], then the columns of this level that the query reads
  /// (`argument_count`: the operands).
  uint32_t first_child = 0;
  uint32_t child_count = 0;
  uint32_t partition_count = 0;
  uint32_t argument_count = 0;
  RelId query;  // Exists, ScalarQuery, InQuery
  ast::NodeId node;
};

struct Ir {
  Ir() : rels(1), exprs(1), columns(1) {}
  std::vector<Rel> rels;    // what a relation reads stands before it; a CTE that is read twice is one relation
  std::vector<Expr> exprs;  // children stand before their parents; one expression may have several parents
  std::vector<Column> columns;
  std::vector<ExprId> child_pool;
  std::unordered_map<uint32_t, std::vector<Symbol>> clears;  // Call of a user's function -> classes of @pii

  std::span<const ExprId> children(ExprId id) const {
    const Expr& expr = exprs[id.value];
    return {child_pool.data() + expr.first_child, expr.child_count};
  }

  Rel& operator[](RelId id) { return rels[id.value]; }
  const Rel& operator[](RelId id) const { return rels[id.value]; }
  Expr& operator[](ExprId id) { return exprs[id.value]; }
  const Expr& operator[](ExprId id) const { return exprs[id.value]; }
  Column& operator[](ColumnId id) { return columns[id.value]; }
  const Column& operator[](ColumnId id) const { return columns[id.value]; }
};

}  // namespace pipec::sql
