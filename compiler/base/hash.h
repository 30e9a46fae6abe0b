// Fingerprints (not cryptographic, XXH3 128) for early cut-off, and SHA-256 for what other programs verify.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace pipec {

struct Fingerprint {
  uint64_t high = 0;
  uint64_t low = 0;
  friend bool operator==(const Fingerprint&, const Fingerprint&) = default;
  /// 32 lower-case hexadecimal digits.
  std::string hex() const;
};

/// Collects length-prefixed pieces, so that ("ab","c") and ("a","bc") differ.
class Hasher {
 public:
  Hasher& add(std::string_view piece);
  Hasher& add(uint64_t number);
  Hasher& add(const Fingerprint& other);
  Fingerprint finish() const;

 private:
  std::string buffer_;
};

Fingerprint fingerprint(std::string_view text);
/// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace pipec

template <>
struct std::hash<pipec::Fingerprint> {
  size_t operator()(const pipec::Fingerprint& f) const { return f.low; }
};
