#include "print/layout.h"

#include <utility>

namespace pipec::print {

uint32_t text_width(std::string_view text) {
  uint32_t width = 0;
  for (char c : text) width += (static_cast<unsigned char>(c) & 0xC0) != 0x80;
  return width;
}

void Layout::put(Kind kind, std::string_view text, std::string_view measured) {
  uint32_t width = text_width(measured);
  uint32_t begin = static_cast<uint32_t>(text_.size());
  text_ += text;
  uint32_t end = static_cast<uint32_t>(text_.size());
  flat_ += width;
  if (kind == Kind::Text && !ops_.empty() && ops_.back().kind == Kind::Text && ops_.back().end == begin) {
    ops_.back().end = end;
    ops_.back().width += width;
    return;
  }
  ops_.push_back({kind, begin, end, width});
}

char Layout::last() const {
  for (size_t i = ops_.size(); i-- > 0;) {
    Kind kind = ops_[i].kind;
    if (kind == Kind::Text) return text_[ops_[i].end - 1];
    if (kind < Kind::Indent) return ' ';
  }
  return ' ';
}

void Layout::put_break(Kind kind, uint32_t width) {
  // In a group that was opened behind the comment the line may go on.
  if (suffix_waits_ && open_.size() <= suffix_depth_) {
    break_parent();
    suffix_waits_ = false;
  }
  flat_ += width;
  ops_.push_back({kind, 0, 0, width});
}

void Layout::verbatim(std::string_view text) {
  size_t first_end = text.find('\n');
  if (first_end == std::string_view::npos) return put(Kind::Text, text, text);
  put(Kind::Verbatim, text, text.substr(0, first_end));
  break_parent();
}

void Layout::if_break(std::string_view broken, std::string_view flat) {
  put(Kind::IfBreak, broken, {});
  put(Kind::Flat, flat, flat);
}

void Layout::line_suffix(std::string_view text) {
  put(Kind::Suffix, text, {});
  suffix_waits_ = true;
  suffix_depth_ = open_.size();
}

void Layout::hardline() {
  put_break(Kind::Hardline, 0);
  break_parent();
}

void Layout::open_softline() {
  softline();
  ops_.back().end = 1;
}

void Layout::open_hardline() {
  hardline();
  ops_.back().end = 1;
}

void Layout::break_parent() {
  if (!open_.empty()) open_.back().broken = true;
}

void Layout::begin_group() {
  open_.push_back({static_cast<uint32_t>(ops_.size()), flat_, false});
  ops_.push_back({Kind::Begin, 0, 0, 0});
}

void Layout::end_group() {
  Open group = open_.back();
  open_.pop_back();
  Op& begin = ops_[group.op];
  begin.begin = flat_ - group.flat;
  begin.end = group.broken;
  if (group.broken) break_parent();
  if (suffix_depth_ > open_.size()) suffix_depth_ = open_.size();
  ops_.push_back({Kind::End, group.op, 0, 0});
}

void Layout::copy(const Layout& from, size_t piece) {
  const Op& op = from.ops_[piece];
  switch (op.kind) {
    case Kind::Text:
    case Kind::IfBreak:
    case Kind::Flat: {
      std::string_view text = from.text_of(piece);
      put(op.kind, text, op.kind == Kind::IfBreak ? std::string_view() : text);
      break;
    }
    case Kind::Verbatim:
      verbatim(from.text_of(piece));
      break;
    case Kind::Suffix:
      line_suffix(from.text_of(piece));
      break;
    case Kind::Line:
      line();
      break;
    case Kind::Softline:
    case Kind::Hardline:
      if (op.kind == Kind::Softline) {
        softline();
      } else {
        hardline();
      }
      ops_.back().end = op.end;
      break;
    case Kind::Indent:
      begin_indent();
      break;
    case Kind::Dedent:
      end_indent();
      break;
    case Kind::Begin:
      begin_group();
      open_.back().broken = op.end != 0;
      break;
    case Kind::End:
      end_group();
      break;
  }
}

/// The text so far, with indentation and comments at the end of lines held back until something follows.
class Layout::Output {
 public:
  std::string text;
  uint32_t column = 0;

  void add(std::string_view piece, uint32_t width) {
    if (piece.empty()) return;
    if (at_line_begin_) {
      text.append(indent_, ' ');
      at_line_begin_ = false;
    }
    text += piece;
    column += width;
  }

  void suffix(std::string_view piece) { suffixes_.push_back(piece); }

  /// The first comment ends the line, unless a bracket does; others stand on lines of their own.
  void end_line(uint32_t indent, bool below = false) {
    flush(indent, below);
    start_line(indent);
  }

  void flush(uint32_t indent, bool below) {
    for (std::string_view suffix : suffixes_) {
      if (below) start_line(indent);
      below = true;
      if (!at_line_begin_) text += ' ';
      add(suffix, 0);
    }
    suffixes_.clear();
  }

 private:
  void start_line(uint32_t indent) {
    while (!text.empty() && text.back() == ' ') text.pop_back();
    text += '\n';
    indent_ = indent;
    column = indent;
    at_line_begin_ = true;
  }

  uint32_t indent_ = 0;
  bool at_line_begin_ = false;
  std::vector<std::string_view> suffixes_;
};

std::string Layout::print(uint32_t width) const {
  // Behind each group: the width of what stands before the next place where a line may end.
  std::vector<uint32_t> tails(ops_.size());
  uint32_t tail = 0;
  for (size_t i = ops_.size(); i-- > 0;) {
    const Op& op = ops_[i];
    switch (op.kind) {
      case Kind::Text:
      case Kind::Flat:
        tail += op.width;
        break;
      case Kind::Verbatim:
        tail = op.width;
        break;
      case Kind::Line:
      case Kind::Softline:
      case Kind::Hardline:
        tail = 0;
        break;
      case Kind::End:
        tails[op.begin] = tail;
        break;
      default:
        break;
    }
  }

  constexpr uint32_t kIndent = 2;
  Output out;
  out.text.reserve(text_.size() + text_.size() / 8);
  uint32_t indent = 0;
  std::vector<char> flat{0};
  for (size_t i = 0; i < ops_.size(); ++i) {
    const Op& op = ops_[i];
    std::string_view piece;
    if (op.kind <= Kind::Suffix) piece = std::string_view(text_).substr(op.begin, op.end - op.begin);
    switch (op.kind) {
      case Kind::Text:
        out.add(piece, op.width);
        break;
      case Kind::Verbatim:
        out.add(piece, op.width);
        out.column = text_width(piece.substr(piece.rfind('\n') + 1));
        break;
      case Kind::IfBreak:
        if (!flat.back()) out.add(piece, text_width(piece));
        break;
      case Kind::Flat:
        if (flat.back()) out.add(piece, op.width);
        break;
      case Kind::Suffix:
        out.suffix(piece);
        break;
      case Kind::Line:
        if (flat.back()) {
          out.add(" ", 1);
        } else {
          out.end_line(indent);
        }
        break;
      case Kind::Softline:
        if (!flat.back()) out.end_line(indent, op.end != 0);
        break;
      case Kind::Hardline:
        out.end_line(indent, op.end != 0);
        break;
      case Kind::Indent:
        indent += kIndent;
        break;
      case Kind::Dedent:
        indent -= kIndent;
        break;
      case Kind::Begin:
        flat.push_back(flat.back() || (op.end == 0 && out.column + op.begin + tails[i] <= width));
        break;
      case Kind::End:
        flat.pop_back();
        break;
    }
  }
  out.flush(0, false);
  return std::move(out.text);
}

}  // namespace pipec::print
