// The body of a function of tables, copied with what its parameters stand for at one call.
#pragma once

#include <vector>

#include "ast/tree.h"

namespace pipec::semantic {

/// Every name is folded but for those that are written into the copy.
struct Substitution {
  struct Table {
    Symbol parameter;
    Symbol name;  // of the CTE that holds its rows
  };
  struct Columns {
    Symbol parameter;
    bool several = false;
    std::vector<Symbol> names;
    Span span;  // of the argument
  };
  struct Value {
    Symbol parameter;
    const ast::Tree* tree = nullptr;
    ast::NodeId node;
  };
  std::vector<Table> tables;
  std::vector<Columns> columns;
  std::vector<Value> values;
  /// Where what the body says is, in the declaration that the copy belongs to; empty: where it is in the body's own.
  Span call;
};

class TemplateBody {
 public:
  /// `body`: a Query of `from`, which outlives this.
  TemplateBody(const ast::Tree& from, ast::NodeId body) : from_(from), body_(body) {}

  /// The copy's root, a Query. Columns that stand where one value is wanted are collected in `misplaced`.
  ast::NodeId copy(ast::Tree& to, const Substitution& with);
  const std::vector<ast::NodeId>& misplaced() const { return misplaced_; }

  /// The names that the body gives to columns, tables and parameters of lambdas: folded, with their nodes.
  std::vector<std::pair<Symbol, ast::NodeId>> defined() const;
  /// TableRef and TableQuery nodes of tables that are neither of `known` (folded) nor of the body's own WITH.
  std::vector<ast::NodeId> free_tables(const std::vector<Symbol>& known) const;
  bool mentions(Symbol folded) const;

 private:
  ast::NodeId node(ast::NodeId id);
  ast::NodeId with_children(ast::NodeId id, std::span<const ast::NodeId> children);
  ast::NodeId table_name(ast::NodeId qname);
  ast::NodeId column_ref(ast::NodeId id);
  void item(ast::NodeId id, std::vector<ast::NodeId>& out);
  ast::NodeId one_of(ast::NodeId id, Symbol name, Span span);
  const Substitution::Columns* columns_of(ast::NodeId id) const;
  const Substitution::Columns* columns_named(std::span<const ast::NodeId> names) const;
  const Substitution::Table* table_named(ast::NodeId name) const;
  Span span_of(const Substitution::Columns& columns, ast::NodeId id) const {
    return !columns.span.empty() ? columns.span : span_of(id);
  }
  Span span_of(ast::NodeId id) const { return !with_->call.empty() ? with_->call : from_[id].span; }

  const ast::Tree& from_;
  ast::NodeId body_;
  ast::Tree* to_ = nullptr;
  const Substitution* with_ = nullptr;
  std::vector<ast::NodeId> misplaced_;
};

}  // namespace pipec::semantic
