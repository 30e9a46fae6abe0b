#include "base/hash.h"

#include <catch2/catch.hpp>

using namespace pipec;

TEST_CASE("pieces do not run together", "[hash]") {
  CHECK(Hasher().add("ab").add("c").finish() != Hasher().add("a").add("bc").finish());
  CHECK(Hasher().add("").finish() != Hasher().add(uint64_t{0}).finish());
  CHECK(Hasher().finish() != Hasher().add("").finish());
  CHECK(Hasher().add("x").finish() == Hasher().add("x").finish());
  CHECK(Hasher().add(fingerprint("x")).finish() != Hasher().add(fingerprint("y")).finish());
}

TEST_CASE("known values", "[hash]") {
  CHECK(fingerprint("").hex() == "99aa06d3014798d86001c324468d497f");
  CHECK(sha256_hex("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  CHECK(sha256_hex("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
