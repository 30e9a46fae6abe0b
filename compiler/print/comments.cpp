// Comments stay with the node that they were written at: above it on lines of their own, or at the end of its
// line.
#include <string>

#include "print/sql_writer.h"

namespace pipec::print {

using ast::Comment;

std::string SqlWriter::comment_text(const Comment& comment, bool& line) const {
  std::string text(comment.text.text());
  line = comment.line;
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r')) text.pop_back();
  // Spark reads a line that ends in a backslash on into the next one.
  if (line && !style_.specification && text.ends_with('\\') && text.find("*/") == std::string::npos &&
      text.find("/*") == std::string::npos) {
    text = "/*" + text.substr(2) + " */";
    line = false;
  }
  return text;
}

/// On a line of its own, or for a block comment that need not be (`own_line`) before the words of its line.
void SqlWriter::comment_above(const Comment& comment, bool own_line) {
  bool line = false;
  std::string text = comment_text(comment, line);
  quoted_text(text);
  if (line || own_line || text.find('\n') != std::string::npos) {
    layout_.hardline();
  } else {
    put(" ");
  }
}

/// Where words of its line stand before it already.
void SqlWriter::comment_within(const Comment& comment) {
  bool line = false;
  std::string text = comment_text(comment, line);
  if (line) return suffix(text);
  quoted_text(text);
  put(" ");
}

void SqlWriter::suffix(std::string text) {
  if (style_.parameters == ParameterStyle::Percent) {
    for (size_t i = text.find('%'); i != std::string::npos; i = text.find('%', i + 2)) text.insert(i, "%");
  }
  layout_.line_suffix(text);
}

void SqlWriter::above(NodeId id, bool own_line) {
  auto print = [&](const Comment& comment) { comment_above(comment, own_line); };
  here_->comments->take(id, Comment::Place::Before, print);
  here_->comments->take(id, Comment::Place::Inside, print);  // of a node without parts
}

void SqlWriter::before(NodeId id) {
  if (begins_lines(id)) return above(id, true);
  auto print = [&](const Comment& comment) { comment_within(comment); };
  here_->comments->take(id, Comment::Place::Before, print);
  here_->comments->take(id, Comment::Place::Inside, print);
}

void SqlWriter::after(NodeId id) {
  here_->comments->take(id, Comment::Place::After, [&](const Comment& comment) {
    bool line = false;
    std::string text = comment_text(comment, line);
    if (line) return suffix(text);
    put(" ");
    quoted_text(text);
  });
}

/// The child that begins with the same word, or none.
NodeId SqlWriter::leftmost(NodeId id) const {
  std::span<const NodeId> children = tree().children(id);
  switch (tree().kind(id)) {
    case NodeKind::List:
    case NodeKind::QName:
    case NodeKind::ColumnRef:
    case NodeKind::Binary:
    case NodeKind::Between:
    case NodeKind::InList:
    case NodeKind::InQuery:
    case NodeKind::Like:
    case NodeKind::LikeQuantified:
    case NodeKind::Is:
    case NodeKind::IsDistinct:
    case NodeKind::Call:
    case NodeKind::Subscript:
    case NodeKind::Field:
    case NodeKind::PathStep:
    case NodeKind::Collate:
    case NodeKind::SelectItem:
    case NodeKind::OrderItem:
    case NodeKind::SetOp:
    case NodeKind::Pipe:
    case NodeKind::TableRef:
    case NodeKind::TableFunction:
    case NodeKind::Join:
    case NodeKind::Pivot:
    case NodeKind::Unpivot:
      return children.empty() ? NodeId{} : children[0];
    case NodeKind::Cast:
      return tree().op<ast::CastOp>(id) == ast::CastOp::DoubleColon ? children[0] : NodeId{};
    case NodeKind::Query:
      return children[0] ? children[0] : children[1];
    case NodeKind::Star:
      return children[0];
    default:
      return {};
  }
}

bool SqlWriter::begins_lines(NodeId id) const {
  switch (tree().kind(id)) {
    case NodeKind::Query:
    case NodeKind::With:
    case NodeKind::Select:
    case NodeKind::SetOp:
    case NodeKind::Values:
    case NodeKind::TableQuery:
    case NodeKind::FromQuery:
    case NodeKind::Pipe:
    case NodeKind::PipeStep:
      return true;
    default:
      return false;
  }
}

/// What is to stand before an item or an operator together with the words that it begins with.
void SqlWriter::hoist(NodeId id, bool own_line) {
  if (!comments_here()) return;
  for (; id; id = leftmost(id)) above(id, own_line);
}

}  // namespace pipec::print
