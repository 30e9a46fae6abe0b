#include "base/text.h"

#include <catch2/catch.hpp>

using namespace pipec;

TEST_CASE("lines and columns", "[text]") {
  std::string text = "ab\r\n\nгде x\nlast";
  LineIndex lines(text);
  CHECK(lines.line_count() == 4);
  CHECK(lines.line(1) == "ab");
  CHECK(lines.line(2) == "");
  CHECK(lines.line(3) == "где x");
  CHECK(lines.line(4) == "last");
  CHECK(lines.line(5) == "");
  CHECK(lines.line_begin(2) == 4);
  auto x = static_cast<uint32_t>(text.find('x'));
  CHECK(lines.position(x).line == 3);
  CHECK(lines.position(x).column == 5);  // code points, not bytes
  CHECK(lines.position(0).line == 1);
  CHECK(lines.position(1000).line == 4);
  CHECK(lines.position(1000).column == 5);
}

TEST_CASE("an empty text has one line", "[text]") {
  LineIndex lines("");
  CHECK(lines.line_count() == 1);
  CHECK(lines.position(0).column == 1);
  CHECK(LineIndex("a\n").line_count() == 2);
}

TEST_CASE("bytes that are no text", "[text]") {
  CHECK_FALSE(find_bad_byte(""));
  CHECK_FALSE(find_bad_byte("plain \xC3\xA9 \xE2\x82\xAC \xF0\x9F\x98\x80 \xEF\xBB\xBF"));
  CHECK(find_bad_byte(std::string_view("ab\0c", 4)) == 2u);
  CHECK(find_bad_byte("ab\xFF") == 2u);
  CHECK(find_bad_byte("\xC0\xAF") == 0u);          // overlong
  CHECK(find_bad_byte("\xE0\x80\xAF") == 0u);      // overlong
  CHECK(find_bad_byte("\xED\xA0\x80") == 0u);      // surrogate
  CHECK(find_bad_byte("\xF4\x90\x80\x80") == 0u);  // above U+10FFFF
  CHECK(find_bad_byte("ok\xE2\x82") == 2u);        // cut off
  CHECK(find_bad_byte("\x80") == 0u);
}

TEST_CASE("suggestions", "[text]") {
  using Names = std::vector<std::string_view>;
  CHECK(suggest("player_di", Names{"player_id", "club_id", "fee"}) == Names{"player_id"});
  CHECK(suggest("PLAYER_ID", Names{"player_id"}) == Names{"player_id"});
  CHECK(suggest("fe", Names{"fee", "fez"}) == Names{"fee", "fez"});
  CHECK(suggest("abc", Names{"abd", "abe", "abf", "abg"}) == Names{"abd", "abe", "abf"});
  CHECK(suggest("abc", Names{"xyz", "", "abcdef"}).empty());
  CHECK(suggest("same", Names{"same", "sane", "sane"}) == Names{"sane"});
  CHECK(suggest("", Names{"a"}).empty());
  CHECK(suggest("имяя", Names{"имя"}) == Names{"имя"});
  CHECK(suggest(std::string(100000, 'x'), Names{"x"}).empty());
}
