#include <vector>

#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

/// The end of a clause: of the line, or a blank where the whole query fits on one.
void SqlWriter::clause() {
  if (own_lines_) {
    layout_.hardline();
  } else {
    layout_.line();
  }
}

void SqlWriter::clause_list(std::string_view keyword, NodeId list) {
  hoist(list, true);
  Commented around(*this, list);
  Layout::Group group(layout_);
  put(keyword);
  Layout::Indent indent(layout_);
  layout_.line();
  comma_list(tree().list(list));
}

void SqlWriter::query_parens(NodeId id) {
  parenthesised([&] { query(id, false); });
}

/// `own_lines`: each clause on a line of its own, however short.
void SqlWriter::query(NodeId id, bool own_lines) {
  if (!id) return;
  bool outer = std::exchange(own_lines_, own_lines);
  Commented around(*this, id);
  if (!tree().is<Query>(id)) {
    emit_bare(id);
  } else if (const std::vector<Wrapped>* columns = rewrite(&Rewrites::wraps, id)) {
    wrapped(id, *columns, "contract");
  } else {
    query_bare(id);
  }
  own_lines_ = outer;
}

void SqlWriter::wrapped_list(NodeId id, const std::vector<Wrapped>& columns) {
  Layout::Group group(layout_);
  put("select");
  Layout::Indent indent(layout_);
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) put(",");
    layout_.line();
    const Wrapped& column = columns[i];
    if (!column.cast) {
      put_identifier(column.name, id, true);
      continue;
    }
    put("cast(");
    if (column.missing) {
      put("null");
    } else {
      put_identifier(column.name, id, true);
    }
    put(" as ");
    cast_to(column.cast);
    put(") as ");
    put_identifier(column.name, id, true);
  }
}

/// `id`: a Query, or its body.
void SqlWriter::wrapped(NodeId id, const std::vector<Wrapped>& columns, std::string_view alias) {
  wrapped_list(id, columns);
  clause();
  put("from (");
  {
    Layout::Indent indent(layout_);
    layout_.hardline();
    bool outer = std::exchange(own_lines_, true);
    if (tree().is<Query>(id)) {
      query_bare(id);
    } else {
      body(id);
    }
    own_lines_ = outer;
  }
  layout_.hardline();
  put(") as ");
  put(alias);
}

void SqlWriter::query_bare(NodeId id) {
  Query parts = tree().get<Query>(id);
  if (parts.with) {
    with(parts.with);
    clause();
    hoist(parts.body, true);
  }
  if (tree().is<Query>(parts.body)) {
    query_parens(parts.body);
  } else {
    body(parts.body);
  }
  query_tail(id, false);
}

/// The clauses behind a query's body; `here`: the first one begins where the line stands.
void SqlWriter::query_tail(NodeId id, bool here) {
  Query parts = tree().get<Query>(id);
  auto begin = [&] {
    if (!std::exchange(here, false)) clause();
  };
  auto windows = [&] {
    if (!parts.windows) return;
    begin();
    clause_list("window", parts.windows);
  };
  if (dialect_.window_first) windows();
  if (parts.order) {
    begin();
    hoist(parts.order, true);
    put("order by ");
    order_list(parts.order);
  }
  if (parts.sort || parts.cluster || parts.distribute) {
    supports(Feature::SortClauses, id, "SORT BY, CLUSTER BY or DISTRIBUTE BY");
  }
  if (parts.distribute) {
    begin();
    clause_list("distribute by", parts.distribute);
  }
  if (parts.sort) {
    begin();
    hoist(parts.sort, true);
    put("sort by ");
    order_list(parts.sort);
  }
  if (parts.cluster) {
    begin();
    clause_list("cluster by", parts.cluster);
  }
  if (!dialect_.window_first) windows();
  if (parts.limit) {
    begin();
    condition("limit", parts.limit);
  } else if (node(id).has(kAll)) {
    begin();
    put("limit all");
  }
  if (parts.offset) {
    begin();
    condition("offset", parts.offset);
  }
}

void SqlWriter::with(NodeId id) {
  Commented around(*this, id);
  std::span<const NodeId> ctes = tree().list(tree().get<With>(id).ctes);
  if (!ctes.empty()) hoist(ctes[0], true);
  put(node(id).has(kRecursive) ? "with recursive " : "with ");
  for (size_t i = 0; i < ctes.size(); ++i) {
    if (i != 0) {
      put(",");
      clause();
      hoist(ctes[i], true);
    }
    Commented around_cte(*this, ctes[i]);
    Cte cte = tree().get<Cte>(ctes[i]);
    put_identifier(node(ctes[i]).name, ctes[i], node(ctes[i]).has(kQuoted));
    if (cte.columns) {
      put(" ");
      paren_names(cte.columns);
    }
    if (cte.limit) {
      put(" max recursion level ");
      emit(cte.limit);
    }
    put(" as (");
    {
      Layout::Indent indent(layout_);
      layout_.open_hardline();
      query(cte.query, true);
    }
    layout_.hardline();
    put(")");
  }
}

// ---- bodies

void SqlWriter::body(NodeId id) {
  Commented around(*this, id);
  switch (tree().kind(id)) {
    case NodeKind::Select:
      return select(id);
    case NodeKind::SetOp:
      return set_op(id);
    case NodeKind::Values: {
      Values parts = tree().get<Values>(id);
      put("values ");
      values_rows(parts.rows);
      return alias(parts.alias);
    }
    case NodeKind::TableQuery:
      put("table ");
      return path(tree().get<TableQuery>(id).table, id);
    case NodeKind::FromQuery: {
      FromQuery parts = tree().get<FromQuery>(id);
      supports(Feature::Pipes, id, "a query that begins with FROM");
      from(parts.from);
      for (NodeId view : tree().list(parts.views)) {
        clause();
        lateral_view(view);
      }
      return;
    }
    case NodeKind::Pipe:
      return pipe(id);
    case NodeKind::With:
      return with(id);
    case NodeKind::Query:
      return query_parens(id);
    default:
      emit(id);
  }
}

namespace {

bool tighter(SetOpKind kind) {
  return kind == SetOpKind::Intersect;
}

}  // namespace

void SqlWriter::set_operand(NodeId id, bool right, NodeId of) {
  SetOpKind parent = tree().op<SetOpKind>(of);
  const Aligned* sides = rewrite(&Rewrites::aligned, of);
  const std::vector<Wrapped>* columns = !sides ? nullptr : right ? &sides->right : &sides->left;
  if (columns && !columns->empty()) return wrapped(id, *columns, "aligned");
  bool loose = tree().is<SetOp>(id) && (tighter(parent) ? right || !tighter(tree().op<SetOpKind>(id))
                                                        : right && !tighter(tree().op<SetOpKind>(id)));
  if (loose || tree().is<Query>(id)) {
    query_parens(id);
  } else {
    body(id);
  }
}

void SqlWriter::set_operator(NodeId id) {
  put(dialect_.set_operations[node(id).op]);
  if (node(id).has(kAll)) put(" all");
  if (node(id).has(kDistinct)) put(" distinct");
  if (node(id).has(kByName) && !rewrite(&Rewrites::aligned, id)) put(" by name");
}

/// The left-deep spine of a chain without recursion: a hundred branches are no depth.
void SqlWriter::set_op(NodeId id) {
  std::vector<NodeId> spine;
  NodeId first = id;
  while (true) {
    spine.push_back(first);
    NodeId left = tree().get<SetOp>(first).left;
    bool loose = tree().is<SetOp>(left) && tighter(tree().op<SetOpKind>(first)) && !tighter(tree().op<SetOpKind>(left));
    const Aligned* sides = rewrite(&Rewrites::aligned, first);
    if (!tree().is<SetOp>(left) || loose || (sides && !sides->left.empty())) break;
    first = left;
  }
  for (NodeId inner : spine) {
    if (inner != id && comments_here()) above(inner, true);
  }
  set_operand(tree().get<SetOp>(first).left, false, first);
  for (size_t i = spine.size(); i-- > 0;) {
    NodeId op = spine[i];
    NodeId right = tree().get<SetOp>(op).right;
    clause();
    set_operator(op);
    clause();
    hoist(right, true);
    set_operand(right, true, op);
    if (op != id && comments_here()) after(op);
  }
}

void SqlWriter::values_rows(NodeId list) {
  Commented around(*this, list);
  Layout::Group group(layout_);
  Layout::Indent indent(layout_);
  std::span<const NodeId> rows = tree().list(list);
  for (size_t i = 0; i < rows.size(); ++i) {
    if (i != 0) {
      put(",");
      layout_.line();
    }
    hoist(rows[i]);
    bool bare = dialect_.has(Feature::BareValues) || tree().is<Row>(rows[i]) || tree().is<Paren>(rows[i]);
    if (bare) {
      expr(rows[i], Level::Any);
    } else {
      parenthesised([&] { expr(rows[i], Level::Any); });
    }
  }
}

// ---- SELECT

void SqlWriter::select(NodeId id) {
  Select parts = tree().get<Select>(id);
  bool from_first = tree().op<SelectForm>(id) == SelectForm::FromFirst;
  auto views = [&] {
    for (NodeId view : tree().list(parts.views)) {
      clause();
      lateral_view(view);
    }
  };
  if (from_first) {
    supports(Feature::Pipes, id, "a query that begins with FROM");
    from(parts.from);
    views();
    clause();
  }
  select_head(id);
  if (!from_first) {
    if (parts.from) {
      clause();
      from(parts.from);
    }
    views();
  }
  if (parts.where) {
    clause();
    condition("where", parts.where);
  }
  if (parts.group) {
    clause();
    group_by(parts.group);
  }
  if (parts.having) {
    clause();
    condition("having", parts.having);
  }
  if (parts.qualify) {
    clause();
    supports(Feature::Qualify, parts.qualify, "QUALIFY");
    condition("qualify", parts.qualify);
  }
}

/// SELECT and its items.
void SqlWriter::select_head(NodeId id) {
  Select parts = tree().get<Select>(id);
  Layout::Group group(layout_);
  put("select");
  if (parts.hints && dialect_.has(Feature::Hints)) {
    put(" /*+ ");
    std::span<const NodeId> hints = tree().list(parts.hints);
    for (size_t i = 0; i < hints.size(); ++i) {
      if (i != 0) put(", ");
      put_identifier(node(hints[i]).name, hints[i], false);
      std::span<const NodeId> arguments = tree().list(tree().get<Hint>(hints[i]).arguments);
      if (!arguments.empty()) paren_list(arguments);
    }
    put(" */");
  }
  if (node(id).has(kDistinct)) put(" distinct");
  Layout::Indent indent(layout_);
  layout_.line();
  select_items(id, parts.items);
}

void SqlWriter::select_items(NodeId select, NodeId list) {
  const std::vector<Projected>* items = rewrite(&Rewrites::projections, select);
  Commented around(*this, list);
  if (items == nullptr) return comma_list(tree().list(list));
  for (size_t i = 0; i < items->size(); ++i) {
    if (i != 0) {
      put(",");
      layout_.line();
    }
    projected((*items)[i]);
  }
}

void SqlWriter::projected(const Projected& item) {
  Symbol alias = item.alias;
  bool surely = true;
  hoist(item.item);
  Commented around(*this, item.item);
  const std::vector<StarColumn>* columns = rewrite(&Rewrites::stars, item.item);
  auto value = [&] {
    if (columns == nullptr) {
      NodeId written = tree().is<SelectItem>(item.item) ? tree().get<SelectItem>(item.item).value : item.item;
      return expr(written, Level::Any, static_cast<bool>(item.cast));
    }
    const StarColumn& column = (*columns)[item.star];
    star_column(column, item.item);
  };
  if (columns != nullptr && alias.empty() && item.cast) alias = (*columns)[item.star].name;
  if (columns == nullptr && alias.empty() && tree().is<SelectItem>(item.item)) {
    alias = node(item.item).name;
    surely = node(item.item).has(kQuoted);
  }
  if (item.cast) {
    put("cast");
    parenthesised([&] {
      value();
      put(" as ");
      cast_to(item.cast);
    });
  } else {
    value();
  }
  if (alias.empty()) return;
  put(" as ");
  put_identifier(alias, item.item, surely);
}

void SqlWriter::select_item(NodeId id) {
  SelectItem parts = tree().get<SelectItem>(id);
  expr(parts.value, Level::Any);
  if (!node(id).name.empty()) {
    put(" as ");
    put_identifier(node(id).name, id, node(id).has(kQuoted));
  } else if (parts.aliases) {
    put(" as ");
    paren_names(parts.aliases);
  }
}

void SqlWriter::star(NodeId id) {
  if (const std::vector<StarColumn>* columns = rewrite(&Rewrites::stars, id)) return star_columns(id, *columns);
  Star parts = tree().get<Star>(id);
  if (parts.qualifier) {
    path(parts.qualifier, {});
    put(".");
  }
  layout_.text("*");
  if (!parts.except) return;
  supports(Feature::StarExcept, id, "`*` with EXCEPT");
  put(" except ");
  paren_names(parts.except);
}

void SqlWriter::star_columns(NodeId id, const std::vector<StarColumn>& columns) {
  for (size_t i = 0; i < columns.size(); ++i) {
    if (i != 0) {
      put(",");
      layout_.line();
    }
    star_column(columns[i], id);
  }
}

void SqlWriter::star_column(const StarColumn& column, NodeId id) {
  for (Symbol word : column.qualifier) {
    put_identifier(word, id, true);
    put(".");
  }
  put_identifier(column.name, id, true);
}

void SqlWriter::group_by(NodeId id) {
  hoist(id, true);
  Commented around(*this, id);
  GroupBy parts = tree().get<GroupBy>(id);
  if (node(id).has(kAll)) {
    supports(Feature::GroupByAll, id, "GROUP BY ALL");
    return put("group by all");
  }
  GroupKind kind = tree().op<GroupKind>(id);
  bool before = kind != GroupKind::Plain && !dialect_.has(Feature::GroupWith);
  if (!tree().list(parts.items).empty()) hoist(tree().list(parts.items)[0], true);
  put("group by ");
  if (before) {
    static constexpr std::string_view kWords[] = {"", "rollup ", "cube ", "grouping sets "};
    put(kWords[static_cast<size_t>(kind)]);
    return paren_list(tree().list(kind == GroupKind::GroupingSets ? parts.sets : parts.items));
  }
  {
    Layout::Group group(layout_);
    Layout::Indent indent(layout_);
    Commented around_items(*this, parts.items);
    std::span<const NodeId> items = tree().list(parts.items);
    for (size_t i = 0; i < items.size(); ++i) {
      if (i != 0) {
        put(",");
        layout_.line();
        hoist(items[i]);
      }
      emit(items[i]);
    }
  }
  if (kind == GroupKind::Rollup) put(" with rollup");
  if (kind == GroupKind::Cube) put(" with cube");
  if (kind != GroupKind::GroupingSets) return;
  put(" grouping sets ");
  paren_list(tree().list(parts.sets));
}

}  // namespace pipec::print
