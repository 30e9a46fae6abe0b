#include "print/sql_writer.h"

#include <fmt/format.h>

#include <algorithm>

namespace pipec::print {
namespace {

bool simple(std::string_view text) {
  if (text.empty() || (text[0] >= '0' && text[0] <= '9')) return false;
  return std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

bool has_upper(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

bool listed(std::span<const std::string_view> words, std::string_view word) {
  return std::binary_search(words.begin(), words.end(), word);
}

/// Bare is enough. `surely`: it is an identifier whatever the word means bare.
bool bare_identifier(Symbol name, const Dialect& dialect, bool surely) {
  std::string_view text = name.text();
  if (dialect.quotes_all || !simple(text) || (dialect.folds_case && has_upper(text))) return false;
  std::string_view folded = name.folded().text();
  if (listed(dialect.special, folded)) return !surely;
  return !listed(dialect.reserved, folded);
}

void append_quoted(std::string& out, std::string_view text, const Dialect& dialect) {
  char end = dialect.identifier_end ? dialect.identifier_end : dialect.identifier_quote;
  out += dialect.identifier_quote;
  for (char c : text) {
    out += c;
    if (c == end) out += end;
  }
  out += end;
}

}  // namespace

// ---- text

void SqlWriter::put(std::string_view text) {
  if (style_.parameters == ParameterStyle::Colon || text.find('%') == std::string_view::npos) {
    layout_.text(text);
    return;
  }
  for (size_t i = 0; i < text.size(); ++i) layout_.text(text[i] == '%' ? std::string_view("%%") : text.substr(i, 1));
}

void SqlWriter::quoted_text(std::string_view text) {
  if (text.find('\n') == std::string_view::npos) return put(text);
  if (style_.parameters == ParameterStyle::Colon) return layout_.verbatim(text);
  std::string doubled;
  for (char c : text) doubled.append(c == '%' ? 2 : 1, c);
  layout_.verbatim(doubled);
}

void SqlWriter::put_identifier(Symbol name, NodeId node, bool surely) {
  std::string_view text = name.text();
  if (dialect_.max_identifier != 0 && text.size() > dialect_.max_identifier) {
    error(node, fmt::format("{} cuts names after {} bytes: `{}`", dialect_.title, dialect_.max_identifier, text));
  }
  if (bare_identifier(name, dialect_, surely)) return put(text);
  if (text.empty()) return error(node, "a name cannot be empty");
  if (std::string_view wrong = dialect_.bad_identifier(text); !wrong.empty()) {
    error(node, fmt::format("{}: `{}`", wrong, text));
  }
  std::string quoted;
  append_quoted(quoted, text, dialect_);
  quoted_text(quoted);
}

void SqlWriter::comma_list(std::span<const NodeId> ids) {
  bool first = true;
  for (NodeId id : ids) {
    if (!first) {
      put(",");
      layout_.line();
    }
    first = false;
    hoist(id);
    emit(id);
  }
}

void SqlWriter::paren_list(std::span<const NodeId> ids) {
  if (ids.empty()) return put("()");
  parenthesised([&] { comma_list(ids); });
}

void SqlWriter::paren_names(NodeId list) {
  Commented around(*this, list);
  paren_list(tree().list(list));
}

void SqlWriter::error(NodeId node, std::string message) {
  result_.errors.push_back({here_->tree, node, std::move(message)});
}

void SqlWriter::unsupported(NodeId node, std::string_view what) {
  error(node, fmt::format("{} has no {}", dialect_.title, what));
}

bool SqlWriter::supports(Feature feature, NodeId node, std::string_view what) {
  if (dialect_.has(feature)) return true;
  unsupported(node, what);
  return false;
}

// ---- nodes

Layout SqlWriter::lay_out(const Subtree& root) {
  Context context = context_of(root);
  Within within(*this, context);
  emit(root.node);
  return std::move(layout_);
}

PrintResult SqlWriter::run(const Subtree& root) {
  layout_ = lay_out(root);
  if (style_.terminator) put(";");
  result_.sql = layout_.print(style_.width);
  return std::move(result_);
}

SqlWriter::Context SqlWriter::context_of(const Subtree& subtree) {
  Context context;
  context.tree = subtree.tree;
  context.rewrites = subtree.rewrites;
  if (style_.comments && !subtree.tree->comments.empty()) {
    for (auto& [tree, comments] : comments_) {
      if (tree == subtree.tree) context.comments = &comments;
    }
    if (context.comments == nullptr) {
      context.comments = &comments_.emplace_back(subtree.tree, Comments(*subtree.tree)).second;
    }
  }
  if (subtree.rewrites == nullptr) return context;
  for (const auto& [id, parts] : subtree.rewrites->paths) {
    if (!subtree.tree->is<ast::TableRef>(id)) continue;
    ast::TableRef table = subtree.tree->get<ast::TableRef>(id);
    std::span<const NodeId> names = subtree.tree->children(table.table);
    if (!table.alias && names.size() > 1) context.unqualified.push_back(names);
  }
  return context;
}

void SqlWriter::name(NodeId id) {
  Commented around(*this, id);
  put_identifier(node(id).name, id, node(id).has(ast::kQuoted));
}

void SqlWriter::parts(const std::vector<Symbol>& symbols, NodeId node) {
  for (size_t i = 0; i < symbols.size(); ++i) {
    if (i != 0) put(".");
    put_identifier(symbols[i], node, true);
  }
}

/// A dotted name; `owner` is the node whose rewrite counts beside its own.
void SqlWriter::path(NodeId id, NodeId owner) {
  Commented around(*this, id);
  const std::vector<Symbol>* mapped = rewrite(&Rewrites::paths, id);
  if (mapped == nullptr && owner) mapped = rewrite(&Rewrites::paths, owner);
  if (mapped != nullptr) return parts(*mapped, id);
  std::span<const NodeId> names = tree().children(id);
  if (tree().kind(id) == NodeKind::ColumnRef) names = names.subspan(vanished_qualifiers(names));
  for (size_t i = 0; i < names.size(); ++i) {
    if (i != 0) put(".");
    Commented around_name(*this, names[i]);
    Symbol text = node(names[i]).name;
    if (i == 0 && !here_->lambda_names.empty()) text = lambda_name(text);
    put_identifier(text, names[i], node(names[i]).has(ast::kQuoted));
  }
}

/// s.t.x names a column of a relation s.t; where that is mapped to another schema, only t.x still does.
size_t SqlWriter::vanished_qualifiers(std::span<const NodeId> names) const {
  for (std::span<const NodeId> relation : here_->unqualified) {
    if (relation.size() >= names.size()) continue;
    bool match = std::equal(relation.begin(), relation.end(), names.begin(),
                            [&](NodeId a, NodeId b) { return node(a).name.folded() == node(b).name.folded(); });
    if (match) return relation.size() - 1;
  }
  return 0;
}

/// A function is called by a bare word even where the word is reserved: left(x, 1).
void SqlWriter::function_name(NodeId id) {
  Commented around(*this, id);
  std::span<const NodeId> names = tree().children(id);
  const std::vector<Symbol>* mapped = rewrite(&Rewrites::paths, id);
  if (mapped == nullptr && names.size() == 1 && !node(names[0]).has(ast::kQuoted) &&
      simple(node(names[0]).name.text())) {
    Commented around_name(*this, names[0]);
    return put(node(names[0]).name.text());
  }
  path(id, {});
}

void SqlWriter::emit(NodeId id) {
  if (!id) return;
  Commented around(*this, id);
  emit_bare(id);
}

void SqlWriter::emit_bare(NodeId id) {
  switch (tree().kind(id)) {
    case NodeKind::List: {
      Layout::Group group(layout_);
      comma_list(tree().children(id));
      break;
    }
    case NodeKind::Name:
      put_identifier(node(id).name, id, node(id).has(ast::kQuoted));
      break;
    case NodeKind::QName:
      path(id, {});
      break;
    case NodeKind::DataType:
      data_type(id);
      break;
    case NodeKind::StructField:
      struct_field(id);
      break;
    case NodeKind::Query:
      query(id, true);
      break;
    case NodeKind::With:
    case NodeKind::Select:
    case NodeKind::SetOp:
    case NodeKind::Values:
    case NodeKind::TableQuery:
    case NodeKind::FromQuery:
    case NodeKind::Pipe:
      body(id);
      break;
    case NodeKind::PipeStep:
      pipe_step(id);
      break;
    case NodeKind::SelectItem:
      select_item(id);
      break;
    case NodeKind::Star:
      star(id);
      break;
    case NodeKind::OrderItem:
      order_item(id);
      break;
    case NodeKind::WindowSpec:
      window(id);
      break;
    case NodeKind::NamedWindow:
      put_identifier(node(id).name, id, node(id).has(ast::kQuoted));
      put(" as ");
      emit(tree().get<ast::NamedWindow>(id).spec);
      break;
    case NodeKind::GroupingSets:
      put("grouping sets ");
      paren_list(tree().list(tree().get<ast::GroupingSets>(id).sets));
      break;
    case NodeKind::TableRef:
    case NodeKind::TableFunction:
    case NodeKind::QueryRef:
    case NodeKind::ValuesRef:
    case NodeKind::ParenRef:
    case NodeKind::Join:
    case NodeKind::Lateral:
    case NodeKind::Pivot:
    case NodeKind::Unpivot:
      relation(id);
      break;
    case NodeKind::Insert:
      insert(id);
      break;
    case NodeKind::Merge:
      merge(id);
      break;
    case NodeKind::MergeClause:
      merge_clause(id);
      break;
    case NodeKind::Delete:
      remove(id);
      break;
    case NodeKind::Update:
      update(id);
      break;
    case NodeKind::CreateTable:
    case NodeKind::CreateTableAs:
    case NodeKind::CreateView:
      create(id);
      break;
    case NodeKind::TableColumn:
      table_column(id);
      break;
    case NodeKind::Ddl:
      ddl(id);
      break;
    case NodeKind::DollarBody:
      dollar_body(id);
      break;
    case NodeKind::Embedded: {
      const Subtree* subtree = rewrite(&Rewrites::subtrees, id);
      if (subtree == nullptr) {
        error(id, "an embedded tree that nobody registered");
        break;
      }
      Context context = context_of(*subtree);
      Within within(*this, context);
      emit(subtree->node);
      break;
    }
    default:
      expr(id, Level::Any);
  }
}

PrintResult print_sql(const ast::Tree& tree, ast::NodeId root, const SqlStyle& style, const Rewrites* rewrites) {
  return SqlWriter(style).run({&tree, root, rewrites});
}

std::string print_identifier(Symbol name, const Dialect& dialect) {
  if (bare_identifier(name, dialect, true)) return std::string(name.text());
  std::string out;
  append_quoted(out, name.text(), dialect);
  return out;
}

std::string print_path(const ast::SqlBuilder::Texts& path, const Dialect& dialect) {
  std::string text;
  for (const ast::Text& part : path) text += (text.empty() ? "" : ".") + print_identifier(part.symbol, dialect);
  return text;
}

}  // namespace pipec::print
