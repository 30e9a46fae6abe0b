// The same input, the same bytes.
#include <catch2/catch.hpp>

#include "bench/corpus.h"
#include "support.h"

using namespace pipec;

TEST_CASE("one thread and eight write the same bytes") {
  test::Files files = bench::corpus(300);
  test::Outcome one = test::fresh_outcome(files, 1), eight = test::fresh_outcome(files, 8);
  REQUIRE(one.ok);
  CHECK(one.diagnostics == eight.diagnostics);
  CHECK(one.files == eight.files);
}

TEST_CASE("the order of declarations and the names of files mean nothing") {
  test::Files files = test::load("specs/first");
  test::Outcome before = test::fresh_outcome(files);
  REQUIRE(before.ok);
  // All blocks in one file, and the declared file's name is in the artifacts: so only their list is compared.
  test::Files moved = {{"pipec.yaml", files["pipec.yaml"]},
                       {"all.pipe", files["serving.pipe"] + files["models.pipe"] + files["shop.pipe"]}};
  test::Outcome after = test::fresh_outcome(moved);
  INFO(after.diagnostics);
  REQUIRE(after.ok);
  REQUIRE(before.files.size() == after.files.size());
  for (auto a = before.files.begin(), b = after.files.begin(); a != before.files.end(); ++a, ++b) {
    CHECK(a->first == b->first);
  }
}
