#include <vector>

#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

void SqlWriter::from(NodeId list) {
  Commented around(*this, list);
  std::span<const NodeId> relations = tree().list(list);
  if (relations.size() == 1) {
    hoist(relations[0], true);
    put("from ");
    return relation(relations[0]);
  }
  Layout::Group group(layout_);
  put("from");
  Layout::Indent indent(layout_);
  for (size_t i = 0; i < relations.size(); ++i) {
    if (i != 0) put(",");
    layout_.line();
    hoist(relations[i]);
    relation(relations[i]);
  }
}

void SqlWriter::relation(NodeId id) {
  if (!id) return;
  Commented around(*this, id);
  relation_bare(id);
}

/// A chain of joins without recursion, each on a line of its own where the query is.
void SqlWriter::relation_bare(NodeId id) {
  std::vector<NodeId> spine;
  NodeId first = id;
  while (tree().is<Join>(first) || tree().is<Pivot>(first) || tree().is<Unpivot>(first)) {
    NodeId left = tree().children(first)[0];
    spine.push_back(first);
    bool comma = tree().is<Join>(left) && tree().op<JoinKind>(left) == JoinKind::Comma;
    bool own_comma = tree().is<Join>(first) && tree().op<JoinKind>(first) == JoinKind::Comma;
    first = left;
    if (comma && !own_comma) break;
  }
  for (NodeId step : spine) {
    if (step != id && comments_here()) before(step);
  }
  if (spine.empty()) return primary_relation(id);
  if (tree().is<Join>(first)) {  // a comma binds more loosely
    parenthesised([&] { relation(first); });
  } else {
    Commented around(*this, first);
    primary_relation(first);
  }
  for (size_t i = spine.size(); i-- > 0;) {
    join_step(spine[i]);
    if (spine[i] != id && comments_here()) after(spine[i]);
  }
}

void SqlWriter::join_step(NodeId id) {
  bool comma = tree().is<Join>(id) && tree().op<JoinKind>(id) == JoinKind::Comma;
  if (!comma) clause();
  join_to(id);
}

/// What is joined to the left: the words of the join, its right side and condition; or PIVOT.
void SqlWriter::join_to(NodeId id) {
  if (!tree().is<Join>(id)) return pivot(id);
  static constexpr std::string_view kWords[] = {",",          "join",      "cross join",     "left join",
                                                "right join", "full join", "left semi join", "left anti join",
                                                "semi join",  "anti join"};
  JoinKind kind = tree().op<JoinKind>(id);
  Join parts = tree().get<Join>(id);
  auto right = [&] {
    bool nested = tree().is<Join>(parts.right) || tree().is<Pivot>(parts.right) || tree().is<Unpivot>(parts.right);
    if (nested) {
      parenthesised([&] { relation(parts.right); });
    } else {
      relation(parts.right);
    }
  };
  if (kind == JoinKind::Comma) {
    put(",");
    layout_.line();
    hoist(parts.right, true);
    return right();
  }
  bool half = kind >= JoinKind::LeftSemi;
  if (half) supports(Feature::SemiJoin, id, "SEMI or ANTI joins");
  hoist(parts.right, true);
  Layout::Group group(layout_);
  if (node(id).has(kNatural)) put("natural ");
  put(kWords[static_cast<size_t>(kind)]);
  put(" ");
  right();
  if (!parts.condition) return;
  Layout::Indent indent(layout_);
  layout_.line();
  if (tree().is<Using>(parts.condition)) {
    hoist(parts.condition, true);
    Commented around(*this, parts.condition);
    put("using ");
    return paren_list(tree().children(parts.condition));
  }
  hoist(parts.condition, true);
  put("on ");
  expr(parts.condition, Level::Any, true);
}

void SqlWriter::primary_relation(NodeId id) {
  switch (tree().kind(id)) {
    case NodeKind::TableRef:
      return table_ref(id);
    case NodeKind::TableFunction: {
      TableFunction parts = tree().get<TableFunction>(id);
      function_name(parts.function);
      Commented around(*this, parts.arguments);
      paren_list(tree().list(parts.arguments));
      return alias(parts.alias);
    }
    case NodeKind::QueryRef: {
      QueryRef parts = tree().get<QueryRef>(id);
      put("(");
      {
        Layout::Indent indent(layout_);
        layout_.open_softline();
        query(parts.query, own_lines_);
      }
      layout_.softline();
      put(")");
      sample(parts.sample);
      return alias(parts.alias);
    }
    case NodeKind::ValuesRef: {
      ValuesRef parts = tree().get<ValuesRef>(id);
      bool bare = dialect_.has(Feature::BareValues);
      put(bare ? "values " : "(values ");
      values_rows(parts.rows);
      if (!bare) put(")");
      return alias(parts.alias);
    }
    case NodeKind::ParenRef: {
      ParenRef parts = tree().get<ParenRef>(id);
      parenthesised([&] {
        bool outer = std::exchange(own_lines_, false);
        hoist(parts.relation);
        relation(parts.relation);
        own_lines_ = outer;
      });
      sample(parts.sample);
      return alias(parts.alias);
    }
    case NodeKind::Lateral:
      put("lateral ");
      return relation(tree().get<Lateral>(id).relation);
    case NodeKind::Join:
    case NodeKind::Pivot:
    case NodeKind::Unpivot:
      return relation_bare(id);
    default:
      emit(id);
  }
}

void SqlWriter::table_ref(NodeId id) {
  TableRef parts = tree().get<TableRef>(id);
  const StreamRead* stream = rewrite(&Rewrites::streams, id);
  if (stream) put("stream ");
  path(parts.table, id);
  if (stream && stream->rows_may_go) put(" with (skipChangeCommits = true)");
  temporal(parts.temporal);
  sample(parts.sample);
  if (parts.alias) return alias(parts.alias);
  // Columns may be qualified by the name that was written.
  const std::vector<Symbol>* mapped = rewrite(&Rewrites::paths, id);
  if (mapped == nullptr) mapped = rewrite(&Rewrites::paths, parts.table);
  if (mapped == nullptr || mapped->empty()) return;
  Symbol written = node(tree().children(parts.table).back()).name;
  if (mapped->back().folded() == written.folded()) return;
  put(" as ");
  put_identifier(written, id, true);
}

void SqlWriter::alias(NodeId id) {
  if (!id) return;
  Commented around(*this, id);
  NodeId columns = tree().get<Alias>(id).columns;
  put(" as ");
  if (!node(id).name.empty()) put_identifier(node(id).name, id, node(id).has(kQuoted));
  if (columns) paren_names(columns);
}

void SqlWriter::temporal(NodeId id) {
  if (!id || !supports(Feature::TimeTravel, id, "earlier versions of a table")) return;
  Commented around(*this, id);
  put(" ");
  put(node(id).name.text());
  put(" as of ");
  expr(tree().get<Temporal>(id).value, Level::BitOr);
}

void SqlWriter::sample(NodeId id) {
  if (!id || !supports(Feature::Sample, id, "TABLESAMPLE of this kind")) return;
  Commented around(*this, id);
  Sample parts = tree().get<Sample>(id);
  put(" tablesample (");
  if (parts.of) {
    put("bucket ");
    emit(parts.value);
    put(" out of ");
    emit(parts.of);
  } else {
    emit(parts.value);
    put(node(id).has(kPercent) ? " percent" : " rows");
  }
  put(")");
  if (!parts.seed) return;
  put(" repeatable (");
  emit(parts.seed);
  put(")");
}

void SqlWriter::pivot(NodeId id) {
  supports(Feature::Pivot, id, "PIVOT and UNPIVOT");
  auto bare_if_one = [&](NodeId list) {
    std::span<const NodeId> names = tree().list(list);
    if (names.size() != 1) return paren_names(list);
    Commented around(*this, list);
    emit(names[0]);
  };
  if (tree().is<Pivot>(id)) {
    Pivot parts = tree().get<Pivot>(id);
    put("pivot ");
    parenthesised([&] {
      comma_list(tree().list(parts.aggregates));
      layout_.line();
      put("for ");
      bare_if_one(parts.columns);
      put(" in ");
      paren_list(tree().list(parts.values));
    });
    return alias(parts.alias);
  }
  Unpivot parts = tree().get<Unpivot>(id);
  put(node(id).has(kAll) ? "unpivot include nulls " : "unpivot ");
  parenthesised([&] {
    bare_if_one(parts.values);
    layout_.line();
    put("for ");
    emit(parts.label);
    put(" in ");
    paren_list(tree().list(parts.inputs));
  });
  alias(parts.alias);
}

void SqlWriter::lateral_view(NodeId id) {
  supports(Feature::LateralView, id, "LATERAL VIEW");
  hoist(id, true);
  Commented around(*this, id);
  LateralView parts = tree().get<LateralView>(id);
  put(node(id).has(kOuter) ? "lateral view outer " : "lateral view ");
  expr(parts.function, Level::Any);
  if (!node(id).name.empty()) {
    put(" ");
    put_identifier(node(id).name, id, node(id).has(kQuoted));
  }
  if (!parts.columns) return;
  put(" as ");
  Commented around_columns(*this, parts.columns);
  std::span<const NodeId> names = tree().list(parts.columns);
  for (size_t i = 0; i < names.size(); ++i) {
    if (i != 0) put(", ");
    emit(names[i]);
  }
}

}  // namespace pipec::print
