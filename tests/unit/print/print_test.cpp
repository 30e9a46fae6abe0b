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

/// Sorted, without their blanks.
std::vector<std::string> comment_words(const Tree& tree) {
  std::vector<std::string> words;
  for (const Comment& comment : tree.comments) {
    std::string text(comment.text.text());
    text.erase(std::remove_if(text.begin(), text.end(), [](char c) { return c == ' ' || c == '\n'; }), text.end());
    words.push_back(text);
  }
  std::sort(words.begin(), words.end());
  return words;
}

struct Trip {
  std::string wrong;
  std::string text;
  std::string again;
  std::vector<std::string> comments_before, comments_after;
};

Trip go(std::string_view sql) {
  Trip trip;
  syntax::ParsedQuery before = syntax::parse_query(sql);
  if (!before.errors.empty()) return {first_error(before.errors, std::string(sql)), {}, {}, {}, {}};
  trip.text = databricks(before.tree, before.tree.root);
  if (trip.text.starts_with("error:")) return {trip.text, {}, {}, {}, {}};
  syntax::ParsedQuery after = syntax::parse_query(trip.text);
  if (!after.errors.empty()) return {first_error(after.errors, trip.text), {}, {}, {}, {}};
  trip.again = databricks(after.tree, after.tree.root);
  trip.comments_before = comment_words(before.tree);
  trip.comments_after = comment_words(after.tree);
  forget_quotes(before.tree);
  forget_quotes(after.tree);
  if (!same(before.tree, before.tree.root, after.tree, after.tree.root)) {
    trip.wrong = "another tree:\n" + trip.text + "\nbefore\n" + dump(before.tree, before.tree.root) + "\nafter\n" +
                 dump(after.tree, after.tree.root);
  }
  return trip;
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
  Trip trip = go(sql);
  if (!trip.wrong.empty()) return trip.wrong;
  return trip.text == trip.again ? std::string() : "printed again it differs:\n" + trip.text + "\nagain\n" + trip.again;
}

std::string round_trip_with_comments(std::string_view sql) {
  Trip trip = go(sql);
  if (!trip.wrong.empty()) return trip.wrong;
  if (trip.comments_before != trip.comments_after) return "comments were lost or changed:\n" + trip.text;
  // Two comments that came to one line may each find a place of their own the second time.
  Trip next = go(trip.text);
  if (!next.wrong.empty()) return next.wrong;
  return next.text == next.again ? std::string() : "it never rests:\n" + next.text + "\nagain\n" + next.again;
}

}  // namespace pipec::print
