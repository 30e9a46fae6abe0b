#include "base/hash.h"

#include <sha256.h>
#include <xxhash.h>

#include <array>

namespace pipec {
namespace {

constexpr char kDigits[] = "0123456789abcdef";

// Little end first on every machine: fingerprints are written to disk.
void append_number(std::string& buffer, uint64_t number) {
  for (int i = 0; i < 8; ++i) buffer.push_back(static_cast<char>(number >> (8 * i)));
}

void append_hex(std::string& text, uint64_t number) {
  for (int shift = 60; shift >= 0; shift -= 4) text.push_back(kDigits[(number >> shift) & 15]);
}

}  // namespace

std::string Fingerprint::hex() const {
  std::string result;
  append_hex(result, high);
  append_hex(result, low);
  return result;
}

Hasher& Hasher::add(std::string_view piece) {
  buffer_.push_back('s');
  append_number(buffer_, piece.size());
  buffer_.append(piece);
  return *this;
}

Hasher& Hasher::add(uint64_t number) {
  buffer_.push_back('n');
  append_number(buffer_, number);
  return *this;
}

Hasher& Hasher::add(const Fingerprint& other) {
  buffer_.push_back('f');
  append_number(buffer_, other.high);
  append_number(buffer_, other.low);
  return *this;
}

Fingerprint Hasher::finish() const {
  return fingerprint(buffer_);
}

Fingerprint fingerprint(std::string_view text) {
  XXH128_hash_t hash = XXH3_128bits(text.data(), text.size());
  return {hash.high64, hash.low64};
}

std::string sha256_hex(std::string_view bytes) {
  SHA2_CTX context;
  SHA256Init(&context);
  SHA256Update(&context, reinterpret_cast<const uint8_t*>(bytes.data()), bytes.size());
  std::array<uint8_t, SHA256_DIGEST_LENGTH> digest;
  SHA256Final(digest.data(), &context);
  std::string result;
  for (uint8_t byte : digest) {
    result.push_back(kDigits[byte >> 4]);
    result.push_back(kDigits[byte & 15]);
  }
  return result;
}

}  // namespace pipec
