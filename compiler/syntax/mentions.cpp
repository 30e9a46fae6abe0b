#include "syntax/mentions.h"

#include <algorithm>

#include "ast/walk.h"

namespace pipec::syntax {

using namespace ast;

namespace {

void sort_unique(std::vector<Symbol>& names) {
  std::sort(names.begin(), names.end(), ByText{});
  names.erase(std::unique(names.begin(), names.end()), names.end());
}

}  // namespace

void collect_mentions(const Tree& tree, std::vector<Symbol>& mentions, std::vector<Symbol>& calls) {
  auto mention = [&](NodeId name) {
    if (!name) return;
    NodeId last = tree.children(name).empty() ? NodeId{} : tree.children(name).back();
    if (!tree.is<Wildcard>(last)) {
      mentions.push_back(tree.dotted(name).folded());
      return;
    }
    std::string text;
    for (NodeId part : tree.children(name)) {
      if (!text.empty()) text += '.';
      text += tree.is<Wildcard>(part) ? std::string_view("*") : tree.name(part).text();
    }
    mentions.push_back(Symbol::of(text).folded());
  };
  // A table that is given to a function looks like a column.
  auto mention_given = [&](NodeId list) {
    each_below(tree, list, [&](NodeId id) {
      if (tree.is<ColumnRef>(id)) mention(id);
    });
  };
  bool in_source = tree.is<SourceDecl>(tree.root);  // its references are between its own tables
  for (uint32_t i = 1; i < tree.size(); ++i) {
    NodeId id{i};
    switch (tree.kind(id)) {
      case NodeKind::TableRef:
        mention(tree.get<TableRef>(id).table);
        break;
      case NodeKind::TableQuery:
        mention(tree.get<TableQuery>(id).table);
        break;
      case NodeKind::TableFunction:
        calls.push_back(tree.dotted(tree.get<TableFunction>(id).function).folded());
        mention_given(tree.get<TableFunction>(id).arguments);
        break;
      case NodeKind::Call:
        calls.push_back(tree.dotted(tree.get<Call>(id).function).folded());
        break;
      case NodeKind::CdcDecl:
        mention(tree.get<CdcDecl>(id).source);
        break;
      case NodeKind::SnapshotDecl:
        mention(tree.get<SnapshotDecl>(id).source);
        break;
      case NodeKind::TestDecl:
        mention(tree.get<TestDecl>(id).target);
        break;
      case NodeKind::EntityDecl:
        mention(tree.get<EntityDecl>(id).target);
        break;
      case NodeKind::MetricDecl:
        mention(tree.get<MetricDecl>(id).target);
        break;
      case NodeKind::CheckDecl:
        mention(tree.get<CheckDecl>(id).target);
        break;
      case NodeKind::ExportDecl:
        mention(tree.get<ExportDecl>(id).source);
        mentions.push_back(tree.name(tree.get<ExportDecl>(id).destination).folded());
        break;
      case NodeKind::Expect:
        mention(tree.get<Expect>(id).references);
        break;
      case NodeKind::Selection:
        mention(tree.get<Selection>(id).target);
        break;
      case NodeKind::ColumnAttr:
        if (!in_source && tree.op<AttrKind>(id) == AttrKind::References) mention(tree.get<ColumnAttr>(id).value);
        break;
      case NodeKind::Property: {
        std::string_view name = tree.name(id).text();
        if (name == "ignore changes of" || name == "after") {
          for (NodeId value : tree.children(id)) mention(value);
        } else if (name == "reads") {  // of each table: its name, and the columns
          for (NodeId table : tree.children(id)) mention(tree.children(table)[0]);
        } else if (name == "after sync of") {
          for (NodeId value : tree.children(id)) mentions.push_back(tree.name(value).folded());
        }
        break;
      }
      default:
        break;
    }
  }
  if (tree.is<FunctionDecl>(tree.root)) mentions.clear();  // it reads what it is given
  sort_unique(mentions);
  sort_unique(calls);
}

}  // namespace pipec::syntax
