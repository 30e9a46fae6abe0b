#include "print/layout.h"

#include <catch2/catch.hpp>

using pipec::print::Layout;
using pipec::print::text_width;

namespace {

/// name(a, b): one line, or an argument a line.
void call(Layout& out, std::string_view name, std::initializer_list<std::string_view> arguments) {
  out.text(name);
  out.text("(");
  Layout::Group group(out);
  {
    Layout::Indent indent(out);
    out.softline();
    bool first = true;
    for (std::string_view argument : arguments) {
      if (!first) {
        out.text(",");
        out.line();
      }
      first = false;
      out.text(argument);
    }
  }
  out.softline();
  out.text(")");
}

}  // namespace

TEST_CASE("a group is flat where it fits, and broken everywhere where it does not") {
  Layout out;
  call(out, "f", {"one", "two"});
  CHECK(out.print(11) == "f(one, two)");
  CHECK(out.print(10) == "f(\n  one,\n  two\n)");
}

TEST_CASE("what stands behind a group counts up to the next place where a line may end") {
  Layout out;
  call(out, "f", {"one", "two"});
  out.text(" as name,");
  CHECK(out.print(20) == "f(one, two) as name,");
  CHECK(out.print(19) == "f(\n  one,\n  two\n) as name,");
}

TEST_CASE("an inner group may be flat inside of a broken one") {
  Layout out;
  {
    Layout::Group group(out);
    out.text("[");
    {
      Layout::Indent indent(out);
      out.softline();
      call(out, "f", {"one", "two"});
      out.text(",");
      out.line();
      call(out, "g", {"three", "four"});
    }
    out.softline();
    out.text("]");
  }
  CHECK(out.print(80) == "[f(one, two), g(three, four)]");
  CHECK(out.print(20) == "[\n  f(one, two),\n  g(three, four)\n]");
}

TEST_CASE("an end of line that must be breaks all groups around it and no other") {
  Layout out;
  {
    Layout::Group outer(out);
    out.text("a");
    out.line();
    {
      Layout::Group inner(out);
      out.text("b");
      out.hardline();
      out.text("c");
    }
    out.line();
    call(out, "f", {"x", "y"});
  }
  CHECK(out.print(80) == "a\nb\nc\nf(x, y)");
}

TEST_CASE("a comment waits for the end of its line and breaks the group") {
  Layout out;
  {
    Layout::Group group(out);
    out.text("a");
    out.line_suffix("-- first");
    out.text(",");
    out.line();
    out.text("b");
  }
  out.line_suffix("-- second");
  out.line_suffix("-- third");
  CHECK(out.print(80) == "a, -- first\nb -- second\n-- third");
}

TEST_CASE("a width is counted in code points") {
  CHECK(text_width("abc") == 3);
  CHECK(text_width("größe") == 5);
  CHECK(text_width("日本") == 2);
  Layout out;
  call(out, "f", {"ä", "ö"});
  CHECK(out.print(7) == "f(ä, ö)");
}

TEST_CASE("text with ends of lines is printed as it is") {
  Layout out;
  {
    Layout::Group group(out);
    Layout::Indent indent(out);
    out.text("a");
    out.line();
    out.verbatim("/* one\n two */");
    out.line();
    out.text("b");
  }
  CHECK(out.print(80) == "a\n  /* one\n two */\n  b");
}

TEST_CASE("other words where a group is broken") {
  auto print = [](uint32_t width) {
    Layout out;
    out.begin_group();
    out.text("aaaa");
    out.if_break(";", ",");
    out.line();
    out.text("bbbb");
    out.end_group();
    return out.print(width);
  };
  CHECK(print(10) == "aaaa, bbbb");
  CHECK(print(9) == "aaaa;\nbbbb");
}

TEST_CASE("a line has no blanks at its end") {
  Layout out;
  out.text("a ");
  out.hardline();
  out.hardline();
  out.text("b");
  CHECK(out.print(80) == "a\n\nb");
}
