// A function that gives a table, checked at its definition: bound over tables that have what the parameters say, and
// else anything.
#include <deque>

#include <fmt/format.h>

#include "ast/build.h"
#include "semantic/table_functions.h"
#include "semantic/template_body.h"
#include "sql/binder.h"

namespace pipec::semantic {

using namespace ast;

namespace {

class Definition {
 public:
  Definition(const Resolving& context, const FunctionDecl& decl) : from_(context.tree), decl_(decl) {}

  /// A query whose WITH holds a table for each parameter that is one.
  std::shared_ptr<const Tree> stand_ins(TemplateBody& text) {
    auto made = std::make_shared<Tree>();
    to_ = made.get();
    Substitution with;
    for (NodeId id : from_.list(decl_.params)) add(id, with);
    std::vector<NodeId> ctes;
    for (const Table& table : tables_) ctes.push_back(cte(table));
    NodeId query = text.copy(*to_, with);
    NodeId list = to_->add(NodeKind::List, ctes);
    NodeId outer = to_->add(NodeKind::With, {list});
    to_->root = to_->add(NodeKind::Query, {outer, query, {}, {}, {}, {}, {}, {}, {}}, {}, 0, 0, from_[decl_.body].span);
    return made;
  }

 private:
  struct Table {
    Symbol name;
    bool open = true;  // it may have any column
    std::vector<NodeId> items;
  };

  void add(NodeId id, Substitution& with) {
    ParamDecl param = from_.get<ParamDecl>(id);
    Symbol name = from_.name(id).folded();
    switch (from_.op<ParamKind>(id)) {
      case ParamKind::Table: {
        Table& table = tables_.emplace_back();
        table.name = name;
        table.open = !param.type;
        for (NodeId field : from_.list(param.type)) {
          table.items.push_back(column(from_.name(field), from_.get<StructField>(field).type));
        }
        with.tables.push_back({name, name});
        break;
      }
      case ParamKind::Value:
        with.values.push_back({name, to_value(param.type), {}});
        with.values.back().node = values_.back().root;
        break;
      case ParamKind::Column:
      case ParamKind::Columns: {
        bool several = from_.op<ParamKind>(id) == ParamKind::Columns;
        if (!tables_.empty()) tables_.back().items.push_back(column(name, param.type));
        with.columns.push_back({name, several, {name}, {}});
        break;
      }
    }
  }

  NodeId null_of(Tree& tree, NodeId type) {
    SqlBuilder sql(tree);
    return sql.cast(sql.null(), tree.copy(from_, type));
  }

  // Trees of their own, since a tree is never copied into itself.
  const Tree* to_value(NodeId type) {
    Tree& tree = values_.emplace_back();
    tree.root = null_of(tree, type);
    return &tree;
  }

  NodeId column(Symbol name, NodeId type) {
    return SqlBuilder(*to_).item(type ? null_of(*to_, type) : to_->add(NodeKind::Error, {}), name);
  }

  NodeId cte(const Table& table) {
    SqlBuilder sql(*to_);
    bool open = table.open || table.items.empty();
    NodeId query = open ? sql.select({.items = {sql.star()}, .from = {to_->add(NodeKind::Error, {})}})
                        : sql.select({.items = table.items});
    return sql.cte(table.name, query);
  }

  const Tree& from_;
  const FunctionDecl& decl_;
  Tree* to_ = nullptr;
  std::vector<Table> tables_;
  std::deque<Tree> values_;
};

// Each column parameter is one of the table before it.
void check_owners(const Resolving& context, const FunctionDecl& decl) {
  bool table = false;
  for (NodeId id : context.tree.list(decl.params)) {
    ParamKind kind = context.tree.op<ParamKind>(id);
    table = table || kind == ParamKind::Table;
    if (table || kind == ParamKind::Value) continue;
    context.report(diag::FunctionShape, id, "a column is one of the table that stands before it, and there is none")
        .help("put the parameter behind that table: `t table, k columns`");
  }
}

std::vector<Symbol> check_names(const Resolving& context, const FunctionDecl& decl, const TemplateBody& text) {
  std::vector<Symbol> tables;
  auto defined = text.defined();
  for (NodeId id : context.tree.list(decl.params)) {
    Symbol name = context.tree.name(id).folded();
    if (context.tree.op<ParamKind>(id) == ParamKind::Table) tables.push_back(name);
    for (const auto& [own, node] : defined) {
      if (own != name) continue;
      context
          .report(diag::FunctionShape, node, fmt::format("`{}` is a parameter, and cannot be given away", own.text()))
          .label(context.place(id), "the parameter")
          .help("use another name here");
    }
  }
  return tables;
}

}  // namespace

NodeId table_body(const Tree& tree, const FunctionDecl& decl) {
  NodeId body = decl.body;
  while (tree.is<Paren>(body)) body = tree.get<Paren>(body).inner;
  if (tree.is<ScalarQuery>(body)) body = tree.get<ScalarQuery>(body).query;
  return tree.is<Query>(body) ? body : NodeId{};
}

void check_table_function(const Resolving& context, const Reader& reader, const FunctionDecl& decl) {
  const Tree& tree = context.tree;
  NodeId body = table_body(tree, decl);
  if (!body) {
    if (decl.body && tree.kind(decl.body) == NodeKind::Error) return;
    context.report(diag::FunctionShape, decl.body ? decl.body : decl.name, "a function that gives a table is a query")
        .help("write `= select ...`, or another type behind `returns`");
    return;
  }
  check_owners(context, decl);
  TemplateBody text(tree, body);
  std::vector<Symbol> tables = check_names(context, decl, text);
  for (NodeId table : text.free_tables(tables)) {
    context
        .report(diag::FunctionReads, table,
                fmt::format("`{}` was not given to the function", tree.dotted(table).text()))
        .help("take it as a parameter: `t table`");
  }
  if (context.sink.has_errors()) return;
  Definition definition(context, decl);
  std::shared_ptr<const Tree> made = definition.stand_ins(text);
  for (NodeId several : text.misplaced()) {
    context
        .report(diag::FunctionShape, several,
                fmt::format("`{}` may be several columns, and one value is wanted here", tree.dotted(several).text()))
        .help("use it as an item of a list, or declare it `column`");
  }
  sql::bind_query(*made, made->root, {reader, context.sink, context.declaration.key});
}

}  // namespace pipec::semantic
