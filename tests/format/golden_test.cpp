// cases/NAME.pipe, and what becomes of it: cases/NAME.formatted. PIPEC_BLESS=1 writes the latter anew.
#include <catch2/catch.hpp>
#include <cstdlib>
#include <fstream>

#include "corpus.h"
#include "print/format.h"

using namespace pipec;

TEST_CASE("golden cases of the layout") {
  auto files = test::spec_files("tests/format/cases");
  int cases = 0;
  for (const auto& [path, text] : files) {
    if (!path.ends_with(".pipe")) continue;
    ++cases;
    std::string expected_path = path.substr(0, path.size() - 5) + ".formatted";
    std::string found = print::format_file(text).text;
    if (std::getenv("PIPEC_BLESS") != nullptr) {
      std::ofstream(std::string(PIPEC_SOURCE_DIR) + "/" + expected_path, std::ios::binary) << found;
      continue;
    }
    INFO(path);
    CHECK(found == files[expected_path]);
  }
  CHECK(cases >= 5);
}
