// The select list: items, aliases, and what `*` stands for.
#include <algorithm>

#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

// `select *, *` in a chain of CTEs doubles at each step: such a query is refused before it takes the memory.
constexpr size_t kMaxColumns = 50000;

}  // namespace

void Binder::bind_items(NodeId list, std::vector<Item>& items) {
  for (NodeId node : tree_.list(list)) {
    if (tree_.is<Star>(node)) {
      expand_star(node, items);
    } else {
      bind_item(node, items);
    }
    if (items.size() > kMaxColumns) {
      report(diag::TooLarge, node, fmt::format("more than {} columns in one select list", kMaxColumns));
      items.resize(1);
      return;
    }
  }
}

void Binder::bind_item(NodeId node, std::vector<Item>& items) {
  if (!tree_.is<SelectItem>(node)) {
    ok_ = ok_ && tree_.kind(node) != NodeKind::Error;
    Item item;
    item.node = node;
    item.value = tree_.kind(node) == NodeKind::Error ? error(node) : bind_in(node, Clause::Select);
    item.name = item_name(node, item.value);
    items.push_back(std::move(item));
    return;
  }
  SelectItem parts = tree_.get<SelectItem>(node);
  if (tree_.is<Star>(parts.value)) {
    expand_star(parts.value, items);
    return;
  }
  Item item;
  item.node = node;
  item.value = bind_in(parts.value, Clause::Select);
  for (NodeId name : tree_.list(parts.aliases)) item.generated.push_back(tree_.name(name));
  item.name = tree_.name(node);
  item.named = !item.name.empty();
  if (item.generated.size() == 1) {
    item.name = item.generated[0];
    item.named = true;
  }
  if (item.generated.size() > 1 && !info(item.value).generator && !type(item.value).is_error()) {
    report(diag::AliasCount, node, "several names for one value: only a generator makes several columns");
  }
  if (!item.named) item.name = item_name(parts.value, item.value);
  items.push_back(std::move(item));
}

void Binder::expand_star(NodeId star, std::vector<Item>& items) {
  Star parts = tree_.get<Star>(star);
  const Scope& scope = level_->scope;
  std::vector<Symbol> qualifier;
  if (parts.qualifier) {
    for (NodeId part : tree_.children(parts.qualifier)) qualifier.push_back(tree_.name(part).folded());
  }
  std::vector<const ScopeColumn*> chosen;
  if (qualifier.empty()) {
    for (const ScopeColumn& column : scope.columns) {
      if (!column.hidden) chosen.push_back(&column);
    }
    level_->star_broken = level_->star_broken || scope.broken();
    if (scope.relations.empty()) {
      report(diag::StarNotAllowed, star, "`*` without FROM: there are no columns");
      return;
    }
  } else {
    bool known = false, broken = false;
    for (const ScopeRelation& relation : scope.relations) {
      if (!scope.answers(relation, qualifier)) continue;
      known = true;
      broken = broken || relation.broken;
    }
    level_->star_broken = level_->star_broken || broken;
    // What USING has merged away is still a column of its table, and stands first.
    for (bool hidden : {true, false}) {
      for (const ScopeColumn& column : scope.columns) {
        if (column.hidden != hidden || column.relation == kNoRelation) continue;
        if (scope.answers(scope.relations[column.relation], qualifier)) chosen.push_back(&column);
      }
    }
    if (!known) {
      // `s.*` of a struct column gives its fields.
      Scope::Lookup lookup = scope.find(qualifier);
      if (lookup.outcome == Scope::Outcome::Found && lookup.used == qualifier.size()) {
        ExprId base = column(lookup.column->id, lookup.column->name, star);
        if (type(base).is(TypeKind::Struct)) {
          for (const StructFieldType& field : type(base).fields()) {
            Item item;
            item.value = bind_field(base, field.name, star, star);
            item.name = field.name;
            item.node = star;
            item.from_star = true;
            items.push_back(std::move(item));
          }
          return;
        }
      }
      level_->star_broken = true;
      if (lookup.outcome == Scope::Outcome::Silent || scope.broken()) return;
      std::vector<std::string_view> names;
      for (const ScopeRelation& relation : scope.relations) {
        if (!relation.alias.empty()) names.push_back(relation.alias.text());
      }
      Symbol written = tree_.dotted(parts.qualifier);
      auto builder = report(diag::UnknownStar, parts.qualifier, fmt::format("no table `{}` in this query", written.text()));
      if (std::string words = did_you_mean(written.text(), names); !words.empty()) builder.help(words);
      return;
    }
  }

  std::vector<Symbol> except;
  for (NodeId name : tree_.list(parts.except)) {
    std::span<const NodeId> words = tree_.children(name);
    Symbol last = tree_.name(words.back());
    auto is_it = [&](const ScopeColumn* column) { return column->folded == last.folded(); };
    if (words.size() > 1 && std::none_of(chosen.begin(), chosen.end(), is_it)) {
      not_supported(name, "EXCEPT of a struct's field");
      continue;
    }
    if (std::none_of(chosen.begin(), chosen.end(), is_it)) {
      if (scope.broken()) continue;
      std::vector<std::string_view> names;
      for (const ScopeColumn* column : chosen) names.push_back(column->name.text());
      auto builder = report(diag::UnknownColumn, name, fmt::format("`*` has no column `{}`", last.text()));
      if (std::string help = did_you_mean(last.text(), names); !help.empty()) builder.help(help);
      continue;
    }
    if (std::find(except.begin(), except.end(), last.folded()) != except.end()) {
      report(diag::DuplicateName, name, fmt::format("EXCEPT names `{}` twice", last.text()));
    }
    except.push_back(last.folded());
  }

  std::vector<SideTables::StarColumn>& recorded = tables_.stars[star.value];
  for (const ScopeColumn* found : chosen) {
    if (std::find(except.begin(), except.end(), found->folded) != except.end()) continue;
    Item item;
    item.value = column(found->id, found->name, star);
    item.name = found->name;
    item.node = star;
    item.from_star = true;
    Symbol shown = found->relation == kNoRelation ? Symbol() : scope.relations[found->relation].shown;
    recorded.push_back({shown, found->name});
    items.push_back(std::move(item));
  }
}

}  // namespace pipec::sql
