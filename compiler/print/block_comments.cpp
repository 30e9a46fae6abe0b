// Comments and descriptions of a block, where they do not stand inside SQL: on the line of the word before them, or
// above the one after.
#include <algorithm>

#include "print/block_writer.h"

namespace pipec::print {

using namespace ast;
using namespace syntax;

namespace {

bool has_newline(std::string_view text) {
  return text.find('\n') != std::string_view::npos;
}

}  // namespace

void BlockWriter::collect_notes() {
  auto inside_sql = [&](const Trivia& trivia) {
    const std::vector<SqlPart>& parts = marks_.sql_parts();
    return std::any_of(parts.begin(), parts.end(),
                       [&](const SqlPart& part) { return part.first < trivia.before && trivia.before < part.end; });
  };
  for (const Trivia& one : tokens_.comments) {
    if (!inside_sql(one)) notes_.push_back({one.begin, one.end, one.before, one.line, false});
  }
  for (const Trivia& one : tokens_.docs) notes_.push_back({one.begin, one.end, one.before, true, true});
  std::sort(notes_.begin(), notes_.end(), [](const Note& a, const Note& b) { return a.begin < b.begin; });
}

// The printer of SQL sees those that stand between words of its own, and no others.
void BlockWriter::give_comments_to_sql() {
  std::vector<Comment> kept;
  for (size_t i = 0; i < tree_.comments.size() && i < tokens_.comments.size(); ++i) {
    uint32_t begin = tokens_.comments[i].begin;
    bool ours = std::any_of(notes_.begin(), notes_.end(), [&](const Note& note) { return note.begin == begin; });
    if (!ours) kept.push_back(tree_.comments[i]);
  }
  tree_.comments = std::move(kept);
}

std::vector<BlockWriter::Note> BlockWriter::notes_before(uint32_t i) const {
  auto [first, last] = std::equal_range(notes_.begin(), notes_.end(), Note{0, 0, i},
                                        [](const Note& a, const Note& b) { return a.before < b.before; });
  std::vector<Note> result(first, last);
  std::erase_if(result, [&](const Note& note) { return ends_line(note); });
  return result;
}

/// It follows the word before it on the same line.
bool BlockWriter::ends_line(const Note& note) const {
  if (note.doc || note.before == 0) return false;
  uint32_t from = tokens_.tokens[note.before - 1].end;
  if (has_newline(text_.substr(from, note.begin - from))) return false;
  if (note.line) return true;
  // A block comment before a word of its line belongs to that word.
  std::string_view rest = text_.substr(note.end);
  size_t next = rest.find_first_not_of(" \t\r");
  return next == std::string_view::npos || rest[next] == '\n' || rest.substr(next, 2) == "--";
}

bool BlockWriter::notes_between(uint32_t first, uint32_t end) const {
  return std::any_of(notes_.begin(), notes_.end(),
                     [&](const Note& note) { return note.before >= first && note.before < end; });
}

std::string BlockWriter::note_text(const Note& note) const {
  return std::string(text_.substr(note.begin, note.end - note.begin));
}

void BlockWriter::trail(uint32_t i) {
  for (const Note& note : notes_) {
    if (note.before != i || !ends_line(note)) continue;
    if (note.line) {
      layout_.line_suffix(note_text(note));
    } else {
      layout_.text(" ");
      layout_.verbatim(note_text(note));
    }
  }
}

void BlockWriter::lead(uint32_t i) {
  std::vector<Note> above = notes_before(i);
  bool closes = i >= size() || type(i) == RBRACE || type(i) == RPAREN;
  for (size_t k = 0; k < above.size(); ++k) {
    layout_.verbatim(note_text(above[k]));
    size_t next = text_.find_first_not_of(" \t\r", above[k].end);
    bool same_line = !above[k].line && next != std::string_view::npos && text_[next] != '\n';
    bool last = k + 1 == above.size();
    if (closes && last) break;
    if (same_line) {
      layout_.text(" ");
    } else {
      layout_.hardline();
    }
  }
}

void BlockWriter::inside(uint32_t i) {
  trail(i);
  for (const Note& note : notes_before(i)) {
    if (note.doc) {
      layout_.hardline();
      layout_.text(note_text(note));
      layout_.hardline();
    } else if (note.line) {
      layout_.line_suffix(note_text(note));
    } else {
      layout_.text(" ");
      layout_.verbatim(note_text(note));
    }
  }
}

/// Of the words and comments before a word, or before the comments above it, the last one is followed by an empty line.
bool BlockWriter::blank_line_before(uint32_t i) const {
  uint32_t at = i > 0 ? tokens_.tokens[i - 1].end : 0;
  for (const Note& note : notes_) {
    if (note.before == i && ends_line(note)) at = note.end;
  }
  std::vector<Note> above = notes_before(i);
  uint32_t next = !above.empty() ? above[0].begin : i < size() ? tokens_.tokens[i].begin : at;
  std::string_view gap = text_.substr(at, next - at);
  return std::count(gap.begin(), gap.end(), '\n') > 1;
}

}  // namespace pipec::print
