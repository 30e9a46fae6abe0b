// `* EXCEPT (a, s.f)`: columns left out, and fields left out of structs.
#include <algorithm>

#include "sql/bind.h"

namespace pipec::sql {

using namespace ast;

/// What EXCEPT or DROP names, found among the star's columns: qualified or not, with a path into a struct or without.
std::vector<StarCut> Binder::star_cuts(NodeId names, std::span<const ScopeColumn* const> chosen, const Scope& scope) {
  std::vector<StarCut> cuts;
  for (NodeId name : tree_.list(names)) {
    std::vector<Symbol> parts;
    for (NodeId word : tree_.children(name)) parts.push_back(tree_.name(word).folded());
    StarCut cut;
    for (size_t qualifiers = std::min<size_t>(2, parts.size() - 1) + 1; qualifiers-- > 0 && !cut.column;) {
      for (const ScopeColumn* column : chosen) {
        if (column->folded != parts[qualifiers]) continue;
        bool fits =
            qualifiers == 0 || (column->relation != kNoRelation &&
                                scope.answers(scope.relations[column->relation], std::span(parts).first(qualifiers)));
        if (!fits) continue;
        cut.column = column;
        cut.path.assign(parts.begin() + static_cast<std::ptrdiff_t>(qualifiers) + 1, parts.end());
        break;
      }
    }
    if (!cut.column) {
      if (scope.broken()) continue;
      std::vector<std::string_view> known;
      for (const ScopeColumn* column : chosen) known.push_back(column->name.text());
      Symbol last = tree_.name(tree_.children(name).back());
      auto builder = report(diag::UnknownColumn, name, fmt::format("no column `{}` to leave out", last.text()));
      if (std::string help = did_you_mean(last.text(), known); !help.empty()) builder.help(help);
      continue;
    }
    for (const StarCut& other : cuts) {
      size_t common = std::min(cut.path.size(), other.path.size());
      if (other.column == cut.column &&
          std::equal(cut.path.begin(), cut.path.begin() + static_cast<std::ptrdiff_t>(common), other.path.begin())) {
        report(diag::DuplicateName, name, fmt::format("`{}` is left out twice", tree_.dotted(name).text()));
        break;
      }
    }
    Type at = ir_[cut.column->id].type;
    for (size_t i = 0; i < cut.path.size() && !at.is_error(); ++i) {
      const StructFieldType* found = nullptr;
      if (at.is(TypeKind::Struct)) {
        for (const StructFieldType& field : at.fields()) {
          if (field.name.folded() == cut.path[i]) found = &field;
        }
      }
      if (!found) {
        report(diag::UnknownField, name, fmt::format("no field `{}` in {}", cut.path[i].text(), at.text()));
        break;
      }
      at = found->type;
    }
    cuts.push_back(std::move(cut));
  }
  return cuts;
}

/// The struct built again without the fields at the ends of the paths; a NULL becomes a struct of NULLs.
ExprId Binder::without_fields(ExprId value, const std::vector<std::vector<Symbol>>& paths, NodeId node) {
  if (!type(value).is(TypeKind::Struct)) return value;
  std::vector<ExprId> children;
  std::vector<StructFieldType> fields;
  for (const StructFieldType& field : type(value).fields()) {
    std::vector<std::vector<Symbol>> below;
    bool dropped = false;
    for (const std::vector<Symbol>& path : paths) {
      if (path.empty() || path[0] != field.name.folded()) continue;
      if (path.size() == 1) {
        dropped = true;
      } else {
        below.emplace_back(path.begin() + 1, path.end());
      }
    }
    if (dropped) continue;
    ExprId part = bind_field(value, field.name, node, node);
    if (!below.empty()) part = without_fields(part, below, node);
    children.push_back(part);
    fields.push_back({field.name, type(part), field.nullable});
  }
  Expr expr;
  expr.kind = ExprKind::Struct;
  expr.nullable = false;
  expr.type = Type::structure(std::move(fields));
  expr.argument_count = static_cast<uint32_t>(children.size());
  expr.node = node;
  return add(expr, children);
}

/// `s.*` of a struct: its fields, those of EXCEPT left out.
void Binder::expand_struct(ExprId base, NodeId star, std::vector<Item>& items) {
  std::vector<std::vector<Symbol>> cuts;
  for (NodeId name : tree_.list(tree_.get<Star>(star).except)) {
    std::vector<Symbol>& path = cuts.emplace_back();
    for (NodeId word : tree_.children(name)) path.push_back(tree_.name(word).folded());
    std::span<const StructFieldType> fields = type(base).fields();
    auto is_it = [&](const StructFieldType& field) { return field.name.folded() == path[0]; };
    if (std::none_of(fields.begin(), fields.end(), is_it)) {
      report(diag::UnknownColumn, name, fmt::format("no column `{}` to leave out", tree_.dotted(name).text()));
    }
  }
  for (const StructFieldType& field : type(base).fields()) {
    std::vector<std::vector<Symbol>> below;
    bool dropped = false;
    for (const std::vector<Symbol>& path : cuts) {
      if (path[0] != field.name.folded()) continue;
      dropped = dropped || path.size() == 1;
      below.emplace_back(path.begin() + 1, path.end());
    }
    if (dropped) continue;
    Item item;
    item.value = bind_field(base, field.name, star, star);
    if (!below.empty()) item.value = without_fields(item.value, below, star);
    item.name = field.name;
    item.node = star;
    item.from_star = true;
    items.push_back(std::move(item));
  }
}

}  // namespace pipec::sql
