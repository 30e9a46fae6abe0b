// The layout algebra: text with places where a line may end, in groups that are printed flat if they fit and
// broken otherwise. One linear list of operations; widths are summed while it is built, so that printing is
// two passes without recursion, linear in its length.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace pipec::print {

class Layout {
 public:
  Layout() {
    text_.reserve(2048);
    ops_.reserve(512);
  }
  /// Without an end of line in it.
  void text(std::string_view text) {
    if (!text.empty()) put(Kind::Text, text, text);
  }
  /// The last character, if nothing that ends a line came behind it; else a blank.
  char last() const;
  /// May hold ends of lines, which are printed as they are and break the groups around.
  void verbatim(std::string_view text);
  /// One text where the group is broken, another where it is flat.
  void if_break(std::string_view broken, std::string_view flat);
  /// A comment to the end of the line: printed at the end of the line that it falls on, one blank before it.
  /// The next place where that line may end is one where it does.
  void line_suffix(std::string_view text);

  void line() { put_break(Kind::Line, 1); }          // flat: a blank
  void softline() { put_break(Kind::Softline, 0); }  // flat: nothing
  void hardline();                                   // never flat: breaks the groups around
  /// Behind an opening bracket: comments that wait for the end of the line go below it, not behind the
  /// bracket.
  void open_softline();
  void open_hardline();
  void break_parent();

  void begin_group();
  void end_group();
  void begin_indent() { ops_.push_back({Kind::Indent, 0, 0, 0}); }
  void end_indent() { ops_.push_back({Kind::Dedent, 0, 0, 0}); }

  class Group {
   public:
    explicit Group(Layout& layout) : layout_(layout) { layout_.begin_group(); }
    ~Group() { layout_.end_group(); }
    Group(const Group&) = delete;
    Group& operator=(const Group&) = delete;

   private:
    Layout& layout_;
  };
  class Indent {
   public:
    explicit Indent(Layout& layout) : layout_(layout) { layout_.begin_indent(); }
    ~Indent() { layout_.end_indent(); }
    Indent(const Indent&) = delete;
    Indent& operator=(const Indent&) = delete;

   private:
    Layout& layout_;
  };

  // A piece of the list, for who makes another layout of it (reword.cpp). Those that hold text come first.
  enum class Kind : uint8_t {
    Text,
    Verbatim,
    IfBreak,
    Flat,
    Suffix,
    Line,
    Softline,
    Hardline,
    Indent,
    Dedent,
    Begin,
    End
  };
  size_t size() const { return ops_.size(); }
  Kind kind(size_t piece) const { return ops_[piece].kind; }
  std::string_view text_of(size_t piece) const {
    return ops_[piece].kind <= Kind::Suffix
               ? std::string_view(text_).substr(ops_[piece].begin, ops_[piece].end - ops_[piece].begin)
               : std::string_view();
  }
  /// A piece of another layout, as if it had been put here.
  void copy(const Layout& from, size_t piece);
  void copy_all(const Layout& from) {
    for (size_t i = 0; i < from.size(); ++i) copy(from, i);
  }

  /// Lines of at most `width` code points, where that is possible. No blanks at the end of a line, no end of
  /// line at the end.
  std::string print(uint32_t width) const;

 private:
  /// Line, Softline, Hardline: `end` 1 behind an opening bracket. Text: [begin, end) of text_. Begin: `begin`
  /// its flat width, `end` 1 if it must break. End: `begin` its Begin.
  struct Op {
    Kind kind;
    uint32_t begin;
    uint32_t end;
    uint32_t width;
  };
  struct Open {
    uint32_t op;
    uint32_t flat;  // the sum before it
    bool broken;
  };
  void put(Kind kind, std::string_view text, std::string_view measured);
  void put_break(Kind kind, uint32_t width);
  class Output;

  std::string text_;
  std::vector<Op> ops_;
  std::vector<Open> open_;
  uint32_t flat_ = 0;  // width of all so far, if it were on one line
  bool suffix_waits_ = false;
  size_t suffix_depth_ = 0;  // groups that were open at the comment and still are
};

/// Code points of UTF-8.
uint32_t text_width(std::string_view text);

}  // namespace pipec::print
