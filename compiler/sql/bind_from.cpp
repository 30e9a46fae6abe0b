// What FROM names: tables, subqueries, inline tables, table functions.
#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

// Each join copies the columns so far, so an absurd number of them is refused before it takes the memory.
constexpr size_t kMaxRelations = 1000;

Symbol last_word(const Tree& tree, NodeId qname) {
  std::span<const NodeId> parts = tree.children(qname);
  return parts.empty() ? Symbol() : tree.name(parts.back());
}

}  // namespace

RelId Binder::bind_from(NodeId list, NodeId select, Scope& scope) {
  RelId rel;
  for (NodeId node : tree_.list(list)) {
    if (!rel) {
      rel = bind_relation(node, scope, nullptr);
      continue;
    }
    Scope right;
    RelId right_rel = bind_relation(node, right, &scope);
    rel = join(rel, scope, right_rel, std::move(right), JoinKind::Comma, node, {}, false, tree_.is<Lateral>(node));
    if (scope.relations.size() > kMaxRelations) {
      report(diag::TooLarge, node, fmt::format("more than {} tables in one FROM", kMaxRelations));
      scope.relations.back().broken = true;
      return rel;
    }
  }
  return rel ? rel : add_rel(RelKind::OneRow, {}, {}, select);
}

/// Joins lean to the left, however many there are: the spine is walked, not recursed into.
RelId Binder::bind_relation(NodeId node, Scope& scope, Scope* left) {
  std::vector<NodeId> spine;
  while (tree_.is<Join>(node)) {
    spine.push_back(node);
    node = tree_.get<Join>(node).left;
  }
  RelId rel = bind_primary(node, scope, left);
  for (size_t i = spine.size(); i-- > 0;) {
    Join parts = tree_.get<Join>(spine[i]);
    Scope right;
    RelId right_rel = bind_relation(parts.right, right, &scope);
    rel = join(rel, scope, right_rel, std::move(right), tree_.op<JoinKind>(spine[i]), spine[i], parts.condition,
               tree_.has(spine[i], kNatural), tree_.is<Lateral>(parts.right));
    if (scope.relations.size() > kMaxRelations) {
      report(diag::TooLarge, spine[i], fmt::format("more than {} tables in one FROM", kMaxRelations));
      scope.relations.back().broken = true;
      break;
    }
  }
  return rel;
}

RelId Binder::bind_primary(NodeId node, Scope& scope, Scope* left) {
  Relation relation;
  ScopeRelation named;
  NodeId alias, sample;
  switch (tree_.kind(node)) {
    case NodeKind::TableRef:
      return bind_table(node, scope);
    case NodeKind::TableFunction:
      return bind_table_function(node, scope, nullptr);
    case NodeKind::QueryRef: {
      QueryRef ref = tree_.get<QueryRef>(node);
      relation = bind_query(ref.query, level_->boundary);
      alias = ref.alias, sample = ref.sample;
      break;
    }
    case NodeKind::ValuesRef: {
      ValuesRef ref = tree_.get<ValuesRef>(node);
      relation = bind_values(ref.rows, node, level_->boundary);
      alias = ref.alias;
      break;
    }
    case NodeKind::ParenRef: {
      ParenRef ref = tree_.get<ParenRef>(node);
      if (!ref.alias) {
        RelId rel = bind_relation(ref.relation, scope, left);
        return bind_sample(rel, ref.sample);
      }
      Scope inner;
      relation.rel = bind_relation(ref.relation, inner, left);
      relation.broken = inner.broken();
      for (const ScopeColumn& column : inner.columns) {
        if (!column.hidden) relation.columns.push_back({column.name, column.id});
      }
      alias = ref.alias, sample = ref.sample;
      break;
    }
    case NodeKind::Pivot:
      relation = bind_pivot(node, left);
      alias = tree_.get<ast::Pivot>(node).alias;
      break;
    case NodeKind::Unpivot:
      relation = bind_unpivot(node, left);
      alias = tree_.get<ast::Unpivot>(node).alias;
      break;
    case NodeKind::Lateral: {
      // A lateral relation sees what stands to its left as a subquery sees the query around it.
      Level level = new_level(level_->boundary);
      if (left) std::swap(level.scope, *left);
      Boundary boundary{&level, {}};
      NodeId inner = tree_.get<Lateral>(node).relation;
      RelId rel;
      {
        Level inside = new_level(&boundary);
        Restore restore(level_, &inside);
        rel = tree_.is<ast::TableFunction>(inner) ? bind_table_function(inner, scope, &level.scope)
                                                  : bind_primary(inner, scope, nullptr);
      }
      if (left) std::swap(level.scope, *left);
      check_correlation({rel, {}, false}, boundary, false, node);
      return rel;
    }
    case NodeKind::Error:
      ok_ = false;
      named.broken = true;
      relation.rel = add_rel(RelKind::OneRow, {}, {}, node);
      break;
    default:
      not_supported(node, "this form of table");
      named.broken = true;
      relation.rel = add_rel(RelKind::OneRow, {}, {}, node);
  }
  apply_alias(relation, named, alias);
  relation.rel = bind_sample(relation.rel, sample);
  RelId rel = relation.rel;
  scope.add(std::move(relation), named);
  return rel;
}

RelId Binder::bind_table(NodeId node, Scope& scope) {
  TableRef ref = tree_.get<TableRef>(node);
  ScopeRelation named;
  Relation relation = resolve_table(ref.table, node, named);
  apply_alias(relation, named, ref.alias);
  relation.rel = bind_sample(relation.rel, ref.sample);
  RelId rel = relation.rel;
  scope.add(std::move(relation), named);
  return rel;
}

/// A CTE by one word, else a table of the catalog.
Relation Binder::resolve_table(NodeId qname, NodeId node, ScopeRelation& named) {
  if (tree_.kind(qname) == NodeKind::Error) {
    ok_ = false;
    return {add_rel(RelKind::OneRow, {}, {}, node), {}, true};
  }
  Symbol dotted = tree_.dotted(qname);
  Symbol folded = dotted.folded();
  named.shown = dotted;
  named.alias = last_word(tree_, qname).folded();
  if (tree_.children(qname).size() == 1) {
    if (const CteEntry* entry = find_cte(folded)) return reuse(*entry, node);
  } else {
    named.schema = folded;
  }
  const TableInterface* table = context_.catalog.table(folded);
  if (!table) return unknown_table(qname, folded);
  tables_.relations[node.value] = folded;
  named.declaration = table->declaration;
  return scan(folded, *table, node);
}

Relation Binder::scan(Symbol folded, const TableInterface& table, NodeId node) {
  Relation relation;
  relation.broken = table.broken;
  relation.rel = add_rel(RelKind::Scan, {}, {}, node);
  ir_[relation.rel].table = folded;
  relation.columns.reserve(table.columns.size());
  for (const InterfaceColumn& column : table.columns) {
    relation.columns.push_back({column.name, add_column(relation.rel, column.name, column.type, column.nullable)});
  }
  return relation;
}

Relation Binder::unknown_table(NodeId name, Symbol folded) {
  std::vector<std::string_view> names = context_.catalog.table_names();
  for (const CteEntry* entry = ctes_; entry; entry = entry->parent) names.push_back(entry->folded.text());
  auto builder = report(diag::UnknownTable, name, fmt::format("no table `{}`", tree_.dotted(name).text()));
  builder.about(folded);
  if (std::string words = did_you_mean(folded.text(), names); !words.empty()) builder.help(std::move(words));
  return {add_rel(RelKind::OneRow, {}, {}, name), {}, true};
}

void Binder::apply_alias(Relation& relation, ScopeRelation& named, NodeId alias) {
  if (!alias) return;
  if (Symbol name = tree_.name(alias); !name.empty()) {
    named.alias = name.folded();
    named.schema = {};
    named.shown = name;
  }
  rename(relation, tree_.get<Alias>(alias).columns);
}

RelId Binder::bind_sample(RelId input, NodeId sample) {
  return sample ? pass(RelKind::Sample, input, {}, sample) : input;
}

}  // namespace pipec::sql
