// Queries: WITH, bodies, and the clauses around a body that is no SELECT.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

Relation Binder::bind_query(NodeId node, Boundary* boundary) {
  Query query = tree_.get<Query>(node);
  Restore ctes(ctes_, ctes_);
  if (query.with) {
    Restore none_wanted(scope_wanted_, false);
    bind_with(query.with, boundary);
  }
  Tail tail{query.order, query.sort, query.cluster, query.distribute, query.windows, query.limit, query.offset};
  return bind_body(query.body, tail, boundary);
}

Relation Binder::bind_body(NodeId body, const Tail& tail, Boundary* boundary) {
  if (!body) return {add_rel(RelKind::OneRow, {}, {}, body), {}, true};
  Relation relation;
  switch (tree_.kind(body)) {
    case NodeKind::Select:
      return bind_select(body, tail, boundary);
    case NodeKind::Query:
      relation = bind_query(body, boundary);
      break;
    case NodeKind::SetOp:
      relation = bind_set_op(body, boundary);
      break;
    case NodeKind::Values: {
      Values values = tree_.get<Values>(body);
      relation = bind_values(values.rows, body, boundary);
      ScopeRelation named;
      apply_alias(relation, named, values.alias);
      break;
    }
    case NodeKind::TableQuery: {
      ScopeRelation named;
      relation = resolve_table(tree_.get<TableQuery>(body).table, body, named);
      break;
    }
    case NodeKind::Pipe:
    case NodeKind::FromQuery:
      return bind_pipe(body, tail, boundary);
    case NodeKind::Error: {
      ok_ = false;
      return {add_rel(RelKind::OneRow, {}, {}, body), {}, true};
    }
    default: {
      not_supported(body, "this form of query");
      return {add_rel(RelKind::OneRow, {}, {}, body), {}, true};
    }
  }
  return bind_tail(std::move(relation), tail, boundary);
}

/// ORDER BY and the rest over a relation whose names are its outputs.
Relation Binder::bind_tail(Relation relation, const Tail& tail, Boundary* boundary) {
  if (!tail.any()) return relation;
  relation = sort_relation(std::move(relation), tail, boundary);
  relation.rel = bind_limit(relation.rel, tail);
  return relation;
}

RelId Binder::bind_limit(RelId input, const Tail& tail) {
  if (!tail.limit && !tail.offset) return input;
  auto amount = [&](NodeId node, std::string_view what) -> ExprId {
    if (!node || tree_.is<Name>(node)) return {};  // LIMIT ALL
    Level level = new_level(nullptr);
    Restore restore(level_, &level);
    ExprId value = bind_in(node, Clause::Limit);
    if (type(value).is_error()) return value;
    if (!ir_[value].foldable) {
      return fail(diag::BadLimit, node, fmt::format("{} must be a constant", what));
    }
    if (!type(value).is_integral()) {
      return fail(diag::BadLimit, node, fmt::format("{} must be a whole number, not {}", what, type(value).text()));
    }
    if (auto number = operand(value).integer; number && *number < 0) {
      return fail(diag::BadLimit, node, fmt::format("{} must not be negative", what));
    }
    return value;
  };
  ExprId limit = amount(tail.limit, "LIMIT");
  ExprId offset = amount(tail.offset, "OFFSET");
  return pass(RelKind::Limit, input, {limit, offset}, tail.limit ? tail.limit : tail.offset);
}

void Binder::bind_with(NodeId with, Boundary* boundary) {
  bool recursive = tree_.has(with, kRecursive);
  std::unordered_map<uint32_t, NodeId> names;
  for (NodeId cte : tree_.list(tree_.get<With>(with).ctes)) {
    if (!tree_.is<Cte>(cte)) continue;
    Symbol folded = tree_.name(cte).folded();
    if (auto [at, fresh] = names.emplace(folded.value, cte); !fresh) {
      report(diag::DuplicateName, cte, fmt::format("WITH defines `{}` twice", tree_.name(cte).text()))
          .label(place(at->second), "first here");
    }
    auto entry = std::make_unique<CteEntry>();
    entry->folded = folded;
    entry->relation = bind_cte(cte, recursive, boundary);
    entry->parent = ctes_;
    ctes_ = entry.get();
    if (!entry->relation.broken) {
      auto& columns = tables_.ctes[cte.value];
      for (const Relation::Column& column : entry->relation.columns) {
        columns.push_back({column.name, ir_[column.id].type});
      }
    }
    cte_store_.push_back(std::move(entry));
  }
}

Relation Binder::bind_cte(NodeId cte, bool recursive, Boundary* boundary) {
  if (recursive) return bind_recursive_cte(cte, boundary);
  Relation relation = bind_query(tree_.get<Cte>(cte).query, boundary);
  rename(relation, tree_.get<Cte>(cte).columns);
  for (NodeId need : tree_.list(tree_.get<Cte>(cte).needs)) check_need(relation, cte, need);
  return relation;
}

/// The table that a function is given by its name: `select * from table`.
Symbol Binder::given_table(NodeId cte) const {
  NodeId body = tree_.get<Query>(tree_.get<Cte>(cte).query).body;
  if (!tree_.is<Select>(body)) return {};
  std::span<const NodeId> from = tree_.list(tree_.get<Select>(body).from);
  auto found = from.size() == 1 ? tables_.relations.find(from[0].value) : tables_.relations.end();
  return found == tables_.relations.end() ? Symbol() : found->second;
}

/// What a function asks of a table that it is given: a column, of a type perhaps.
void Binder::check_need(Relation& relation, NodeId cte, NodeId need) {
  if (relation.broken) return;
  Symbol name = tree_.name(need);
  auto column = std::find_if(relation.columns.begin(), relation.columns.end(), [&](const Relation::Column& candidate) {
    return candidate.name.folded() == name.folded();
  });
  if (column == relation.columns.end()) {
    std::vector<std::string_view> names;
    for (const Relation::Column& known : relation.columns) names.push_back(known.name.text());
    auto builder = report(diag::UnknownColumn, need,
                          fmt::format("the table has no column `{}`, which the function reads", name.text()));
    if (std::string words = did_you_mean(name.text(), names); !words.empty()) builder.help(std::move(words));
    if (Symbol given = given_table(cte); !given.empty()) {
      builder.about(Symbol::of(fmt::format("column:{}.{}", given.text(), name.folded().text())));
    }
    relation.broken = true;
    return;
  }
  NodeId wanted = tree_.get<StructField>(need).type;
  if (!wanted) return;
  Type type = bind_type(wanted), given = ir_[column->id].type;
  if (type.is_error() || given.is_error() || given == type || widens(given, type)) return;
  report(diag::ArgumentType, need,
         fmt::format("`{}` is {}, but the function reads {}", name.text(), given.text(), type.text()))
      .help(fmt::format("give a query that casts it: `(select ..., cast({} as {}) as {} ...)`", name.text(),
                        type.text(), name.text()));
  relation.broken = true;
}

const CteEntry* Binder::find_cte(Symbol folded) const {
  for (const CteEntry* entry = ctes_; entry; entry = entry->parent) {
    if (entry->folded == folded) return entry;
  }
  return nullptr;
}

/// Each use of a CTE has columns of its own, over one shared relation.
Relation Binder::reuse(const CteEntry& entry, NodeId node) {
  const Relation& made = entry.relation;
  if (!entry.recursive) return project_cast(made, {}, node);
  ++recursive_reads_;
  Relation self;
  self.broken = made.broken;
  self.rel = add_rel(RelKind::SelfReference, {entry.recursive}, {}, node);
  for (const Relation::Column& column : made.columns) {
    Column shape = ir_[column.id];
    self.columns.push_back({column.name, add_column(self.rel, column.name, shape.type, true)});
  }
  return self;
}

/// Gives the columns the names of the list, which must be as long.
void Binder::rename(Relation& relation, NodeId names) {
  if (!names) return;
  std::span<const NodeId> list = tree_.list(names);
  if (list.size() != relation.columns.size()) {
    if (relation.broken) {
      // What the list names exists, whatever was wrong below.
      while (relation.columns.size() < list.size()) {
        relation.columns.push_back({{}, add_column(relation.rel, {}, Type(), true)});
      }
      relation.columns.resize(list.size());
    } else {
      report(diag::AliasCount, names, fmt::format("{} names for {} columns", list.size(), relation.columns.size()));
      relation.broken = true;
    }
  }
  for (size_t i = 0; i < list.size() && i < relation.columns.size(); ++i)
    relation.columns[i].name = tree_.name(list[i]);
}

}  // namespace pipec::sql
