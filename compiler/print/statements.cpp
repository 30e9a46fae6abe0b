#include <fmt/format.h>

#include "print/sql_writer.h"

namespace pipec::print {

using namespace ast;

void SqlWriter::insert(NodeId id) {
  Insert parts = tree().get<Insert>(id);
  InsertMode mode = tree().op<InsertMode>(id);
  bool conflict = mode == InsertMode::OnConflictUpdate || mode == InsertMode::OnConflictNothing;
  put(mode == InsertMode::Overwrite ? "insert overwrite " : "insert into ");
  if (mode == InsertMode::Overwrite) supports(Feature::InsertOverwrite, id, "INSERT OVERWRITE");
  if (conflict) supports(Feature::OnConflict, id, "ON CONFLICT");
  emit(parts.table);
  if (parts.columns) {
    put(" ");
    Layout::Group group(layout_);
    paren_names(parts.columns);
  }
  if (mode == InsertMode::ReplaceWhere) {
    supports(Feature::ReplaceWhere, id, "REPLACE WHERE");
    if (parts.columns) error(id, "REPLACE WHERE takes no list of columns: the query gives all, in order");
    layout_.hardline();
    condition("replace where", parts.where);
  }
  layout_.hardline();
  query(parts.query, true);
  if (!conflict) return;
  layout_.hardline();
  put("on conflict");
  if (parts.conflict_key) {
    put(" ");
    paren_names(parts.conflict_key);
  }
  if (mode == InsertMode::OnConflictNothing) return put(" do nothing");
  put(" do update set");
  assignments(parts.assignments);
  if (!parts.update_where) return;
  layout_.hardline();
  condition("where", parts.update_where);
}

void SqlWriter::assignments(NodeId list) {
  Commented around(*this, list);
  Layout::Group group(layout_);
  Layout::Indent indent(layout_);
  bool first = true;
  for (NodeId id : tree().list(list)) {
    if (!first) put(",");
    first = false;
    layout_.line();
    hoist(id);
    Commented around_one(*this, id);
    put_identifier(node(id).name, id, node(id).has(kQuoted));
    put(" = ");
    expr(tree().get<Assignment>(id).value, Level::Any);
  }
}

void SqlWriter::merge(NodeId id) {
  Merge parts = tree().get<Merge>(id);
  put("merge into ");
  relation(parts.target);
  layout_.hardline();
  put("using ");
  bool outer = std::exchange(own_lines_, true);
  relation(parts.source);
  own_lines_ = outer;
  layout_.hardline();
  condition("on", parts.condition);
  for (NodeId clause : tree().list(parts.clauses)) {
    layout_.hardline();
    hoist(clause);
    Commented around(*this, clause);
    merge_clause(clause);
  }
}

void SqlWriter::merge_clause(NodeId id) {
  static constexpr std::string_view kHeads[] = {"when matched", "when matched", "when not matched",
                                                "when not matched by source", "when not matched by source"};
  MergeClause parts = tree().get<MergeClause>(id);
  MergeClauseKind kind = tree().op<MergeClauseKind>(id);
  if (kind >= MergeClauseKind::NotMatchedBySourceDelete) {
    supports(Feature::MergeBySource, id, "NOT MATCHED BY SOURCE");
  }
  put(kHeads[static_cast<size_t>(kind)]);
  if (parts.condition) {
    put(" and ");
    expr(parts.condition, Level::Not);
  }
  put(" then ");
  switch (kind) {
    case MergeClauseKind::MatchedDelete:
    case MergeClauseKind::NotMatchedBySourceDelete:
      return put("delete");
    case MergeClauseKind::MatchedUpdate:
    case MergeClauseKind::NotMatchedBySourceUpdate:
      put("update set");
      return assignments(parts.assignments);
    case MergeClauseKind::NotMatchedInsert:
      break;
  }
  put("insert ");
  std::span<const NodeId> columns = tree().list(parts.assignments);
  auto each = [&](auto&& print) {
    Layout::Group group(layout_);
    parenthesised([&] {
      for (size_t i = 0; i < columns.size(); ++i) {
        if (i != 0) {
          put(",");
          layout_.line();
        }
        print(columns[i]);
      }
    });
  };
  each([&](NodeId column) { put_identifier(node(column).name, column, node(column).has(kQuoted)); });
  put(" values ");
  each([&](NodeId column) { expr(tree().get<Assignment>(column).value, Level::Any); });
}

void SqlWriter::remove(NodeId id) {
  Delete parts = tree().get<Delete>(id);
  put("delete from ");
  relation(parts.table);
  if (parts.from) {
    supports(Feature::DeleteUsing, id, "DELETE with USING");
    layout_.hardline();
    clause_list("using", parts.from);
  }
  if (!parts.where) return;
  layout_.hardline();
  condition("where", parts.where);
}

void SqlWriter::update(NodeId id) {
  Update parts = tree().get<Update>(id);
  put("update ");
  relation(parts.table);
  put(" set");
  assignments(parts.assignments);
  if (!parts.where) return;
  layout_.hardline();
  condition("where", parts.where);
}

// ---- definitions

void SqlWriter::create_head(NodeId id, std::string_view what) {
  uint8_t flags = node(id).op;
  put("create ");
  if (flags & kOrReplace) put("or replace ");
  if (flags & kTemporary) put("temporary ");
  put(what);
  put(" ");
  if (flags & kIfNotExists) put("if not exists ");
  path(tree().children(id)[0], id);
}

void SqlWriter::create_columns(NodeId list) {
  std::span<const NodeId> columns = tree().list(list);
  if (columns.empty()) return;
  put(" (");
  {
    Layout::Indent indent(layout_);
    for (size_t i = 0; i < columns.size(); ++i) {
      if (i != 0) put(",");
      layout_.hardline();
      emit(columns[i]);
    }
  }
  layout_.hardline();
  put(")");
}

void SqlWriter::create_options(NodeId list) {
  for (NodeId option : tree().list(list)) {
    layout_.hardline();
    emit(option);
  }
}

void SqlWriter::create(NodeId id) {
  NodeId source;
  if (tree().is<CreateTable>(id)) {
    CreateTable parts = tree().get<CreateTable>(id);
    create_head(id, "table");
    create_columns(parts.columns);
    create_options(parts.options);
  } else if (tree().is<CreateTableAs>(id)) {
    CreateTableAs parts = tree().get<CreateTableAs>(id);
    create_head(id, "table");
    create_options(parts.options);
    source = parts.query;
  } else {
    CreateView parts = tree().get<CreateView>(id);
    const uint8_t flags = node(id).op;
    create_head(id, flags & kMaterialized ? "materialized view" : flags & kStreamingTable ? "streaming table" : "view");
    create_columns(parts.columns);
    create_options(parts.options);
    source = parts.query;
  }
  if (!source) return;
  layout_.hardline();
  put("as");
  layout_.hardline();
  query(source, true);
}

void SqlWriter::table_column(NodeId id) {
  TableColumn parts = tree().get<TableColumn>(id);
  put_identifier(node(id).name, id, node(id).has(kQuoted));
  if (parts.type) {
    put(" ");
    emit(parts.type);
  }
  if (node(id).has(kNotNull)) put(" not null");
  if (!parts.comment || !supports(Feature::ColumnComment, id, "COMMENT in CREATE TABLE")) return;
  put(" comment ");
  emit(parts.comment);
}

void SqlWriter::ddl(NodeId id) {
  std::string_view text = node(id).name.text();
  std::span<const NodeId> children = tree().children(id);
  size_t next = 0;
  auto lines = [&](std::string_view part) {
    for (size_t end = part.find('\n'); end != std::string_view::npos; end = part.find('\n')) {
      put(part.substr(0, end));
      layout_.hardline();
      part.remove_prefix(end + 1);
    }
    put(part);
  };
  for (size_t hole = text.find("{}"); hole != std::string_view::npos; hole = text.find("{}")) {
    std::string_view before = text.substr(0, hole);
    lines(before);
    text.remove_prefix(hole + 2);
    if (next == children.size()) return error(id, "a template with more holes than children");
    NodeId child = children[next++];
    bool inside_line = hole != 0 && before.back() != '\n';
    if (inside_line && (tree().is<Query>(child) || tree().is<Embedded>(child))) {
      Layout::Group group(layout_);
      layout_.begin_indent();
      layout_.softline();
      query(child, false);
      layout_.end_indent();
      layout_.softline();
    } else {
      emit(child);
    }
  }
  lines(text);
}

void SqlWriter::dollar_body(NodeId id) {
  if (!supports(Feature::DollarQuotes, id, "dollar quotes")) return;
  NodeId body = tree().get<DollarBody>(id).body;
  SqlStyle style = style_;
  style.terminator = false;
  SqlWriter inner(style);
  PrintResult printed;
  if (body) {
    printed = inner.run({here_->tree, body, here_->rewrites});
  } else {
    printed.sql = tree().name(id).text();
    while (printed.sql.ends_with('\n')) printed.sql.pop_back();
  }
  for (PrintError& wrong : printed.errors) result_.errors.push_back(std::move(wrong));
  if (!printed.parameters.empty()) error(id, "a parameter inside of dollar quotes would not be replaced");
  // Databricks documents the bare form alone; a body without a dollar cannot end it.
  bool bare = style_.dialect == &kDatabricks && printed.sql.find('$') == std::string::npos;
  std::string tag = bare ? "$$" : "$pipec$";
  for (int number = 1; printed.sql.find(tag.substr(0, tag.size() - 1)) != std::string::npos; ++number) {
    tag = fmt::format("$pipec{}$", number);
  }
  layout_.verbatim(fmt::format("{0}\n{1}\n{0}", tag, printed.sql));
}

}  // namespace pipec::print
