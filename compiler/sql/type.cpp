#include "sql/type.h"

#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <unordered_map>

namespace pipec::sql {
namespace {

struct Nested {
  Type first;   // Array: element; Map: key
  Type second;  // Map: value
  bool contains_null = false;
  std::vector<StructFieldType> fields;
  friend bool operator==(const Nested&, const Nested&) = default;
};

constexpr uint32_t kPayloadBits = 24;
constexpr uint32_t kPayload = (1u << kPayloadBits) - 1;
constexpr uint32_t kChunkBits = 10;
constexpr uint32_t kChunkSize = 1u << kChunkBits;

uint64_t mix(uint64_t hash, uint64_t value) {
  hash ^= value + 0x9e3779b97f4a7c15ull + (hash << 6) + (hash >> 2);
  return hash * 0xff51afd7ed558ccdull;
}

// Entries never move, so a reader needs no lock: payload -> chunk -> entry. Kinds share one numbering.
class Store {
 public:
  uint32_t intern(uint64_t hash, Nested&& nested) {
    std::lock_guard lock(mutex_);
    auto [first, last] = ids_.equal_range(hash);
    for (auto it = first; it != last; ++it) {
      if ((*this)[it->second] == nested) return it->second;
    }
    // 16 million distinct nested types: beyond it a type is no longer known, never a wrong one.
    if (count_ > kPayload) return 0;
    uint32_t id = count_++;
    auto& chunk = chunks_[id >> kChunkBits];
    if (chunk.load(std::memory_order_relaxed) == nullptr) {
      chunk.store(new Nested[kChunkSize], std::memory_order_release);
    }
    chunk.load(std::memory_order_relaxed)[id & (kChunkSize - 1)] = std::move(nested);
    ids_.emplace(hash, id);
    return id;
  }

  const Nested& operator[](uint32_t id) const {
    return chunks_[id >> kChunkBits].load(std::memory_order_acquire)[id & (kChunkSize - 1)];
  }

 private:
  std::mutex mutex_;
  std::unordered_multimap<uint64_t, uint32_t> ids_;
  std::array<std::atomic<Nested*>, 1u << (kPayloadBits - kChunkBits)> chunks_{};
  uint32_t count_ = 1;
};

Store& store() {
  static Store* instance = new Store;  // never destroyed: types outlive static objects
  return *instance;
}

constexpr std::string_view kIntervalFields[] = {"year", "month", "day", "hour", "minute", "second"};

}  // namespace

Type Type::decimal(int precision, int scale) {
  return Type(static_cast<uint32_t>(TypeKind::Decimal) << 24 | static_cast<uint32_t>(precision) << 8 |
              static_cast<uint32_t>(scale));
}

Type Type::character(TypeKind kind, int length) {
  return Type(static_cast<uint32_t>(kind) << 24 | (static_cast<uint32_t>(length) & kPayload));
}

Type Type::time(int precision) {
  return Type(static_cast<uint32_t>(TypeKind::Time) << 24 | static_cast<uint32_t>(precision) << 8);
}

Type Type::interval(IntervalField first, IntervalField last) {
  TypeKind kind = last <= IntervalField::Month ? TypeKind::IntervalYearMonth : TypeKind::IntervalDayTime;
  return Type(static_cast<uint32_t>(kind) << 24 | static_cast<uint32_t>(first) << 4 | static_cast<uint32_t>(last));
}

Type Type::nested(TypeKind kind, uint32_t id) {
  return id == 0 ? Type() : Type(static_cast<uint32_t>(kind) << 24 | id);
}

Type Type::array(Type element, bool contains_null) {
  uint64_t hash = mix(contains_null ? 1 : 2, element.bits_);
  return nested(TypeKind::Array, store().intern(hash, {element, Type(), contains_null, {}}));
}

Type Type::map(Type key, Type value, bool value_contains_null) {
  uint64_t hash = mix(mix(value_contains_null ? 3 : 4, key.bits_), value.bits_);
  return nested(TypeKind::Map, store().intern(hash, {key, value, value_contains_null, {}}));
}

Type Type::structure(std::vector<StructFieldType> fields) {
  uint64_t hash = 5;
  for (const StructFieldType& field : fields) {
    hash = mix(mix(hash, field.name.value), static_cast<uint64_t>(field.type.bits_) << 1 | field.nullable);
  }
  return nested(TypeKind::Struct, store().intern(hash, {Type(), Type(), false, std::move(fields)}));
}

Type Type::element() const {
  return store()[bits_ & kPayload].first;
}
Type Type::key() const {
  return store()[bits_ & kPayload].first;
}
Type Type::value() const {
  return store()[bits_ & kPayload].second;
}
bool Type::contains_null() const {
  return store()[bits_ & kPayload].contains_null;
}
std::span<const StructFieldType> Type::fields() const {
  return store()[bits_ & kPayload].fields;
}

static void append(std::string& out, Type type) {
  switch (type.kind()) {
    case TypeKind::Error:
      out += "unknown";
      return;
    case TypeKind::Void:
      out += "void";
      return;
    case TypeKind::Boolean:
      out += "boolean";
      return;
    case TypeKind::TinyInt:
      out += "tinyint";
      return;
    case TypeKind::SmallInt:
      out += "smallint";
      return;
    case TypeKind::Int:
      out += "int";
      return;
    case TypeKind::BigInt:
      out += "bigint";
      return;
    case TypeKind::Float:
      out += "float";
      return;
    case TypeKind::Double:
      out += "double";
      return;
    case TypeKind::Decimal:
      out += "decimal(" + std::to_string(type.precision()) + "," + std::to_string(type.scale()) + ")";
      return;
    case TypeKind::String:
      out += "string";
      return;
    case TypeKind::Char:
      out += "char(" + std::to_string(type.length()) + ")";
      return;
    case TypeKind::Varchar:
      out += "varchar(" + std::to_string(type.length()) + ")";
      return;
    case TypeKind::Binary:
      out += "binary";
      return;
    case TypeKind::Date:
      out += "date";
      return;
    case TypeKind::Time:
      out += "time(" + std::to_string(type.precision()) + ")";
      return;
    case TypeKind::Timestamp:
      out += "timestamp";
      return;
    case TypeKind::TimestampNtz:
      out += "timestamp_ntz";
      return;
    case TypeKind::IntervalYearMonth:
    case TypeKind::IntervalDayTime:
      out += "interval ";
      out += kIntervalFields[static_cast<int>(type.first_field())];
      if (type.first_field() != type.last_field()) {
        out += " to ";
        out += kIntervalFields[static_cast<int>(type.last_field())];
      }
      return;
    case TypeKind::CalendarInterval:
      out += "interval";
      return;
    case TypeKind::Variant:
      out += "variant";
      return;
    case TypeKind::Array:
      out += "array<";
      append(out, type.element());
      out += '>';
      return;
    case TypeKind::Map:
      out += "map<";
      append(out, type.key());
      out += ',';
      append(out, type.value());
      out += '>';
      return;
    case TypeKind::Struct: {
      out += "struct<";
      bool first = true;
      for (const StructFieldType& field : type.fields()) {
        if (!first) out += ',';
        first = false;
        out += field.name.text();
        out += ':';
        append(out, field.type);
      }
      out += '>';
      return;
    }
  }
}

std::string Type::text() const {
  std::string out;
  append(out, *this);
  return out;
}

}  // namespace pipec::sql
