#include "print_test.h"

#include <algorithm>
#include <vector>

#include "syntax/parse.h"

namespace pipec::print {

using namespace ast;

namespace {

std::string text_of(const Tree& tree, NodeId root, const Dialect& dialect, const Rewrites* rewrites) {
  SqlStyle style;
  style.dialect = &dialect;
  PrintResult result = print_sql(tree, root, style, rewrites);
  return result.ok() ? result.sql : "error: " + result.errors[0].message;
}

/// Backticks are written where they are needed, wherever they were before.
void forget_quotes(Tree& tree) {
  for (uint32_t i = 1; i < tree.size(); ++i) {
    Node& node = tree.mutable_node({i});
    if (node.kind != NodeKind::IntervalPart) node.flags = static_cast<uint16_t>(node.flags & ~kQuoted);
  }
}

std::string first_error(const std::vector<syntax::SyntaxError>& errors, const std::string& sql) {
  return "does not parse (" + errors[0].message + "):\n" + sql;
}

std::vector<std::string> comment_words(const Tree& tree) {
  std::vector<std::string> words;
  for (const Comment& comment : tree.comments) {
    std::string text(comment.text.text());
    text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }), text.end());
    words.push_back(text);
  }
  return words;
}

}  // namespace

std::string databricks(const Tree& tree, NodeId root, const Rewrites* rewrites) {
  return text_of(tree, root, kDatabricks, rewrites);
}

std::string postgres(const Tree& tree, NodeId root, const Rewrites* rewrites) {
  return text_of(tree, root, kPostgres, rewrites);
}

std::string printed(std::string_view sql) {
  syntax::ParsedQuery parsed = syntax::parse_query(sql);
  if (!parsed.errors.empty()) return first_error(parsed.errors, std::string(sql));
  return databricks(parsed.tree, parsed.tree.root);
}

std::string round_trip(std::string_view sql) {
  syntax::ParsedQuery before = syntax::parse_query(sql);
  if (!before.errors.empty()) return first_error(before.errors, std::string(sql));
  std::string text = databricks(before.tree, before.tree.root);
  if (text.starts_with("error:")) return text;
  syntax::ParsedQuery after = syntax::parse_query(text);
  if (!after.errors.empty()) return first_error(after.errors, text);
  std::string again = databricks(after.tree, after.tree.root);
  forget_quotes(before.tree);
  forget_quotes(after.tree);
  if (!same(before.tree, before.tree.root, after.tree, after.tree.root)) {
    return "another tree:\n" + text + "\nbefore\n" + dump(before.tree, before.tree.root) + "\nafter\n" +
           dump(after.tree, after.tree.root);
  }
  if (text != again) return "printed again it differs:\n" + text + "\nagain\n" + again;
  return {};
}

std::string round_trip_with_comments(std::string_view sql) {
  if (std::string wrong = round_trip(sql); !wrong.empty()) return wrong;
  syntax::ParsedQuery before = syntax::parse_query(sql);
  std::string text = databricks(before.tree, before.tree.root);
  syntax::ParsedQuery after = syntax::parse_query(text);
  std::vector<std::string> had = comment_words(before.tree);
  std::vector<std::string> has = comment_words(after.tree);
  std::sort(had.begin(), had.end());
  std::sort(has.begin(), has.end());
  return had == has ? std::string() : "comments were lost or changed:\n" + text;
}

}  // namespace pipec::print
