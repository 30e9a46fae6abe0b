// The select list: items, aliases, and what `*` stands for.
#include <algorithm>

#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

namespace {

// `select *, *` in a chain of CTEs doubles at each step: such a query is refused before it takes the memory.
constexpr size_t kMaxColumns = 50000;

}  // namespace

namespace {

SideTables::StarColumn star_column(const ScopeColumn& column, const Scope& scope) {
  if (column.relation == kNoRelation) return {{}, {}, column.name};
  const ScopeRelation& relation = scope.relations[column.relation];
  if (relation.schema.empty()) return {relation.shown, {}, column.name};
  return {scope.relations.size() == 1 ? Symbol() : relation.alias, relation.schema, column.name};
}

/// Whether each column can be said by a name: a relation may have two of one name, and what Spark calls an expression
/// without an alias is not for us to repeat. A star of other columns stays as it was written.
bool can_be_named(std::span<const ScopeColumn* const> chosen, const Scope& scope) {
  auto key = [&](const ScopeColumn& column, bool qualified) {
    Symbol alias = qualified && column.relation != kNoRelation ? scope.relations[column.relation].alias : Symbol();
    return uint64_t{alias.value} << 32 | column.folded.value;
  };
  std::unordered_map<uint64_t, int> seen;
  for (const ScopeColumn& column : scope.columns) {
    ++seen[key(column, true)];
    bool has_alias = key(column, true) != key(column, false);
    if (has_alias && !column.hidden) ++seen[key(column, false)];
  }
  return !chosen.empty() && std::all_of(chosen.begin(), chosen.end(), [&](const ScopeColumn* column) {
    return seen[key(*column, true)] == 1 && column->name.text().find('(') == std::string_view::npos;
  });
}

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
  for (Generator& generator : level_->generators) {
    if (generator.node == node) return bind_generator(generator, items);
  }
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
  NodeId value = parts.value;
  while (tree_.is<Paren>(value)) value = tree_.get<Paren>(value).inner;
  if (tree_.is<Row>(value) && tree_.list(tree_.get<Row>(value).items).size() == 1) {
    NodeId only = tree_.list(tree_.get<Row>(value).items)[0];
    if (tree_.is<Star>(only)) value = only;
  }
  if (tree_.is<Star>(value)) {
    expand_star(value, items);
    if (value != parts.value) tables_.stars.erase(value.value);  // `(*)`: a list there would be a struct
    return;
  }
  Item item;
  item.node = node;
  {
    Restore restore(lateral_alias_used_, false);
    item.value = bind_in(parts.value, Clause::Select);
    item.lateral = lateral_alias_used_;
  }
  item.name = tree_.name(node);
  std::span<const NodeId> names = tree_.list(parts.aliases);
  if (names.size() == 1) item.name = tree_.name(names[0]);
  item.named = !item.name.empty();
  if (names.size() > 1 && !type(item.value).is_error()) {
    report(diag::AliasCount, node, "several names for one value: only a generator makes several columns");
  }
  if (!item.named) item.name = item_name(parts.value, item.value);
  items.push_back(std::move(item));
}

void Binder::expand_star(NodeId star, std::vector<Item>& items) {
  Star parts = tree_.get<Star>(star);
  std::vector<Symbol> qualifier;
  if (parts.qualifier) {
    for (NodeId part : tree_.children(parts.qualifier)) qualifier.push_back(tree_.name(part).folded());
  }
  // A subquery may take the star of a table around it: LATERAL (SELECT t.*).
  size_t depth = 0;
  Level* at = level_;
  auto has_it = [&](const Level& level) {
    if (qualifier.empty()) return true;
    for (const ScopeRelation& relation : level.scope.relations) {
      if (level.scope.answers(relation, qualifier)) return true;
    }
    return level.scope.find(qualifier).outcome != Scope::Outcome::NotFound;
  };
  for (Level* outer = level_; outer; outer = outer->boundary ? outer->boundary->outside : nullptr, ++depth) {
    if (depth > 1) break;
    if (!has_it(*outer)) continue;
    at = outer;
    break;
  }
  if (at == level_) depth = 0;
  const Scope& scope = at->scope;
  auto read = [&](const ScopeColumn& found) {
    return depth == 0 ? column(found.id, found.name, star) : capture(found, depth, found.name, star);
  };
  std::vector<const ScopeColumn*> chosen;
  if (qualifier.empty()) {
    for (const ScopeColumn& column : scope.columns) {
      if (!column.hidden) chosen.push_back(&column);
    }
    level_->star_broken = level_->star_broken || scope.broken();
    if (scope.relations.empty()) {
      if (level_->boundary) return;  // a subquery without FROM has no columns
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
      if (lookup.outcome == Scope::Outcome::Found) {
        ExprId base = read(*lookup.column);
        for (size_t i = lookup.used; i < qualifier.size() && !type(base).is_error(); ++i) {
          base = bind_field(base, tree_.name(tree_.children(parts.qualifier)[i]), star,
                            tree_.children(parts.qualifier)[i]);
        }
        if (type(base).is(TypeKind::Struct)) {
          expand_struct(base, star, items);
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
      auto builder =
          report(diag::UnknownStar, parts.qualifier, fmt::format("no table `{}` in this query", written.text()));
      if (std::string words = did_you_mean(written.text(), names); !words.empty()) builder.help(words);
      return;
    }
  }

  std::vector<StarCut> cuts = star_cuts(parts.except, chosen, scope);
  bool named = can_be_named(chosen, scope);
  std::vector<SideTables::StarColumn> recorded;
  for (const ScopeColumn* found : chosen) {
    std::vector<std::vector<Symbol>> paths;
    bool whole = false;
    for (const StarCut& cut : cuts) {
      if (cut.column != found) continue;
      whole = whole || cut.path.empty();
      paths.push_back(cut.path);
    }
    if (whole) continue;
    Item item;
    item.value = read(*found);
    named = named && paths.empty();
    if (!paths.empty()) item.value = without_fields(item.value, paths, star);
    item.name = found->name;
    item.node = star;
    item.from_star = true;
    recorded.push_back(star_column(*found, scope));
    items.push_back(std::move(item));
  }
  if (named && !recorded.empty()) tables_.stars[star.value] = std::move(recorded);
}

}  // namespace pipec::sql
