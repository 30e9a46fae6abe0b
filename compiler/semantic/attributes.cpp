// What may stand behind a column or before it, names of two parts, and names that something had before.
#include <algorithm>

#include <fmt/format.h>

#include "semantic/items.h"
#include "semantic/world.h"

namespace pipec::semantic {

using ast::AttrKind;
using ast::NodeId;

namespace {

std::string_view words_of(AttrKind kind) {
  switch (kind) {
    case AttrKind::NotNull:
      return "not null";
    case AttrKind::Null:
      return "null";
    case AttrKind::PrimaryKey:
      return "primary key";
    case AttrKind::Unique:
      return "unique";
    case AttrKind::References:
      return "references";
    case AttrKind::Default:
      return "default";
    case AttrKind::RenamedFrom:
      return "renamed from";
    case AttrKind::Timezone:
      return "timezone";
    case AttrKind::Collate:
      return "collate";
    case AttrKind::From:
    case AttrKind::FromParent:
      return "from";
    case AttrKind::As:
      return "as";
    case AttrKind::Format:
      return "format";
    case AttrKind::UnnestAs:
      return "unnest as";
  }
  return "";
}

}  // namespace

void check_attributes(const Resolving& context, NodeId column, std::string_view owner) {
  const ast::Tree& tree = context.tree;
  for (NodeId node : tree.list(tree.get<ast::ColumnDecl>(column).attributes)) {
    if (!tree.is<ast::ColumnAttr>(node)) continue;
    auto kind = tree.op<AttrKind>(node);
    if (kind == AttrKind::NotNull || kind == AttrKind::Null || kind == AttrKind::RenamedFrom) continue;
    context.report(diag::UnknownItem, node, fmt::format("a column of {} has no `{}`", owner, words_of(kind)))
        .help("a column here has a type, `not null` and `renamed from`: what else holds is an `expect`");
  }
}

void check_renamed(const Resolving& context, NodeId column, const std::vector<Symbol>& names) {
  const ast::Tree& tree = context.tree;
  for (NodeId node : tree.list(tree.get<ast::ColumnDecl>(column).attributes)) {
    if (!tree.is<ast::ColumnAttr>(node) || tree.op<AttrKind>(node) != AttrKind::RenamedFrom) continue;
    NodeId old = tree.get<ast::ColumnAttr>(node).value;
    Symbol name = text_of(tree, old);
    auto same = [&](Symbol other) { return other.folded() == name.folded(); };
    if (std::any_of(names.begin(), names.end(), same)) report_not_renamed(context.sink, context.place(old), name);
  }
}

void report_not_renamed(Sink& sink, Place old, Symbol name) {
  sink.report(diag::BadName, old, fmt::format("`{}` is still there, so it is not the old name", name.text()))
      .help("take `renamed from` out, or what still has the name");
}

bool check_two_names(const Resolving& context, NodeId qname, std::string_view what, std::string_view example) {
  if (!context.tree.is<ast::QName>(qname) || context.tree.children(qname).size() == 2) return true;
  context.report(diag::BadName, qname, fmt::format("{}: two names are needed", what))
      .help(fmt::format("write `{}`", example));
  return false;
}

void check_file(const Resolving& context, const Reader& reader, NodeId node, std::string_view path) {
  if (path.empty() || reader.has_file(path)) return;
  context.report(diag::MissingFile, node, fmt::format("the project has no file `{}`", path))
      .help(did_you_mean(path, reader.file_names()));
}

}  // namespace pipec::semantic
