#include "ast/build.h"

namespace pipec::ast {

// ---- queries

NodeId SqlBuilder::query_of(NodeId body) {
  return tree_.add(NodeKind::Query, {{}, body, {}, {}, {}, {}, {}, {}, {}});
}

NodeId SqlBuilder::select(const Select& parts) {
  NodeId group = parts.group.empty() ? NodeId{} : tree_.add(NodeKind::GroupBy, {list(parts.group), {}});
  NodeId body =
      tree_.add(NodeKind::Select,
                {{}, list(parts.items), optional_list(parts.from), {}, parts.where, group, parts.having, parts.qualify},
                {}, 0, parts.distinct ? kDistinct : 0);
  NodeId with = parts.ctes.empty() ? NodeId{} : tree_.add(NodeKind::With, {list(parts.ctes)});
  return tree_.add(NodeKind::Query, {with, body, optional_list(parts.order), {}, {}, {}, {}, parts.limit, {}});
}

NodeId SqlBuilder::item(NodeId value, Text alias) {
  return tree_.add(NodeKind::SelectItem, {value, {}}, alias.symbol, 0, alias.symbol.empty() ? 0 : kQuoted);
}

SqlBuilder::Ids SqlBuilder::columns(Text qualifier, const std::vector<Symbol>& names) {
  Ids ids;
  for (Symbol each : names) ids.push_back(column(qualifier, each));
  return ids;
}

NodeId SqlBuilder::cte(Text text, NodeId query) {
  return tree_.add(NodeKind::Cte, {{}, query}, text.symbol, 0, kQuoted);
}

NodeId SqlBuilder::union_all(const Ids& queries) {
  NodeId result;
  for (NodeId query : queries) {
    Query parts = tree_.get<Query>(query);
    bool bare = !parts.with && !parts.order && !parts.sort && !parts.cluster && !parts.distribute && !parts.windows &&
                !parts.limit && !parts.offset;
    // Only what would read otherwise without them needs its parentheses.
    NodeId term = bare && !(result && tree_.is<SetOp>(parts.body)) ? parts.body : query;
    result =
        result ? tree_.add(NodeKind::SetOp, {result, term}, {}, static_cast<uint8_t>(SetOpKind::Union), kAll) : term;
  }
  return query_of(result);
}

namespace {

std::vector<NodeId> rows_of(SqlBuilder& sql, const std::vector<SqlBuilder::Ids>& rows) {
  std::vector<NodeId> ids;
  for (const SqlBuilder::Ids& row : rows) ids.push_back(sql.row(row));
  return ids;
}

}  // namespace

NodeId SqlBuilder::values(const std::vector<Ids>& rows) {
  return query_of(tree_.add(NodeKind::Values, {list(rows_of(*this, rows)), {}}));
}

// ---- relations

NodeId SqlBuilder::alias(Text text, const Texts& columns) {
  if (text.symbol.empty() && columns.empty()) return {};
  return tree_.add(NodeKind::Alias, {names_or_none(columns)}, text.symbol, 0, kQuoted);
}

NodeId SqlBuilder::table(const Texts& parts, Text name) {
  return tree_.add(NodeKind::TableRef, {qname(parts), {}, {}, alias(name)});
}

NodeId SqlBuilder::query_ref(NodeId query, Text name, const Texts& columns) {
  return tree_.add(NodeKind::QueryRef, {query, {}, alias(name, columns)});
}

NodeId SqlBuilder::values_ref(const std::vector<Ids>& rows, Text name, const Texts& columns) {
  return tree_.add(NodeKind::ValuesRef, {list(rows_of(*this, rows)), alias(name, columns)});
}

NodeId SqlBuilder::table_function(Text function, const Ids& arguments, Text name, const Texts& columns) {
  NodeId called = tree_.add(NodeKind::QName, {tree_.add(NodeKind::Name, {}, function.symbol)});
  return tree_.add(NodeKind::TableFunction, {called, list(arguments), alias(name, columns)});
}

NodeId SqlBuilder::join(JoinKind kind, NodeId left, NodeId right, NodeId condition) {
  return tree_.add(NodeKind::Join, {left, right, condition}, {}, static_cast<uint8_t>(kind));
}

// ---- statements

NodeId SqlBuilder::insert(const Insert& parts) {
  return tree_.add(NodeKind::Insert,
                   {parts.table, names_or_none(parts.columns), parts.query, parts.replace_where,
                    names_or_none(parts.conflict_key), optional_list(parts.assignments), parts.update_where},
                   {}, static_cast<uint8_t>(parts.mode));
}

NodeId SqlBuilder::assign(Text column, NodeId value) {
  return tree_.add(NodeKind::Assignment, {value}, column.symbol, 0, kQuoted);
}

NodeId SqlBuilder::merge(const Merge& parts) {
  return tree_.add(NodeKind::Merge, {parts.target, parts.source, parts.on, list(parts.clauses)});
}

NodeId SqlBuilder::when(MergeClauseKind kind, NodeId condition, const Ids& assignments) {
  return tree_.add(NodeKind::MergeClause, {condition, optional_list(assignments)}, {}, static_cast<uint8_t>(kind));
}

NodeId SqlBuilder::delete_from(NodeId table, NodeId where, const Ids& using_) {
  return tree_.add(NodeKind::Delete, {table, optional_list(using_), where});
}

NodeId SqlBuilder::update(NodeId table, const Ids& assignments, NodeId where) {
  return tree_.add(NodeKind::Update, {table, list(assignments), where});
}

NodeId SqlBuilder::table_column(Text text, NodeId type, bool not_null, Text comment) {
  NodeId said = comment.symbol.empty() ? NodeId{} : string(comment);
  uint16_t flags = kQuoted;
  if (not_null) flags |= kNotNull;
  return tree_.add(NodeKind::TableColumn, {type, said}, text.symbol, 0, flags);
}

NodeId SqlBuilder::create_table(const Create& parts) {
  if (parts.query) {
    return tree_.add(NodeKind::CreateTableAs, {parts.name, list(parts.options), parts.query}, {}, parts.flags);
  }
  return tree_.add(NodeKind::CreateTable, {parts.name, list(parts.columns), list(parts.options)}, {}, parts.flags);
}

NodeId SqlBuilder::create_view(const Create& parts) {
  return tree_.add(NodeKind::CreateView, {parts.name, list(parts.columns), list(parts.options), parts.query}, {},
                   parts.flags);
}

NodeId SqlBuilder::dollar_body(NodeId body) {
  return tree_.add(NodeKind::DollarBody, {body});
}

NodeId SqlBuilder::dollar_text(Text text) {
  return tree_.add(NodeKind::DollarBody, {NodeId{}}, text.symbol);
}

}  // namespace pipec::ast
