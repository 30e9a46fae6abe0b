// How much an edit redoes.
#include <catch2/catch.hpp>

#include "support.h"

using namespace pipec;
using test::Files;

namespace {

// Resolved anew after one replacement in a project that was analysed before.
size_t anew_after(const std::string& file, const std::string& from, const std::string& to) {
  Files files = test::load("specs/first");
  project::Session session(test::vfs_of(files));
  REQUIRE(session.analyze({}).ok);
  std::string& text = files.at(file);
  size_t at = text.find(from);
  REQUIRE(at != std::string::npos);
  text.replace(at, from.size(), to);
  session.replace(test::vfs_of(files));
  session.analyze({});
  return session.resolved_anew();
}

}  // namespace

TEST_CASE("nothing changed: nothing is done again") {
  Files files = test::load("specs/first");
  project::Session session(test::vfs_of(files));
  REQUIRE(session.analyze({}).ok);
  session.emit(1);
  session.analyze({});
  CHECK(session.resolved_anew() == 0);
  session.emit(1);
  CHECK(session.emitted_anew() == 0);
}

TEST_CASE("text above a block invalidates nothing") {
  CHECK(anew_after("models.pipe", "/// A part of a whole", "\n\n\n/// A part of a whole") == 0);
}

TEST_CASE("an edit that leaves a model's interface as it is stops there") {
  // The filter is in silver.orders_valid; its columns stay. Whoever asked for its columns is not asked again.
  CHECK(anew_after("models.pipe", "'cancelled'", "'void'") <= 4);
}
